//! Taking back an import of parents.

use super::rows::UndoOutcome;
use base::auth::permission::{Permission, WriteSafeguarding};
use base::jobs::Job;
use base::prelude::*;
use roll::parents;

/// Takes back what an import recorded of parents. What a court has ordered goes only if whoever asks may record it.
pub(super) fn take_back(
    tx: &mut Tx,
    app: &App,
    job: &Job<'_>,
    import_id: ImportId,
    outcome: &mut UndoOutcome,
) -> Result<()> {
    let may_order = app.roles.allows(job.role(), WriteSafeguarding::NAME);
    let back = parents::take_back(tx, import_id.job(), may_order, job.by())?;
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    outcome.parents_restored = count(back.persons);
    outcome.parent_links_restored = count(back.links);
    outcome.safeguards_restored = count(back.safeguards);
    for (pupil_id, what, why) in back.left {
        outcome.leave_of_pupil(pupil_id, what, why);
    }
    Ok(())
}
