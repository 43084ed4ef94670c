//! Public random values, fetched from outside. Not by [`super::outside`]: these addresses are the operator's own, and may lie
//! behind a proxy.
//!
//! Only configured addresses are asked, encrypted unless they are this machine's own, without following them elsewhere, and
//! little is read. What comes is believed by nobody: whoever uses it verifies its signature.

use std::str::FromStr;
use std::time::Duration;

use serde::Deserialize;
use ureq::Agent;

/// How long a server may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of an answer; a round has some 300.
const MOST: u64 = 4_096;
/// drand's chain quicknet.
const CHAIN: &str = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";

/// Where rounds of the beacon can be had: `https://api.drand.sh`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeaconAddress(String);

impl FromStr for BeaconAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim().trim_end_matches('/');
        let on_this_machine = ["http://127.0.0.1:", "http://[::1]:"];
        let is_safe = text.starts_with("https://")
            || on_this_machine.iter().any(|start| text.starts_with(start));
        let is_plain = text.bytes().all(|b| b.is_ascii_graphic() && !b"?#@".contains(&b));
        if is_safe && is_plain {
            Ok(Self(text.to_owned()))
        } else {
            Err("expected an address such as https://api.drand.sh, without a query or a password"
                .to_owned())
        }
    }
}

/// A round, as far as it is read.
#[derive(Deserialize)]
struct Round {
    round: u64,
    signature: String,
}

/// The signature of a round of quicknet, in hex, from the first of these addresses that has it. Errors: what each said.
pub fn signature(addresses: &[BeaconAddress], round: u64) -> Result<String, String> {
    let config = Agent::config_builder().max_redirects(0).timeout_global(Some(PATIENCE)).build();
    let agent = Agent::new_with_config(config);
    let mut refusals = Vec::new();
    for BeaconAddress(address) in addresses {
        match ask(&agent, &format!("{address}/{CHAIN}/public/{round}"), round) {
            Ok(signature) => return Ok(signature),
            Err(why) => refusals.push(format!("{address}: {why}")),
        }
    }
    if refusals.is_empty() {
        refusals.push("no address of the beacon is configured".to_owned());
    }
    Err(refusals.join("; "))
}

fn ask(agent: &Agent, url: &str, round: u64) -> Result<String, String> {
    let mut answer = agent.get(url).call().map_err(|error| error.to_string())?;
    if answer.status() != 200 {
        return Err(format!("status {}", answer.status()));
    }
    let text = answer.body_mut().with_config().limit(MOST).read_to_string();
    let text = text.map_err(|error| error.to_string())?;
    let told: Round = serde_json::from_str(&text).map_err(|_no_round| "no round".to_owned())?;
    if told.round == round { Ok(told.signature) } else { Err(format!("round {}", told.round)) }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    /// A server that gives these answers, one a request, and where it is.
    fn server(answers: Vec<String>) -> BeaconAddress {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let _asked = stream.read(&mut [0; 2_048]).unwrap();
                let _closed = stream.write_all(answer.as_bytes());
            }
        });
        address.parse().unwrap()
    }

    fn ok(body: &str) -> String {
        let length = body.len();
        format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
    }

    #[test]
    fn only_encrypted_addresses_and_this_machines_own_are_taken() {
        for good in ["https://api.drand.sh", "https://api.drand.sh/", "http://127.0.0.1:8081"] {
            assert!(good.parse::<BeaconAddress>().is_ok(), "{good}");
        }
        for bad in
            ["http://api.drand.sh", "api.drand.sh", "https://a?b", "https://u:p@a", "", "file:///x"]
        {
            assert!(bad.parse::<BeaconAddress>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_first_address_that_has_the_round_is_believed_and_no_other_answer_is() {
        let elsewhere =
            "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        let bad = [
            elsewhere.to_owned(),
            ok("{\"round\":8,\"signature\":\"ab\"}"),
            ok("no round"),
            ok(&" ".repeat(5_000)),
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
        ];
        for answer in bad {
            let said = signature(&[server(vec![answer.clone()])], 7);
            assert!(said.is_err(), "{answer}: {said:?}");
            let good = ok("{\"round\":7,\"signature\":\"abcd\",\"randomness\":\"00\"}");
            let both = [server(vec![answer]), server(vec![good])];
            assert_eq!(signature(&both, 7), Ok("abcd".to_owned()));
        }
        assert!(signature(&[], 7).unwrap_err().contains("configured"));
    }
}
