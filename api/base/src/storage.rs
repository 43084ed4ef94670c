//! The disk of the database, as far as its refusals tell: full, and until when that is to be believed.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Seconds after which a write may be tried again.
pub const RETRY: u32 = 60;

/// What PostgreSQL says when it has no room (SQLSTATE 53100).
const SIGNS: [&str; 3] =
    ["No space left on device", "could not extend file", "Disk quota exceeded"];

/// Whether a message of the database says that there is no room.
pub fn is_full(message: &str) -> bool {
    SIGNS.iter().any(|sign| message.contains(sign))
}

/// When this process was last told that there is no room.
#[derive(Debug, Default)]
pub struct Storage(Mutex<Option<Instant>>);

impl Storage {
    /// Remembers that it was said now.
    pub fn was_full(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether it was said a moment ago: a process that has no room to write is not ready.
    pub fn is_known_full(&self) -> bool {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|last| last.elapsed() < Duration::from_secs(RETRY.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_other_refusals() {
        let full = "could not extend file \"base/5/16384\": No space left on device";
        assert!(is_full(full) && is_full("could not write to file: No space left on device"));
        assert!(!is_full("duplicate key value violates unique constraint"));
    }
}
