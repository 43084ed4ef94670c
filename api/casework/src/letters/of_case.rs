//! What is recorded with a case and stands in its letters: the meeting that is offered, and the plan.

use chrono::NaiveTime;

use super::compose::Fields;
use super::page::long;
use super::rows::LetterRow;
use crate::records::{self, RecordKind, RecordRow};
use base::prelude::*;

/// A meeting, as far as a letter tells of it.
#[derive(Deserialize)]
struct Meeting {
    offer: Offer,
}

#[derive(Deserialize)]
struct Offer {
    day: NaiveDate,
    at: NaiveTime,
    place: String,
}

/// A plan, as far as a letter tells of it.
#[derive(Deserialize)]
struct Plan {
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    what: String,
    who: String,
    by_day: Option<NaiveDate>,
}

/// The fields of a letter that the records of its case fill on a day. A plan is the letter's own when it was made at the
/// letter's step, or at the one before.
pub(super) fn of_case(tx: &mut Tx, letter: &LetterRow, day: NaiveDate) -> Result<Fields> {
    let Some(case_id) = letter.case_id else { return Ok(Fields::new()) };
    let mut standing: BTreeMap<RecordId, RecordRow> = BTreeMap::new();
    for row in records::of_case(tx, case_id)? {
        standing.insert(row.record_id, row);
    }
    let own_step = letter.step.map_or(i32::MAX, |step| step - 1);
    let mut fields = Fields::new();
    for row in standing.values() {
        match row.kind {
            RecordKind::Meeting if !row.is_over() && row.day >= day => {
                fields.insert("meeting".to_owned(), invitation(&row.details)?);
            }
            RecordKind::Plan if row.case_step.is_some_and(|step| step >= own_step) => {
                fields.insert("plan".to_owned(), plan(&row.details)?);
            }
            _ => {}
        }
    }
    Ok(fields)
}

/// Day, time and place of a meeting that is offered.
pub fn invitation(details: &Value) -> Result<String> {
    let meeting: Meeting = serde_json::from_value(details.clone()).map_err(Problem::internal)?;
    let Offer { day, at, place } = meeting.offer;
    let (weekday, at) = (day.format("%A"), at.format("%-I:%M %P"));
    Ok(format!("We have set aside {weekday} {} at {at}: {place}.", long(day)))
}

/// A plan, an item a line: what, who, until when.
fn plan(details: &Value) -> Result<String> {
    let plan: Plan = serde_json::from_value(details.clone()).map_err(Problem::internal)?;
    let line = |item: &Item| {
        let until = item.by_day.map(|day| format!(", by {}", long(day))).unwrap_or_default();
        format!("- {} ({}{until})", item.what, item.who)
    };
    Ok(plan.items.iter().map(line).collect::<Vec<_>>().join("\n"))
}
