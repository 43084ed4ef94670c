//! The secret of a client: shown once, kept as its hash.
//!
//! It is random and long, so nobody guesses it out of a hash, and a slow hash would only keep the processor busy for
//! whoever sends many wrong ones.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::chance;

/// What a secret begins with, so that whoever looks for leaked ones finds it: of a trust, and of a sandbox.
const LIVE: &str = "rc_live_";
const TEST: &str = "rc_test_";

/// A new secret, of a sandbox or not. Errors: the system gives no randomness.
pub fn fresh(sandbox: bool) -> Result<String, String> {
    let bytes = chance::unguessable::<32>()?;
    let kind = if sandbox { TEST } else { LIVE };
    Ok(format!("{kind}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// What is kept of it.
pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}
