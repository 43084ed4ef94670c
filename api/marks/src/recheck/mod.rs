//! What must be looked at again when marks change: the pupils about whom something rests on them are put into the queue
//! by whatever changed the marks, in its own transaction.
//!
//! Marks that arrive after a review are looked at like amended ones, also those of the review's own day: it counted what
//! was there by then.

mod rows;

use base::jobs;
use base::prelude::*;

pub use rows::{
    LookRow, keep as keep_look, left as looks_left, of_source as looks_of_source, resting, reviewed,
};

/// The kind of job that a second look is.
pub const SECOND_LOOK: &str = "second_look";

/// An enrolment whose marks, or whose days on roll, are others than they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// The enrolment.
    pub enrolment_id: EnrolmentId,
    /// Reviews from that day on counted something else.
    pub from: NaiveDate,
}

/// A pupil at a school about whom something rests on marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The school.
    pub school_id: SchoolId,
    /// The pupil.
    pub pupil_id: PupilId,
    /// Reviews from that day on counted something else.
    pub from: NaiveDate,
    /// The enrolments whose marks are others than they were.
    pub enrolments: Vec<EnrolmentId>,
}

/// What changed marks, and when.
#[derive(Debug, Clone, Copy)]
pub struct Changed<'a> {
    /// The instant at which it was recorded: a bump's.
    pub at: DateTime<Utc>,
    /// What it was, in plain English.
    pub why: &'a str,
    /// The import or undo that it was.
    pub source: Option<JobId>,
}

/// Puts the pupils about whom something rests on these marks into the queue, in the transaction that changed them.
pub fn look_again(
    tx: &mut Tx,
    moved: &[Moved],
    changed: Changed<'_>,
    caller: &Caller,
) -> Result<()> {
    // No review of a day to come has been held: a register that is taken as usual asks the database nothing.
    let today = tx.clock().today();
    let moved: Vec<Moved> = moved.iter().copied().filter(|one| one.from <= today).collect();
    if moved.is_empty() {
        return Ok(());
    }
    let looks = resting(tx, &moved)?;
    let Some(first) = looks.first() else { return Ok(()) };
    let one_school = looks.iter().all(|look| look.school_id == first.school_id);
    let school = one_school.then_some(first.school_id);
    let job_id = jobs::enqueue_consequence(tx, SECOND_LOOK, school, caller)?;
    rows::add(tx, job_id, &looks, (changed.at, changed.why, changed.source))
}

/// As [`look_again`] for what was recorded of days on roll at that instant: marks of days on which the pupil was not on
/// roll count no more, and others count again.
pub fn days_changed(tx: &mut Tx, changed: Changed<'_>, caller: &Caller) -> Result<()> {
    let moved = rows::days_recorded_at(tx, changed.at)?;
    look_again(tx, &moved, changed, caller)
}
