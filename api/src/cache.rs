//! Finished answers, kept for as long as nothing they were counted from has moved.
//!
//! A key holds everything that decides the answer, the tenant first and the versions last: a register that is saved
//! makes new keys, so nothing is ever stale and nothing needs to be thrown away. Redis holds them when there is one,
//! otherwise (or while it is down) this process does. The cache never decides whether a request succeeds.

use std::sync::Arc;
use std::time::Duration;

use diesel::r2d2::Pool;
use moka::sync::Cache;
use redis::Commands;
use sha2::{Digest, Sha256};

use crate::db::Scope;

/// How long Redis keeps an answer that nobody asks for again.
const KEEP: u64 = 3600;
/// Bytes of answers kept in this process.
const CAPACITY: u64 = 64 * 1024 * 1024;

/// What an answer depends on. The tenant is part of it by construction.
#[derive(Debug, Clone)]
pub struct Key(String);

impl Key {
    /// Everything that decides an answer beside the scope goes into `parts`: the question, the code table, the day,
    /// the versions.
    #[must_use]
    pub fn new(scope: &Scope, kind: &str, parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(u64::try_from(part.len()).unwrap_or(0).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let digest = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        Self(format!("rollcall:{}:{}:{kind}:{digest}", scope.trust(), scope.schools_text()))
    }
}

/// The cache.
pub struct Answers {
    redis: Option<Pool<redis::Client>>,
    here: Cache<String, Arc<[u8]>>,
}

impl Answers {
    /// With Redis at `url`, or without.
    ///
    /// # Errors
    /// The address is not one of Redis.
    pub fn new(url: Option<&str>) -> Result<Self, redis::RedisError> {
        let redis = match url {
            None => None,
            Some(url) => Some(
                Pool::builder()
                    .max_size(4)
                    .min_idle(Some(0))
                    .connection_timeout(Duration::from_millis(100))
                    .build_unchecked(redis::Client::open(url)?),
            ),
        };
        let weigh = |key: &String, value: &Arc<[u8]>| {
            u32::try_from(key.len() + value.len()).unwrap_or(u32::MAX)
        };
        Ok(Self { redis, here: Cache::builder().max_capacity(CAPACITY).weigher(weigh).build() })
    }

    /// The answer, if it is kept.
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<Arc<[u8]>> {
        if let Some(found) = self.here.get(&key.0) {
            return Some(found);
        }
        let mut redis = self.redis.as_ref()?.get().ok()?;
        let found: Option<Vec<u8>> = redis.get(&key.0).ok()?;
        let found: Arc<[u8]> = found?.into();
        self.here.insert(key.0.clone(), found.clone());
        Some(found)
    }

    /// Keeps an answer.
    pub fn put(&self, key: Key, answer: Arc<[u8]>) {
        if let Some(mut redis) = self.redis.as_ref().and_then(|pool| pool.get().ok()) {
            let kept: redis::RedisResult<()> = redis.set_ex(&key.0, &*answer, KEEP);
            if let Err(error) = kept {
                tracing::debug!(%error, "Redis did not keep an answer");
            }
        }
        self.here.insert(key.0, answer);
    }
}
