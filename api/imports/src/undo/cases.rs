//! Taking back an import of what was done before a school came here.

use super::rows::UndoOutcome;
use base::jobs::Job;
use base::prelude::*;
use casework::{cases, notices};

/// Why something stays.
const SINCE: &str = "something was done about it since";

/// Ends the cases that an import carried in and withdraws its penalty notices; what something was done about since stays.
pub(super) fn take_back(
    tx: &mut Tx,
    job: &Job<'_>,
    import_id: ImportId,
    outcome: &mut UndoOutcome,
) -> Result<()> {
    let today = tx.clock().today();
    let back = cases::take_back(tx, import_id, (job.by(), job.role()), today)?;
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    outcome.cases_ended = count(back.cases);
    outcome.letters_taken_back = count(back.letters);
    for pupil_id in back.left {
        outcome.leave_of_pupil(Some(pupil_id), "case", SINCE);
    }
    let back = notices::take_back(tx, import_id, today, &job.caller())?;
    outcome.notices_taken_back = count(back.notices);
    for pupil_id in back.left {
        outcome.leave_of_pupil(Some(pupil_id), "penalty notice", SINCE);
    }
    Ok(())
}
