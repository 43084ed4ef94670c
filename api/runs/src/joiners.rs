//! Pupils have their first day at another school: what that school was told before becomes part of the record.

use super::rows::{self, RunRow};
use base::jobs::{Finished, Job};
use base::prelude::*;
use roll::joining;

/// Makes the drafts whose first day has come part of the record, one by one. Begun again after a crash it goes on with
/// those that are left.
pub(super) fn joiners(job: &Job<'_>, row: &RunRow) -> Result<()> {
    const STAGE: &str = "drafts of joining schools go live";
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
        job.advance(tx, STAGE, total, total)?;
        job.finish(tx, Finished::Done, "done")
    })
}
