//! What rests on marks that were changed by something other than an amendment is looked at again by a job, a pupil at a
//! time, so that no file and no register waits for it. Each pupil is done in one transaction with what says so: a worker
//! that dies loses none and doubles none.
//!
//! Marks that fill a blank of the same day are how every register comes in, and change nothing that was true: reviews of
//! that day are not asked again because of them.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::consequence::{Consequence, TouchedByMarks};
use super::rows::{self, LookRow};
use super::school::School;
use super::{Amending, Rests};
use crate::analytics::AsKnown;
use crate::app::App;
use crate::auth::Caller;
use crate::db::Tx;
use crate::http::problem::{Kind, Problem};
use crate::jobs::{self, Finished, Job};

pub use rows::resting;

/// The kind of job that a second look is.
pub const KIND: &str = "second_look";

/// An enrolment whose marks, or whose days on roll, are others than they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// The enrolment.
    pub enrolment_id: i32,
    /// Reviews from that day on counted something else.
    pub from: NaiveDate,
}

/// A pupil at a school about whom something rests on marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The school.
    pub school_id: i32,
    /// The pupil.
    pub pupil_id: i32,
    /// Reviews from that day on counted something else.
    pub from: NaiveDate,
    /// The enrolments whose marks are others than they were.
    pub enrolments: Vec<i32>,
}

/// What changed marks, and when.
#[derive(Debug, Clone, Copy)]
pub struct Changed<'a> {
    /// The instant at which it was recorded: a bump's.
    pub at: DateTime<Utc>,
    /// What it was, in plain English.
    pub why: &'a str,
    /// The import or undo that it was.
    pub source: Option<i64>,
}

/// Puts the pupils about whom something rests on these marks into the queue, in the transaction that changed them.
///
/// # Errors
/// The database's.
pub fn look_again(
    tx: &mut Tx<'_>,
    moved: &[Moved],
    changed: Changed<'_>,
    caller: &Caller,
) -> Result<(), Problem> {
    // No review of a day to come has been held: a register that is taken as usual asks the database nothing.
    let today = tx.clock().today();
    let moved: Vec<Moved> = moved.iter().copied().filter(|one| one.from <= today).collect();
    if moved.is_empty() {
        return Ok(());
    }
    let looks = resting(tx, &moved)?;
    let Some(first) = looks.first() else { return Ok(()) };
    let one_school = looks.iter().all(|look| look.school_id == first.school_id);
    let job_id = jobs::enqueue(tx, KIND, one_school.then_some(first.school_id), caller)?;
    rows::add(tx, job_id, &looks, (changed.at, changed.why, changed.source))
}

/// As [`look_again`] for what was recorded of days on roll at that instant: marks of days on which the pupil was not on
/// roll count no more, and others count again.
///
/// # Errors
/// The database's.
pub fn days_changed(tx: &mut Tx<'_>, changed: Changed<'_>, caller: &Caller) -> Result<(), Problem> {
    let moved = rows::days_recorded_at(tx, changed.at)?;
    look_again(tx, &moved, changed, caller)
}

/// Says what would become of what rests on a pupil's marks if `change` were made, and changes nothing. `change` answers
/// what it needs to be told by.
///
/// # Errors
/// What `change` refuses; the database's.
pub fn foretell(
    tx: &mut Tx<'_>,
    school: &School,
    look: &Look,
    amending: &Amending<'_>,
    change: impl FnOnce(&mut Tx<'_>) -> Result<(), Problem>,
) -> Result<Vec<Consequence>, Problem> {
    tx.rehearse(|tx| {
        let whom = (look.pupil_id, look.from);
        let rests = Rests::on(tx, amending.codes, school, whom, None)?;
        change(tx)?;
        rests.map_or(Ok(Vec::new()), |rests| rests.settle(tx, amending))
    })
}

/// What became of what rested on the marks that an import or undo changed; `None` when nothing did.
///
/// # Errors
/// The database's.
pub fn looked_again(tx: &mut Tx<'_>, source: i64) -> Result<Option<TouchedByMarks>, Problem> {
    let found = rows::of_source(tx, source)?;
    let mut touched = TouchedByMarks::default();
    for one in &found {
        touched.pupils += 1;
        match one {
            Some(one) => touched.add(one),
            None => touched.waiting += 1,
        }
    }
    Ok((!found.is_empty()).then_some(touched))
}

/// Looks at everybody who is left, school by school. A pupil about whom something fails is tried again later, when the
/// others are done.
///
/// # Errors
/// The database is away; the lease is lost; something that no check foresaw.
pub fn run(app: &App, job: &Job<'_>) -> Result<(), Problem> {
    let (left, total) = job.run(|tx| rows::left(tx, job.id()))?;
    let total = u64::try_from(total).unwrap_or(u64::MAX);
    let mut done = total.saturating_sub(u64::try_from(left.len()).unwrap_or(u64::MAX));
    let mut failed = None;
    for looks in left.chunk_by(|one, next| one.school_id == next.school_id) {
        let (school, known) = job.snapshot(|tx| before(tx, looks))?;
        for look in looks {
            match one(app, job, (&school, &known), look, (done + 1, total)) {
                Ok(()) => done += 1,
                Err(problem) if problem.kind() == Kind::Unavailable => return Err(problem),
                Err(problem) => failed = Some(problem),
            }
        }
    }
    failed.map_or(Ok(()), Err)?;
    job.run(|tx| job.finish(tx, Finished::Done, "done"))
}

/// The school with its reviews since, and what was known of it before the change.
fn before(tx: &mut Tx<'_>, looks: &[LookRow]) -> Result<(School, AsKnown), Problem> {
    let none = || Problem::internal("a school without anybody to look at");
    let first = looks.first().ok_or_else(none)?;
    let from = looks.iter().map(|look| look.from_day).min().ok_or_else(none)?;
    let school = School::read(tx, first.school_id, from)?;
    let at = first.changed_at - TimeDelta::microseconds(1);
    let known = AsKnown::read(tx, first.school_id, &school.years, at)?;
    Ok((school, known))
}

fn one(
    app: &App,
    job: &Job<'_>,
    (school, known): (&School, &AsKnown),
    look: &LookRow,
    (done, total): (u64, u64),
) -> Result<(), Problem> {
    const STAGE: &str = "looking again at what rests on the marks";
    if !job.tell(STAGE, done - 1, total) {
        return Err(jobs::lost());
    }
    job.run(|tx| {
        job.advance(tx, STAGE, done, total)?;
        let caller = job.caller();
        let amending = Amending { why: &look.why, caller: &caller, codes: &app.codes };
        let whom = (look.pupil_id, look.from_day);
        let rests = Rests::on(tx, &app.codes, school, whom, Some(known))?;
        let touched = rests.map_or(Ok(Vec::new()), |rests| rests.settle(tx, &amending))?;
        rows::keep(tx, job.id(), look, &touched)
    })
}
