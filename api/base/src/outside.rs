//! What is read from other people's servers: by https alone, at no private address, without going where it is sent on to,
//! and no more than a little of it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use serde::de::DeserializeOwned;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The most bytes of an answer.
const MOST: u64 = 256 * 1024;

/// Why something was not read.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    /// Nobody goes there.
    #[error("expected an https address without a user, a query or a fragment")]
    Address,
    /// It did not answer, or not so.
    #[error("{0}")]
    Answer(#[from] Box<ureq::Error>),
    /// Its answer has another status.
    #[error("it answers {0}")]
    Status(u16),
}

/// Reads what is outside.
pub struct Outside {
    agent: ureq::Agent,
    allowed: Agent,
}

/// Origins that the operator lets be read whatever their address, and what reads them.
struct Agent {
    origins: Vec<String>,
    agent: ureq::Agent,
}

impl Outside {
    /// `origins`, such as `http://127.0.0.1:9000`, are read too: the operator's, for trying things out.
    pub fn new(origins: Vec<String>) -> Self {
        let config = || {
            Config::builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .proxy(None)
                .timeout_global(Some(PATIENCE))
                .build()
        };
        let guarded = ureq::Agent::with_parts(config(), DefaultConnector::default(), Public);
        let allowed = Agent { origins, agent: config().into() };
        Self { agent: guarded, allowed }
    }

    /// Whether an address may be read at all.
    ///
    /// # Errors
    /// It may not.
    pub fn check(&self, url: &str) -> Result<(), NotRead> {
        let uri: Uri = url.parse().map_err(|_| NotRead::Address)?;
        let is_plain = uri.query().is_none() && !url.contains(['@', '#']) && uri.host().is_some();
        let is_https = uri.scheme_str() == Some("https");
        if is_plain && (is_https || self.is_allowed(&uri)) { Ok(()) } else { Err(NotRead::Address) }
    }

    /// What stands there, as JSON. Waits: off the request threads.
    ///
    /// # Errors
    /// It may not be read, does not answer, or answers otherwise.
    pub fn read<T: DeserializeOwned>(&self, url: &str) -> Result<T, NotRead> {
        self.check(url)?;
        let uri: Uri = url.parse().map_err(|_| NotRead::Address)?;
        let agent = if self.is_allowed(&uri) { &self.allowed.agent } else { &self.agent };
        let mut answer = agent.get(uri).call().map_err(Box::new)?;
        let status = answer.status().as_u16();
        if status != 200 {
            return Err(NotRead::Status(status));
        }
        Ok(answer.body_mut().with_config().limit(MOST).read_json().map_err(Box::new)?)
    }

    fn is_allowed(&self, uri: &Uri) -> bool {
        let scheme = uri.scheme_str().unwrap_or_default();
        let origin = uri.authority().map(|authority| format!("{scheme}://{authority}"));
        origin.is_some_and(|origin| self.allowed.origins.contains(&origin))
    }
}

/// Finds public addresses alone, at the moment of the call: a name that leads inside leads nowhere.
#[derive(Debug, Default)]
struct Public;

impl Resolver for Public {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = DefaultResolver::default().resolve(uri, config, timeout)?;
        let mut public = self.empty();
        for address in found.iter().filter(|address| is_public(address.ip())) {
            public.push(*address);
        }
        if public.is_empty() { Err(ureq::Error::HostNotFound) } else { Ok(public) }
    }
}

/// Whether an address is anybody's on the internet.
fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let protocols = (a, b, c) == (192, 0, 0) || (a, b) == (198, 18) || (a, b) == (198, 19);
    let reserved = a == 0 || a >= 224;
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || shared
        || protocols
        || reserved)
}

/// Global unicast alone, and of that none that carries an address of the old kind.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    let carries = a == 0x2002 || (a, b) == (0x2001, 0) || (a, b) == (0x2001, 0xdb8);
    (0x2000..0x4000).contains(&a) && !carries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_on_the_internet_is_public() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:10.0.0.1",
            "2002:a00:1::",
            "64:ff9b::a00:1",
            "2001::1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["9.9.9.9", "172.32.0.1", "100.128.0.1", "2620:fe::fe", "::ffff:9.9.9.9"] {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn only_https_is_read_and_what_the_operator_allows() {
        let outside = Outside::new(vec!["http://127.0.0.1:9000".to_owned()]);
        for good in
            ["https://login.example/tenant", "http://127.0.0.1:9000", "http://127.0.0.1:9000/x"]
        {
            assert!(outside.check(good).is_ok(), "{good}");
        }
        for wrong in [
            "http://login.example",
            "http://127.0.0.1:9001",
            "http://127.0.0.1",
            "ftp://127.0.0.1:9000",
            "login.example",
            "https://login.example?a=b",
            "https://a@login.example",
            "https://login.example#x",
            "",
            "http://127.0.0.1:9000@login.example",
        ] {
            assert!(outside.check(wrong).is_err(), "{wrong}");
        }
        // A name that leads inside leads nowhere.
        assert!(outside.read::<serde_json::Value>("https://localhost:1/").is_err());
    }
}
