//! The clock of an action: it qualifies on the day that it is opened, falls due, and is overdue when its day is over
//! and no evidence says that it is done. Each is told once.

use chrono::Days as DayCount;
use diesel::prelude::*;

use super::events::{ActionEventKind, NewEvent, add_event, events};
use super::rows;
use schema::action;

use base::prelude::*;

/// An action that has just fallen due, or has just become overdue.
#[derive(Debug, Clone)]
pub struct Deadline {
    /// The action.
    pub action_id: ActionId,
    /// The case it belongs to.
    pub case_id: Option<CaseId>,
    /// The rule that led to it.
    pub rule: String,
    /// What is to be done.
    pub says: String,
    /// Whether its day is over.
    pub breached: bool,
}

/// What a school was told of one morning.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deadlines {
    /// Actions that fall due that day.
    #[schema(example = json!([314]))]
    due: Vec<ActionId>,
    /// Actions that have become overdue.
    #[schema(example = json!([299]))]
    overdue: Vec<ActionId>,
}

impl Deadlines {
    /// As it is kept.
    pub fn of(told: &[Deadline]) -> Self {
        let of = |breached| {
            let those = told.iter().filter(move |one| one.breached == breached);
            those.map(|one| one.action_id).collect()
        };
        Self { due: of(false), overdue: of(true) }
    }
}

/// The mornings on which something is to be told at schools: the day that an open action is due, and the day after.
pub fn deadlines(tx: &mut Tx) -> Result<BTreeMap<SchoolId, BTreeSet<NaiveDate>>> {
    let today = tx.clock().today();
    let rows: Vec<(SchoolId, Option<NaiveDate>, NaiveDate)> = tx
        .of(action::table)
        .filter(rows::is_open().and(action::due.le(today)))
        .select((action::school_id, action::due, action::opened_on))
        .distinct()
        .load(tx.conn)?;
    let mut days: BTreeMap<SchoolId, BTreeSet<NaiveDate>> = BTreeMap::new();
    for (school_id, due, opened_on) in rows {
        let Some(due) = due else { continue };
        let days = days.entry(school_id).or_default();
        // What is due on the day that it is opened has told it by itself.
        if due > opened_on {
            days.insert(due);
        }
        days.insert(due + DayCount::new(1));
    }
    Ok(days)
}

/// Records what falls due at a school on a day, and what is overdue then; what was told before is not told again.
pub fn tell_deadlines(
    tx: &mut Tx,
    school_id: SchoolId,
    day: NaiveDate,
    by: &str,
) -> Result<Vec<Deadline>> {
    let mut told = Vec::new();
    for one in rows::due_to_change(tx, school_id, day)? {
        let breached = one.due.is_some_and(|due| due < day);
        // Where both mornings are reached late, one after the other, nothing falls due that is overdue already.
        if !breached
            && events(tx, one.action_id)?
                .iter()
                .any(|event| event.what == ActionEventKind::Breached)
        {
            continue;
        }
        let what = if breached { ActionEventKind::Breached } else { ActionEventKind::Due };
        if add_event(tx, &one, &NewEvent::of(what, day), by)? {
            let (action_id, case_id) = (one.action_id, one.case_id);
            told.push(Deadline { action_id, case_id, rule: one.rule, says: one.says, breached });
        }
    }
    Ok(told)
}
