//! Taking back an import of parents.

use super::rows::UndoOutcome;
use base::jobs::Job;
use base::prelude::*;
use roll::parents;

/// Takes back what an import recorded of parents. What a court has ordered stays.
pub(super) fn take_back(
    tx: &mut Tx,
    job: &Job<'_>,
    import_id: ImportId,
    outcome: &mut UndoOutcome,
) -> Result<()> {
    let back = parents::take_back(tx, import_id.job(), job.by())?;
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    outcome.parents_restored = count(back.persons);
    outcome.parent_links_restored = count(back.links);
    for (pupil_id, what, why) in back.left {
        outcome.leave_of_pupil(pupil_id, what, why);
    }
    Ok(())
}
