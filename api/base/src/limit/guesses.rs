//! Wrong secrets: after too many of them whoever tries is let in no more for a while.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use governor::{Quota, RateLimiter};
use moka::sync::Cache;

use super::Limiter;

/// Of so many requests that a client may make, one may be with a wrong secret.
const ONE_OF: u32 = 100;
/// Whoever waits is remembered for so long.
const WAIT: Duration = Duration::from_secs(60);
/// So many who wait are remembered.
const REMEMBERED: u64 = 100_000;

/// How many wrong secrets there were, and who waits because of them.
pub(super) struct Guesses {
    here: Limiter,
    most: NonZeroU32,
    shut: Cache<String, Instant>,
}

impl Guesses {
    /// For clients that may make so many requests a minute.
    pub fn of(requests: NonZeroU32) -> Self {
        let most = NonZeroU32::new(requests.get() / ONE_OF).unwrap_or(NonZeroU32::MIN);
        let here = RateLimiter::keyed(Quota::per_minute(most)).with_middleware();
        let shut = Cache::builder().max_capacity(REMEMBERED).time_to_live(WAIT).build();
        Self { here, most, shut }
    }

    /// The wrong secrets of a minute.
    pub fn most(&self) -> u32 {
        self.most.get()
    }

    /// The buckets of this process.
    pub fn here(&self) -> &Limiter {
        &self.here
    }

    /// The seconds until this one may try again.
    pub fn shut(&self, bucket: &str) -> Option<u32> {
        let until = self.shut.get(bucket)?;
        let left = until.checked_duration_since(Instant::now())?;
        Some(u32::try_from(left.as_secs()).unwrap_or(u32::MAX).saturating_add(1))
    }

    /// Lets this one wait for so many seconds.
    pub fn shut_for(&self, bucket: String, seconds: u32) {
        self.shut.insert(bucket, Instant::now() + Duration::from_secs(seconds.into()));
    }

    /// Forgets whose buckets are full again.
    pub fn sweep(&self) {
        self.here.retain_recent();
    }
}
