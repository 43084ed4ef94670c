//! The end of an import: its outcome is kept, its file let go, its job finished, all in one transaction.

use super::rows::{self, Outcome, Request};
use crate::db::Tx;
use crate::http::problem::Problem;
use crate::jobs::{Finished, Job};

/// Concludes an import in the transaction of what it did.
pub(super) fn conclude(
    tx: &mut Tx<'_>,
    job: &Job<'_>,
    request: &Request,
    outcome: &Outcome,
) -> Result<(), Problem> {
    rows::keep_outcome(tx, job.id(), outcome)?;
    let (how, stage) = match (outcome.problem_count, request.dry_run) {
        (0, false) => (Finished::Done, "applied"),
        (0, true) => (Finished::Done, "checked; nothing was changed"),
        _ => (Finished::Refused, "refused: nothing was changed"),
    };
    job.finish(tx, how, stage)
}
