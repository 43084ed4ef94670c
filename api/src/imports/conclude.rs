//! The end of an import: its outcome is kept, its file let go, its job finished, all in one transaction.

use super::file::Columns;
use super::outcome::Outcome;
use super::request::Request;
use super::rows;
use crate::db::Tx;
use crate::http::problem::Problem;
use crate::jobs::{Finished, Job};

/// Concludes an import in the transaction of what it did. `columns` are the file's, to name the cells of a workbook.
pub(super) fn conclude(
    tx: &mut Tx<'_>,
    job: &Job<'_>,
    request: &Request,
    mut outcome: Outcome,
    columns: &Columns,
) -> Result<(), Problem> {
    outcome.problems.iter_mut().for_each(|problem| columns.place(problem));
    rows::keep_outcome(tx, job.id(), &outcome)?;
    let (how, stage) = match (outcome.problem_count, request.dry_run) {
        (0, false) => (Finished::Done, "applied"),
        (0, true) => (Finished::Done, "checked; nothing was changed"),
        _ => (Finished::Refused, "refused: nothing was changed"),
    };
    job.finish(tx, how, stage)
}
