//! Pupils have their first or last day: the database is told who has them, what the next school was told before becomes part
//! of the record, and somebody is reminded of what is to be released to it.

use super::rows::{self, RunRow};
use base::jobs::{Finished, Job};
use base::prelude::*;
use casework::orders;
use roll::{joining, visibility};

/// Pupils of one transaction.
const AT_ONCE: usize = 200;

/// Whether there is anything for such a run to do.
pub(super) fn any(tx: &mut Tx) -> Result<bool> {
    Ok(!joining::due(tx)?.is_empty()
        || !visibility::to_settle(tx)?.is_empty()
        || !orders::to_remind(tx)?.is_empty())
}

/// Settles who has the pupils, makes the drafts whose first day has come part of the record, one by one, and reminds.
/// Begun again after a crash it goes on with what is left.
pub(super) fn joiners(job: &Job<'_>, row: &RunRow) -> Result<()> {
    const STAGE: &str = "drafts of joining schools go live";
    let pupils = job.run(visibility::to_settle)?;
    for some in pupils.chunks(AT_ONCE) {
        job.run(|tx| visibility::settle(tx, some))?;
    }
    let drafts = job.run(joining::due)?;
    let total = u64::try_from(drafts.len()).unwrap_or(u64::MAX);
    for (done, draft) in (1..).zip(&drafts) {
        job.run(|tx| {
            job.advance(tx, STAGE, done, total)?;
            let live = joining::go_live(tx, draft)?;
            let item = format!("pupil/{}/school/{}", draft.pupil_id, draft.school_id);
            rows::add_item(tx, row, &item, &live)
        })?;
    }
    job.run(|tx| {
        for reminder in orders::to_remind(tx)? {
            orders::remind(tx, &reminder)?;
        }
        job.advance(tx, STAGE, total, total)?;
        job.finish(tx, Finished::Done, "done")
    })
}
