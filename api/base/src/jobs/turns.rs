//! Whose turn it is, by time used: a trust's next job waits as much longer as its jobs have lately taken, so that one
//! large workbook does not keep the small files of others waiting.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::id::TrustId;

/// After so long, half of what a trust has used is forgotten.
const HALF_LIFE: Duration = Duration::from_secs(60);
/// What is less than this is forgotten: seconds.
const NOTHING: f64 = 0.1;

/// What the jobs of each trust have lately used of this process: seconds, at an instant.
#[derive(Debug, Clone, Default)]
pub struct Turns(Arc<Mutex<HashMap<TrustId, (f64, Instant)>>>);

impl Turns {
    /// A job of the trust took so long, and ended now.
    pub fn used(&self, trust: TrustId, took: Duration, now: Instant) {
        let mut trusts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = trusts.get(&trust).map_or(0.0, |used| left(*used, now));
        trusts.insert(trust, (before + took.as_secs_f64(), now));
    }

    /// By how many seconds the next job of each trust waits longer.
    pub fn waits(&self, now: Instant) -> Vec<(TrustId, f64)> {
        let mut trusts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        trusts.retain(|_, used| left(*used, now) > NOTHING);
        trusts.iter().map(|(trust, used)| (*trust, left(*used, now))).collect()
    }
}

fn left((seconds, at): (f64, Instant), now: Instant) -> f64 {
    let passed = now.saturating_duration_since(at).as_secs_f64();
    seconds * (-passed / HALF_LIFE.as_secs_f64()).exp2()
}
