//! The morning after: which actions fall due today, and which are overdue, told once each.

use super::rows::{self, RunRow};
use base::jobs::{Finished, Job};
use base::problem::Problem;
use casework::{actions, cases};

/// Tells what falls due at a school on a day, and what is overdue, on the actions and on their cases' timelines.
pub(super) fn deadlines(job: &Job<'_>, row: &RunRow) -> Result<(), Problem> {
    const STAGE: &str = "telling what is due and overdue";
    job.run(|tx| {
        job.advance(tx, STAGE, 0, 1)?;
        let told = actions::tell_deadlines(tx, row.school_id, row.from_day, job.by())?;
        cases::tell_deadlines(tx, &told, row.from_day, &job.caller())?;
        let breached = told.iter().filter(|one| one.breached).count();
        let stage = format!("{} due, {breached} overdue", told.len() - breached);
        rows::add_item(tx, row, "deadlines", &actions::Deadlines::of(&told))?;
        job.advance(tx, STAGE, 1, 1)?;
        job.finish(tx, Finished::Done, &stage)
    })
}
