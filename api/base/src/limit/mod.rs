//! How many requests a client may make: a bucket for whoever a token proves to be, else for an address; and headers that
//! say so.
//!
//! With Redis the processes of a service share the buckets; without it, or while it is away, each has its own.

mod address;
mod guesses;
mod shared;

use std::net::IpAddr;
use std::num::NonZeroU32;

use actix_web::HttpRequest;
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

pub use self::address::Network;
use self::address::{block_of, handed_on};
use self::guesses::Guesses;
use self::shared::take;
use crate::db::block;
use crate::id::TrustId;
use crate::redis::Redis;

type Limiter =
    RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock, StateInformationMiddleware>;

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

/// Who asks, as far as a limit goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asker {
    /// Whom a token of ours names.
    Subject(TrustId, String),
    /// The client that a secret is tried for.
    Client(String),
    /// Where it comes from, when no token of ours says who it is.
    Address(IpAddr),
    /// From nowhere, as over a socket that has no address.
    Unknown,
}

impl Asker {
    /// The name of its bucket. Of IPv6 a bucket is a whole block of addresses, which one line is given.
    fn bucket(&self) -> String {
        match self {
            Self::Subject(trust, subject) => format!("rollcall:limit:{trust}:{subject}"),
            Self::Client(name) => format!("rollcall:limit:client:{name}"),
            Self::Address(address) => format!("rollcall:limit:{}", block_of(*address)),
            Self::Unknown => "rollcall:limit:".to_owned(),
        }
    }

    /// The address that it comes from, if that is all that is known.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Address(address) => Some(*address),
            _ => None,
        }
    }
}

/// The buckets.
pub struct Limits {
    here: Limiter,
    shared: Option<std::sync::Arc<Redis>>,
    clock: DefaultClock,
    per_minute: NonZeroU32,
    guesses: Guesses,
    proxies: Vec<Network>,
}

impl Limits {
    /// So many requests a minute for each client; all of them may come at once. `proxies` are believed when they say whose
    /// request they hand on.
    ///
    /// # Errors
    /// `redis_url` is no address of Redis.
    pub fn per_minute(
        requests: NonZeroU32,
        proxies: Vec<Network>,
        redis_url: Option<&str>,
    ) -> Result<Self, redis::RedisError> {
        let here = RateLimiter::keyed(Quota::per_minute(requests)).with_middleware();
        let shared = redis_url.map(Redis::new).transpose()?.map(std::sync::Arc::new);
        let (clock, guesses) = (DefaultClock::default(), Guesses::of(requests));
        Ok(Self { here, shared, clock, per_minute: requests, guesses, proxies })
    }

    /// Where a request comes from.
    pub fn address(&self, request: &HttpRequest) -> Asker {
        let peer = request.peer_addr().map(|peer| peer.ip());
        let said = request.headers().get_all("x-forwarded-for").filter_map(|one| one.to_str().ok());
        let said: Vec<&str> = said.flat_map(|one| one.split(',')).collect();
        peer.map_or(Asker::Unknown, |peer| Asker::Address(handed_on(peer, &said, &self.proxies)))
    }

    /// Takes one request out of the bucket of whoever asks.
    ///
    /// # Errors
    /// The bucket is empty; the allowance says for how long.
    pub async fn take(&self, asker: &Asker) -> Result<Allowance, Allowance> {
        self.take_from(&self.here, asker.bucket(), self.per_minute.get()).await
    }

    async fn take_from(
        &self,
        here: &Limiter,
        bucket: String,
        limit: u32,
    ) -> Result<Allowance, Allowance> {
        if let Some(redis) = self.shared.clone() {
            let key = bucket.clone();
            let taken = block(move || Ok(redis.with(|redis| take(redis, &key, limit)))).await;
            if let Ok(Some((remaining, wait))) = taken {
                let allowance = Allowance { limit, remaining, wait };
                return if wait == 0 { Ok(allowance) } else { Err(allowance) };
            }
        }
        match here.check_key(&bucket) {
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
        self.here.retain_recent();
        self.guesses.sweep();
    }

    /// The seconds until one of these may try a secret again; `None` when all of them may.
    pub fn shut<'a>(&self, askers: impl Iterator<Item = &'a Asker>) -> Option<u32> {
        askers.filter_map(|asker| self.guesses.shut(&asker.bucket())).max()
    }

    /// Counts a wrong secret. Whoever has tried too many waits, also with the right one.
    pub async fn was_wrong(&self, asker: &Asker) {
        let (bucket, most) = (asker.bucket(), self.guesses.most());
        let name = format!("{bucket}:wrong");
        if let Err(empty) = self.take_from(self.guesses.here(), name, most).await {
            self.guesses.shut_for(bucket, empty.wait);
        }
    }
}
