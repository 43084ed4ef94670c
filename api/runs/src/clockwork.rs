//! The clockwork: looks what has fallen due, and puts it into the queue.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer};
use domain::schedule::{Due, Occasion, ends, fallen_due, morning_of, next_look};

use super::draws::{self, DrawDues};
use super::joiners;
use super::reviews::Paths;
use super::rewarding::{self, Rewarding};
use super::rows::{self, Key, NewRun, TRUST};
use super::schools;
use base::platform;
use base::prelude::*;
use casework::{actions, cases};
use school::tenants;

/// What this process has seen of each trust, so that most looks are over at once.
#[derive(Default)]
pub struct Clockwork {
    seen: BTreeMap<TrustId, Seen>,
}

#[derive(Clone, Copy)]
struct Seen {
    /// What [`schools::recorded`] said.
    recorded: (i64, i64),
    /// When the next of them makes something due, or the next hour strikes at which reviews open.
    next: Option<DateTime<Utc>>,
}

impl Clockwork {
    /// One look at every trust. What goes wrong in one trust is no other's matter.
    pub fn tick(&mut self, app: &App) -> Result<()> {
        for scope in platform::every_trust(&app.db)? {
            let before = self.seen.get(&scope.trust()).copied();
            match app.db.run_job(&scope, |tx| look(tx, before)) {
                Ok(Some(seen)) => {
                    self.seen.insert(scope.trust(), seen);
                }
                Ok(None) => {}
                Err(problem) if problem.kind() == Kind::Unavailable => return Err(problem),
                Err(problem) => tracing::error!(
                    trust = scope.trust().number(),
                    why = problem.internal_text(),
                    "what falls due in a trust cannot be told"
                ),
            }
        }
        Ok(())
    }
}

/// A look at one trust; `None` when there is nothing new, or another instance is looking just now.
fn look(tx: &mut Tx, before: Option<Seen>) -> Result<Option<Seen>> {
    let (now, recorded) = (tx.now(), schools::recorded(tx)?);
    let as_before = |seen: Seen| seen.recorded == recorded && seen.next.is_none_or(|at| now < at);
    if before.is_some_and(as_before) || !alone(tx)? {
        return Ok(None);
    }
    let there = rows::there(tx)?;
    let (mut new, mut next) = (Vec::new(), None);
    let schools = tenants::schools(tx)?;
    let mut paths = Paths::read(tx)?;
    let rewarding = Rewarding::read(tx)?;
    let mut deadlines = actions::deadlines(tx)?;
    let of_draws = DrawDues::read(tx)?;
    for school in schools::times(tx, schools, i16::MIN..=i16::MAX)? {
        let is_there = |due: &Due| {
            let key = (school.school_id, As(due.occasion), due.period.clone());
            there.contains(&key)
        };
        for (calendar, known_from) in school.years() {
            let dues = ends(calendar, school.zone);
            let (fallen, later) = fallen_due(dues, known_from, now, is_there);
            new.extend(fallen.into_iter().map(|due| NewRun::first(school.school_id, due)));
            next = next.into_iter().chain(later).min();
        }
        let mut own = paths.reviews(tx, &school)?;
        for day in deadlines.remove(&school.school_id).unwrap_or_default() {
            let label = "actions that are due or overdue".to_owned();
            let due = morning_of(Occasion::Deadlines, label, day, school.zone);
            own.push((due, DateTime::<Utc>::MIN_UTC));
        }
        own.extend(rewarding.dues(tx, &school)?);
        for (due, known_from) in own {
            let (fallen, later) = fallen_due(vec![due], known_from, now, is_there);
            new.extend(fallen.into_iter().map(|due| NewRun::first(school.school_id, due)));
            next = next.into_iter().chain(later).min();
        }
        for (due, known_from) in of_draws.of(tx, &school)? {
            let (fallen, later) = fallen_due(vec![due], known_from, now, is_there);
            next = next.into_iter().chain(later).min();
            for due in fallen {
                if draws::must_wait(tx, school.school_id, &due, &new)? {
                    next = Some(now);
                } else {
                    new.push(NewRun::first(school.school_id, due));
                }
            }
        }
        // What becomes of rolls, cases, actions and drafts in the meantime is seen when the next hour strikes.
        next = next.into_iter().chain(next_look(now, school.zone)).min();
    }
    new.extend(leavers(tx, &there)?);
    new.extend(joining(tx, &there)?);
    new.extend(rewarding::again(tx, &there)?);
    new.sort_by_key(|run| run.due);
    rows::add(tx, &new, "clockwork", "runner")?;
    Ok(Some(Seen { recorded, next }))
}

/// Today's run for the cases of pupils who have left the roll of the school that follows them, if there are any. It is
/// the whole trust's: a pupil may have moved from one school to another.
fn leavers(tx: &mut Tx, there: &BTreeSet<Key>) -> Result<Option<NewRun>> {
    let today = tx.clock().today();
    if is_there(there, Occasion::Leavers, today) || cases::left_behind(tx, today)?.is_empty() {
        return Ok(None);
    }
    Ok(Some(of_today(tx, Occasion::Leavers, today)))
}

/// Today's run for pupils who have their first or last day, if there is anything to do.
fn joining(tx: &mut Tx, there: &BTreeSet<Key>) -> Result<Option<NewRun>> {
    let today = tx.clock().today();
    if is_there(there, Occasion::Joiners, today) || !joiners::any(tx)? {
        return Ok(None);
    }
    Ok(Some(of_today(tx, Occasion::Joiners, today)))
}

fn is_there(there: &BTreeSet<Key>, kind: Occasion, today: NaiveDate) -> bool {
    there.contains(&(TRUST, As(kind), today.to_string()))
}

/// A run of the whole trust, due now.
fn of_today(tx: &Tx, kind: Occasion, today: NaiveDate) -> NewRun {
    NewRun {
        school_id: TRUST,
        kind,
        period: today.to_string(),
        attempt: 1,
        from: today,
        to: today,
        due: tx.now(),
        noticed_at: None,
    }
}

/// Whether this is the only instance that looks at the trust, until the transaction ends. Versions of schools are held
/// under the same kind of lock by trust and school; no school has the number 0.
fn alone(tx: &mut Tx) -> Result<bool> {
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
