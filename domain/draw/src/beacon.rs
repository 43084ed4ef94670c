//! The public random values that decide a draw without secrets, and when each appears.

use chrono::{DateTime, Utc};
use domain::words;
use drand_verify::{G2PubkeyRfc, Pubkey, derive_randomness};

use crate::hash::{Hash, hash_of, u64_bytes};

words! {
    /// A chain of random values, one every three seconds.
    Chain as "DrawChain" {
        Quicknet = "quicknet": "drand's quicknet: signed by the League of Entropy, and known to nobody beforehand",
        Test = "test": "for sandboxes: known to everybody beforehand, so that it decides nothing real",
    }
}

/// Quicknet's public key, scheme `bls-unchained-g1-rfc9380`. Among drand's chains it is the one with the hash
/// `52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971`.
const KEY: [u8; 96] = [
    0x83, 0xcf, 0x0f, 0x28, 0x96, 0xad, 0xee, 0x7e, 0xb8, 0xb5, 0xf0, 0x1f, 0xca, 0xd3, 0x91, 0x22,
    0x12, 0xc4, 0x37, 0xe0, 0x07, 0x3e, 0x91, 0x1f, 0xb9, 0x00, 0x22, 0xd3, 0xe7, 0x60, 0x18, 0x3c,
    0x8c, 0x4b, 0x45, 0x0b, 0x6a, 0x0a, 0x6c, 0x3a, 0xc6, 0xa5, 0x77, 0x6a, 0x2d, 0x10, 0x64, 0x51,
    0x0d, 0x1f, 0xec, 0x75, 0x8c, 0x92, 0x1c, 0xc2, 0x2b, 0x0e, 0x17, 0xe6, 0x3a, 0xaf, 0x4b, 0xcb,
    0x5e, 0xd6, 0x63, 0x04, 0xde, 0x9c, 0xf8, 0x09, 0xbd, 0x27, 0x4c, 0xa7, 0x3b, 0xab, 0x4a, 0xf5,
    0xa6, 0xe9, 0xc7, 0x6a, 0x4b, 0xc0, 0x9e, 0x76, 0xea, 0xe8, 0x99, 0x1e, 0xf5, 0xec, 0xe4, 0x5a,
];

/// Bytes of a signature.
pub(crate) const SIGNATURE: usize = 48;

/// When the first round appeared, as Unix time. Sandboxes keep the same times.
const GENESIS: i64 = 1_692_803_367;

/// Seconds between two rounds.
const EVERY: i64 = 3;

/// The first round that appears at an instant or after it.
pub fn first_round_from(at: DateTime<Utc>) -> u64 {
    let since = at.timestamp().saturating_sub(GENESIS);
    // Rounded up: a round that has begun is known.
    let rounds = since.max(0).saturating_add(EVERY - 1) / EVERY;
    u64::try_from(rounds).unwrap_or(0) + 1
}

/// When a round appears; `None` for round 0 and beyond all dates.
pub fn time_of(round: u64) -> Option<DateTime<Utc>> {
    let since = i64::try_from(round.checked_sub(1)?).ok()?.checked_mul(EVERY)?;
    DateTime::from_timestamp(GENESIS.checked_add(since)?, 0)
}

/// Whether this is quicknet's signature of a round.
pub(crate) fn is_signature(round: u64, signature: &[u8]) -> bool {
    G2PubkeyRfc::from_fixed(KEY)
        .is_ok_and(|key| key.verify(round, b"", signature).is_ok_and(|holds| holds))
}

/// The random value of a round, from its signature.
pub(crate) fn randomness(signature: &[u8]) -> Hash {
    Hash(derive_randomness(signature))
}

/// The value of a round of the chain `test`.
pub(crate) fn test_randomness(round: u64) -> Hash {
    hash_of("test beacon", &[&u64_bytes(round)])
}
