//! The one place that asks the machine what time it is. Everything else is given a [`Clock`].

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Europe::London;

/// What time it is, as a parameter: tests and sandboxes put their own in.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the clock that everything else is given"
        )]
        Self(Arc::new(Utc::now))
    }

    /// A clock that somebody else moves.
    pub fn from_fn(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The instant, in UTC, cut to microseconds: what Postgres keeps.
    pub fn now(&self) -> DateTime<Utc> {
        let now = (self.0)();
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }

    /// A clock that is always so far ahead of this one.
    pub fn ahead_by(&self, ahead: TimeDelta) -> Self {
        if ahead.is_zero() {
            return self.clone();
        }
        let this = self.clone();
        Self::from_fn(move || this.now() + ahead)
    }

    /// The date in England, for what is about no school alone. A school's own day is `tenants::today`.
    pub fn today(&self) -> NaiveDate {
        self.now().with_timezone(&London).date_naive()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}
