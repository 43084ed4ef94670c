//! Cases follow the roll: a pupil who has left closes the case, one who has moved inside the trust takes it along.

use super::rows::{self, RunRow};
use base::jobs::{Finished, Job};
use base::prelude::*;
use casework::cases;

/// Looks after the cases of everybody who has left the roll of the school that follows them, case by case. Begun again
/// after a crash it goes on with the cases that are left.
pub(super) fn leavers(job: &Job<'_>, row: &RunRow) -> Result<()> {
    const STAGE: &str = "letting cases follow the roll";
    let (left, there) = job.run(|tx| {
        let there = rows::items(tx, row)?.into_iter().map(|item| item.item);
        Ok((cases::left_behind(tx, row.from_day)?, there.collect::<BTreeSet<String>>()))
    })?;
    let total = u64::try_from(left.len() + there.len()).unwrap_or(u64::MAX);
    let done = u64::try_from(there.len()).unwrap_or(u64::MAX);
    for (done, one) in (done + 1..).zip(left) {
        job.run(|tx| {
            job.advance(tx, STAGE, done, total)?;
            match cases::follow_the_roll(tx, &one, row.from_day, &job.caller())? {
                Some(followed) => {
                    rows::add_item(tx, row, &format!("case/{}", one.case_id), &followed)
                }
                None => Ok(()),
            }
        })?;
    }
    job.run(|tx| {
        job.advance(tx, STAGE, total, total)?;
        job.finish(tx, Finished::Done, "done")
    })
}
