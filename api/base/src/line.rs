//! One connection to the database for a question that must never wait behind requests.

use std::sync::{Mutex, PoisonError};

use diesel::pg::PgConnection;
use diesel::{Connection, QueryResult};

use crate::problem::Problem;

/// After so many seconds a database that does not answer is taken for one that is away.
const PATIENCE: &str = "connect_timeout=2&tcp_user_timeout=2000";

/// A connection that is made when it is needed and made anew when it has broken.
pub struct Line {
    url: String,
    held: Mutex<Option<PgConnection>>,
}

impl Line {
    /// To this database; it is not called yet.
    pub fn new(url: &str) -> Self {
        let patience = match (url.contains("://"), url.contains('?')) {
            (true, true) => format!("&{PATIENCE}"),
            (true, false) => format!("?{PATIENCE}"),
            (false, _) => format!(" {}", PATIENCE.replace('&', " ")),
        };
        Self { url: format!("{url}{patience}"), held: Mutex::default() }
    }

    /// Asks, and once more on a new connection where the one that was there has broken.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn ask<T>(
        &self,
        question: impl Fn(&mut PgConnection) -> QueryResult<T>,
    ) -> Result<T, Problem> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mut conn) = held.take()
            && let Ok(answer) = question(&mut conn)
        {
            *held = Some(conn);
            return Ok(answer);
        }
        let away = |error: diesel::ConnectionError| Problem::unavailable(1, error);
        let mut conn = PgConnection::establish(&self.url).map_err(away)?;
        let answer = question(&mut conn).map_err(|error| Problem::unavailable(1, error))?;
        *held = Some(conn);
        Ok(answer)
    }
}
