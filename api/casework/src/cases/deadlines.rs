//! What is due or overdue stands on the timeline of its case.

use domain::policy::{Event, Recorded};

use super::rows;
use crate::actions::Deadline;
use base::prelude::*;

/// Records on their cases' timelines what has just fallen due and what has just become overdue.
pub fn tell_deadlines(
    tx: &mut Tx,
    told: &[Deadline],
    day: NaiveDate,
    caller: &Caller,
) -> Result<()> {
    let mut by_case: BTreeMap<CaseId, Vec<&Deadline>> = BTreeMap::new();
    for one in told {
        if let Some(case_id) = one.case_id {
            by_case.entry(case_id).or_default().push(one);
        }
    }
    for (case_id, deadlines) in by_case {
        let told = rows::case_to_change(tx, case_id)?;
        let event = |one: &&Deadline| {
            let (action, says) = (one.action_id.number(), one.says.clone());
            Event {
                rule: one.rule.clone(),
                step: told.case.steps,
                day,
                by: caller.subject().to_owned(),
                what: match one.breached {
                    true => Recorded::Breached { action, says },
                    false => Recorded::Due { action, says },
                },
            }
        };
        let events: Vec<Event> = deadlines.iter().map(event).collect();
        rows::append(tx, &told.row, &events, (&[], None), caller)?;
    }
    Ok(())
}
