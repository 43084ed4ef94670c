//! Where a request comes from, behind proxies that are trusted to say so.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

/// A network, such as `10.0.0.0/8`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// It is no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an address or a network, such as 10.0.0.7 or 10.0.0.0/8")]
pub struct NoNetwork;

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().map_err(|_| NoNetwork)?)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| NoNetwork)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        if bits <= most { Ok(Self { address, bits }) } else { Err(NoNetwork) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl Network {
    fn holds(&self, address: IpAddr) -> bool {
        let first = |bits: u128, width: u32| {
            let others = width - u32::from(self.bits);
            bits.checked_shr(others).unwrap_or(0)
        };
        match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(other)) => {
                first(u32::from(ours).into(), 32) == first(u32::from(other).into(), 32)
            }
            (IpAddr::V6(ours), IpAddr::V6(other)) => {
                first(u128::from(ours), 128) == first(u128::from(other), 128)
            }
            _ => false,
        }
    }
}

/// The client's address: the peer's, unless that is a trusted proxy; then the last of those that were `said` which is
/// none. What a client says of itself stands before that, and is not believed.
pub(super) fn handed_on(peer: IpAddr, said: &[&str], proxies: &[Network]) -> IpAddr {
    let mut client = peer.to_canonical();
    for said in said.iter().rev() {
        if !proxies.iter().any(|proxy| proxy.holds(client)) {
            break;
        }
        let Some(address) = read(said.trim()) else { break };
        client = address.to_canonical();
    }
    client
}

/// An address, with a port or without.
fn read(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

/// The address, or of IPv6 the block of 64 bits that a line is given.
pub(super) fn block_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(peer: &str, said: &[&str], proxies: &[&str]) -> String {
        let proxies: Vec<Network> = proxies.iter().map(|one| one.parse().unwrap()).collect();
        handed_on(peer.parse().unwrap(), said, &proxies).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let said = ["203.0.113.9"];
        assert_eq!(from("198.51.100.1", &said, &[]), "198.51.100.1");
        assert_eq!(from("198.51.100.1", &said, &["10.0.0.0/8"]), "198.51.100.1");
        assert_eq!(from("10.1.2.3", &said, &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(from("::ffff:10.1.2.3", &said, &["10.0.0.0/8"]), "203.0.113.9");
    }

    #[test]
    fn what_a_client_says_of_itself_is_not_its_address() {
        let proxies = ["10.0.0.0/8", "2001:db8:1::/48"];
        let said = ["1.1.1.1", " 203.0.113.9", "10.9.9.9 "];
        assert_eq!(from("10.1.2.3", &said, &proxies), "203.0.113.9");
        assert_eq!(from("2001:db8:1::5", &["2001:db8:2::1"], &proxies), "2001:db8:2::1");
        assert_eq!(from("10.1.2.3", &["203.0.113.9:4711"], &proxies), "203.0.113.9");
        assert_eq!(from("10.1.2.3", &["[2001:db8:2::1]:443"], &proxies), "2001:db8:2::1");
        assert_eq!(from("10.1.2.3", &["[2001:db8:2::1]"], &proxies), "2001:db8:2::1");
        assert_eq!(from("10.1.2.3", &["203.0.113.9", "unknown"], &proxies), "10.1.2.3");
        assert_eq!(from("10.1.2.3", &[], &proxies), "10.1.2.3");
        assert_eq!(from("10.1.2.3", &["203.0.113.9"], &["0.0.0.0/0"]), "203.0.113.9");
    }

    #[test]
    fn a_line_has_one_bucket() {
        let block = |address: &str| block_of(address.parse().unwrap()).to_string();
        assert_eq!(block("203.0.113.9"), "203.0.113.9");
        assert_eq!(block("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "proxy", "10.0.0.0/-1"] {
            assert_eq!(text.parse::<Network>(), Err(NoNetwork), "{text}");
        }
    }
}
