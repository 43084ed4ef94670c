//! Finished answers, kept for as long as nothing they were counted from has moved.
//!
//! A key holds everything that decides the answer, the tenant first and the versions last: a register that is saved
//! makes new keys, so nothing is ever stale and nothing needs to be thrown away. Redis holds them when there is one,
//! otherwise (or while it is down) this process does. The cache never decides whether a request succeeds.

use std::sync::Arc;

use moka::sync::Cache;
use redis::Commands;
use sha2::{Digest, Sha256};

use crate::db::Scope;
use crate::redis::Redis;

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
    pub fn new(scope: &Scope, kind: &str, parts: &[String]) -> Self {
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
    redis: Option<Redis>,
    here: Cache<String, Arc<[u8]>>,
}

impl Answers {
    /// With Redis at `url`, or without.
    ///
    /// # Errors
    /// The address is not one of Redis.
    pub fn new(url: Option<&str>) -> Result<Self, redis::RedisError> {
        let redis = url.map(Redis::new).transpose()?;
        let weigh = |key: &String, value: &Arc<[u8]>| {
            u32::try_from(key.len() + value.len()).unwrap_or(u32::MAX)
        };
        Ok(Self { redis, here: Cache::builder().max_capacity(CAPACITY).weigher(weigh).build() })
    }

    /// The answer, if this process has it. Does not wait.
    pub fn here(&self, key: &Key) -> Option<Arc<[u8]>> {
        self.here.get(&key.0)
    }

    /// The answer, if Redis has it. Waits: off the request threads.
    pub fn elsewhere(&self, key: &Key) -> Option<Arc<[u8]>> {
        let found: Option<Vec<u8>> = self.redis.as_ref()?.with(|redis| redis.get(&key.0))?;
        let found: Arc<[u8]> = found?.into();
        self.here.insert(key.0.clone(), found.clone());
        Some(found)
    }

    /// Keeps an answer. Waits: off the request threads.
    pub fn put(&self, key: Key, answer: Arc<[u8]>) {
        if let Some(redis) = &self.redis {
            let _: Option<()> = redis.with(|redis| redis.set_ex(&key.0, &*answer, KEEP));
        }
        self.here.insert(key.0, answer);
    }
}
