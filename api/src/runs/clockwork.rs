//! The clockwork: looks what has fallen due, and puts it into the queue.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer};
use domain::schedule::{Due, ends, fallen_due};

use super::rows::{self, NewRun};
use super::schools;
use crate::app::App;
use crate::db::Tx;
use crate::http::problem::{Kind, Problem};
use crate::{platform, tenants};

/// What this process has seen of each trust, so that most looks are over at once.
#[derive(Default)]
pub struct Clockwork {
    seen: BTreeMap<i32, Seen>,
}

#[derive(Clone, Copy)]
struct Seen {
    /// How many calendars there were.
    calendars: i64,
    /// When the next of them makes something due.
    next: Option<DateTime<Utc>>,
}

impl Clockwork {
    /// One look at every trust. What goes wrong in one trust is no other's matter.
    ///
    /// # Errors
    /// The database is away.
    pub fn tick(&mut self, app: &App) -> Result<(), Problem> {
        for scope in platform::every_trust(&app.db)? {
            let before = self.seen.get(&scope.trust()).copied();
            match app.db.run_job(&scope, |tx| look(tx, before)) {
                Ok(Some(seen)) => {
                    self.seen.insert(scope.trust(), seen);
                }
                Ok(None) => {}
                Err(problem) if problem.kind() == Kind::Unavailable => return Err(problem),
                Err(problem) => tracing::error!(
                    trust = scope.trust(),
                    why = problem.internal_text(),
                    "what falls due in a trust cannot be told"
                ),
            }
        }
        Ok(())
    }
}

/// A look at one trust; `None` when there is nothing new, or another instance is looking just now.
fn look(tx: &mut Tx<'_>, before: Option<Seen>) -> Result<Option<Seen>, Problem> {
    let (now, calendars) = (tx.now(), schools::recorded(tx)?);
    let as_before = |seen: Seen| seen.calendars == calendars && seen.next.is_none_or(|at| now < at);
    if before.is_some_and(as_before) || !alone(tx)? {
        return Ok(None);
    }
    let there = rows::there(tx)?;
    let (mut new, mut next) = (Vec::new(), None);
    let schools = tenants::schools(tx)?;
    for school in schools::times(tx, schools, i16::MIN..=i16::MAX)? {
        let is_there = |due: &Due| {
            let key = (school.school_id, due.occasion.name().to_owned(), due.period.clone());
            there.contains(&key)
        };
        for (calendar, known_from) in school.years() {
            let dues = ends(calendar, school.zone);
            let (fallen, later) = fallen_due(dues, known_from, now, is_there);
            new.extend(fallen.into_iter().map(|due| NewRun::first(school.school_id, due)));
            next = next.into_iter().chain(later).min();
        }
    }
    new.sort_by_key(|run| run.due);
    rows::add(tx, &new, "clockwork", "runner")?;
    Ok(Some(Seen { calendars, next }))
}

/// Whether this is the only instance that looks at the trust, until the transaction ends. Versions of schools are held
/// under the same kind of lock by trust and school; no school has the number 0.
fn alone(tx: &mut Tx<'_>) -> Result<bool, Problem> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        alone: bool,
    }
    let row: Row = diesel::sql_query("SELECT pg_try_advisory_xact_lock($1, 0) AS alone")
        .bind::<Integer, _>(tx.trust())
        .get_result(tx.conn)?;
    Ok(row.alone)
}
