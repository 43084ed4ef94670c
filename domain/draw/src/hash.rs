//! Hashes, commitments and the bytes that go into them.

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// Bytes of a hash, a salt, a blind and a key.
pub(crate) const BYTES: usize = 32;

/// A hash, or another 32 bytes that may be published; written in lower case hex.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; BYTES]);

/// The key that a draw's entries are hidden with: fresh for each draw, and never published. Whoever has it and the roll
/// can say who entered.
#[derive(Clone)]
pub struct Key(pub [u8; BYTES]);

/// Says nothing of the key.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

/// The text is not hex in lower case, or not of so many bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected bytes in lower case hex, 64 digits for a hash")]
pub struct NotHex;

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash {
    type Err = NotHex;

    fn from_str(text: &str) -> Result<Self, NotHex> {
        let bytes = from_hex(text).ok_or(NotHex)?;
        bytes.try_into().map(Self).map_err(|_of_another_length| NotHex)
    }
}

/// Bytes in lower case hex.
pub fn hex(bytes: &[u8]) -> String {
    let digit =
        |nibble: u8| char::from(if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 });
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The bytes of a text in lower case hex; `None` for any other text.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let nibble = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let byte = |[high, low]: &[u8; 2]| Some(nibble(*high)? << 4 | nibble(*low)?);
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}

/// SHA-256 of these parts, one after the other.
pub(crate) fn hash(parts: &[&[u8]]) -> Hash {
    let whole = parts.iter().fold(Sha256::new(), |whole, part| whole.chain_update(part));
    Hash(whole.finalize().into())
}

/// The hash of something of a kind: `H("rollcall-draw/1 kind" || 0x00 || parts)`.
pub(crate) fn hash_of(kind: &str, parts: &[&[u8]]) -> Hash {
    let label = [crate::FORMAT.as_bytes(), b" ", kind.as_bytes(), b"\0"];
    hash(&[&label, parts].concat())
}

/// HMAC-SHA-256 of these parts under a key.
pub(crate) fn hmac(key: &Key, parts: &[&[u8]]) -> Hash {
    // A key of any length will do, so that there is never an error; the default is never reached.
    let mac = <Hmac<Sha256> as Mac>::new_from_slice(&key.0).ok();
    let whole = mac.map(|mac| parts.iter().fold(mac, |mac, part| mac.chain_update(part)));
    Hash(whole.map(|mac| mac.finalize().into_bytes().into()).unwrap_or_default())
}

/// A number as 8 bytes.
pub(crate) fn u64_bytes(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}

/// The length of some bytes, which stands before them.
pub(crate) fn length(bytes: &[u8]) -> [u8; 8] {
    u64_bytes(u64::try_from(bytes.len()).unwrap_or(u64::MAX))
}

/// What is published of a secret before it is opened: it binds, and shows nothing.
pub fn commit(secret: &[u8]) -> Hash {
    hash_of("commit", &[secret])
}
