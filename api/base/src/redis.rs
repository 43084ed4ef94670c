//! Redis, if there is one: what processes share and can do without.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use r2d2::{ManageConnection, Pool};

/// How long Redis may take: what is slower is no help.
const PATIENCE: Duration = Duration::from_millis(150);
/// How long Redis is left alone after it failed.
const REST: Duration = Duration::from_secs(5);

/// Redis, which may be away, or hang, at any time.
pub struct Redis {
    pool: Pool<Connections>,
    /// After a failure it is left alone until then, so that not every question waits for it.
    away_until: Mutex<Option<Instant>>,
}

impl Redis {
    /// At this address; nothing is sent there yet.
    ///
    /// # Errors
    /// It is no address of Redis.
    pub fn new(url: &str) -> Result<Self, redis::RedisError> {
        let pool = Pool::builder()
            .max_size(4)
            .min_idle(Some(0))
            .connection_timeout(PATIENCE)
            .error_handler(Box::new(r2d2::NopErrorHandler))
            .build_unchecked(Connections(redis::Client::open(url)?));
        Ok(Self { pool, away_until: Mutex::new(None) })
    }

    /// What Redis answers; `None` when it is away. Waits: off the request threads.
    pub fn with<T>(
        &self,
        ask: impl FnOnce(&mut redis::Connection) -> redis::RedisResult<T>,
    ) -> Option<T> {
        let away = self.away_until.lock().ok()?.is_some_and(|until| Instant::now() < until);
        if away {
            return None;
        }
        let answer = self.pool.get().ok().and_then(|mut redis| ask(&mut redis).ok());
        if answer.is_none() {
            tracing::debug!("Redis does not answer");
            *self.away_until.lock().ok()? = Some(Instant::now() + REST);
        }
        answer
    }
}

/// Connections that give up soon instead of hanging.
#[derive(Debug)]
struct Connections(redis::Client);

impl ManageConnection for Connections {
    type Connection = redis::Connection;
    type Error = redis::RedisError;

    fn connect(&self) -> redis::RedisResult<redis::Connection> {
        let connection = self.0.get_connection_with_timeout(PATIENCE)?;
        connection.set_read_timeout(Some(PATIENCE))?;
        connection.set_write_timeout(Some(PATIENCE))?;
        Ok(connection)
    }

    fn is_valid(&self, _: &mut redis::Connection) -> redis::RedisResult<()> {
        Ok(())
    }

    fn has_broken(&self, connection: &mut redis::Connection) -> bool {
        !redis::ConnectionLike::is_open(connection)
    }
}
