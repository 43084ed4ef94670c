//! How a client is called at the token endpoint: a name that says whose it is, before anybody knows who asks.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::{ClientId, TrustId};

/// What a client's name begins with.
const PREFIX: &str = "rc";

/// `rc-1-12`: client 12 of trust 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientName {
    /// Whose it is.
    pub trust: TrustId,
    /// Which of theirs.
    pub client: ClientId,
}

/// It is no client's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name of a client, such as rc-1-12")]
pub struct NoClientName;

impl fmt::Display for ClientName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}-{}-{}", self.trust, self.client)
    }
}

impl FromStr for ClientName {
    type Err = NoClientName;

    /// In the one form in which it is written: two names are never one client's.
    fn from_str(text: &str) -> Result<Self, NoClientName> {
        let mut parts = text.split('-');
        let [Some(PREFIX), Some(trust), Some(client), None] = [(); 4].map(|()| parts.next()) else {
            return Err(NoClientName);
        };
        let trust = trust.parse().map_err(|_| NoClientName)?;
        let name = Self { trust, client: client.parse().map_err(|_| NoClientName)? };
        let is_one = trust.number() > 0 && name.client.number() > 0 && name.to_string() == text;
        if is_one { Ok(name) } else { Err(NoClientName) }
    }
}

impl Serialize for ClientName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ClientName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_has_one_name() {
        let name: ClientName = "rc-1-12".parse().unwrap();
        assert_eq!((name.trust, name.client), (TrustId::new(1), ClientId::new(12)));
        assert_eq!(name.to_string(), "rc-1-12");
        for other in [
            "",
            "rc",
            "rc-1",
            "rc-1-12-",
            "rc-01-12",
            "rc-+1-12",
            "rc-0-12",
            "rc--1-12",
            "RC-1-12",
            " rc-1-12",
            "rc-1-99999999999",
        ] {
            assert_eq!(other.parse::<ClientName>(), Err(NoClientName), "{other}");
        }
    }
}
