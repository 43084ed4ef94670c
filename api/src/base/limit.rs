//! How many requests a client may make: a bucket per token (or per address without one), and headers that say so.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::num::NonZeroU32;

use actix_web::dev::ServiceRequest;
use actix_web::http::header;
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

type Limiter =
    RateLimiter<u64, DefaultKeyedStateStore<u64>, DefaultClock, StateInformationMiddleware>;

/// What a client has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Requests a minute.
    pub limit: u32,
    /// Requests left just now.
    pub remaining: u32,
    /// Seconds until a refused request may be made; 0 when it was allowed.
    pub wait: u32,
}

/// The buckets of one process.
pub struct Limits {
    limiter: Limiter,
    clock: DefaultClock,
    per_minute: NonZeroU32,
}

impl Limits {
    /// So many requests a minute for each client; all of them may come at once.
    pub fn per_minute(requests: NonZeroU32) -> Self {
        let limiter = RateLimiter::keyed(Quota::per_minute(requests)).with_middleware();
        Self { limiter, clock: DefaultClock::default(), per_minute: requests }
    }

    /// Takes one request of this client out of its bucket.
    ///
    /// # Errors
    /// The bucket is empty; the allowance says for how long.
    pub fn take(&self, request: &ServiceRequest) -> Result<Allowance, Allowance> {
        let limit = self.per_minute.get();
        match self.limiter.check_key(&client(request)) {
            Ok(state) => {
                Ok(Allowance { limit, remaining: state.remaining_burst_capacity(), wait: 0 })
            }
            Err(until) => {
                let wait = until.wait_time_from(self.clock.now()).as_secs().saturating_add(1);
                Err(Allowance { limit, remaining: 0, wait: u32::try_from(wait).unwrap_or(60) })
            }
        }
    }

    /// Forgets clients whose buckets are full again.
    pub fn sweep(&self) {
        self.limiter.retain_recent();
    }
}

/// The token as it was sent, else the peer's address: the token's claims are not yet checked here.
fn client(request: &ServiceRequest) -> u64 {
    let mut hasher = DefaultHasher::new();
    match request.headers().get(header::AUTHORIZATION) {
        Some(token) => token.as_bytes().hash(&mut hasher),
        None => request.peer_addr().map(|address| address.ip()).hash(&mut hasher),
    }
    hasher.finish()
}
