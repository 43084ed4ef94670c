//! What a meeting means for the case that waits for it.

use domain::policy::{Missed, missed};

use super::meeting::Meeting;
use crate::cases;
use crate::recording::{CaseMoved, Forward};
use crate::records::{self, RecordFilter, RecordRow, RecordState};
use base::prelude::*;
use school::{calendars, policies};

/// Moves the case on, or says why it stays. Errors: 422 when the policy does not answer what happened.
pub fn case_after(
    tx: &mut Tx,
    caller: &Caller,
    forward: &Forward,
    row: &RecordRow,
    meeting: &Meeting,
) -> Result<Option<CaseMoved>> {
    let Some((case_id, step)) = row.case_id.zip(row.case_step) else { return Ok(None) };
    let case = cases::case_to_change(tx, case_id)?.row;
    if !meeting.decides {
        return Ok(Some(CaseMoved::not(case.stage, "The case did not wait for this meeting.")));
    }
    let Some(stage) = case.stage.clone().filter(|_| case.steps == step) else {
        return Ok(Some(CaseMoved::not(
            case.stage,
            "The case has gone on since the meeting was offered.",
        )));
    };
    if row.state == RecordState::NotAttended {
        let follows = policies::under(tx, &case.policy, case.version, &case.answers)?;
        let calendars = calendars::around(tx, row.school_id, row.day)?;
        let days = missed_days(tx, case_id, step)?;
        if let Missed::OfferAgain { from } = missed(&follows.policy, &stage, &days, &calendars) {
            let from = from.map_or_else(String::new, |from| format!(", on {from} or later"));
            let says = format!(
                "The case stays: \"not attended\" means two offers, 5 school days apart. Offer \
                 another{from}."
            );
            return Ok(Some(CaseMoved::not(Some(stage), says)));
        }
    }
    forward.go(tx, caller, case_id, row.state.text()).map(Some)
}

/// The days of the meetings that were missed at this step of a case, or at the one before it that also waited for one.
fn missed_days(tx: &mut Tx, case_id: CaseId, step: i32) -> Result<Vec<NaiveDate>> {
    let wanted = RecordFilter {
        case_id: Some(case_id),
        state: Some(RecordState::NotAttended),
        ..RecordFilter::default()
    };
    let mut days = Vec::new();
    for row in records::records::<Meeting>(tx, wanted, None, i64::MAX)? {
        let near = row.case_step.is_some_and(|at| at == step || at == step - 1);
        if near && row.read::<Meeting>()?.decides {
            days.push(row.day);
        }
    }
    Ok(days)
}
