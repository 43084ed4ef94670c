//! What a file says of pupils beside class and year group, as dated facts.

use domain::Characteristic;

use super::plan::PupilsPlan;
use super::standing::{RollBefore, Timeline};
use super::{Enrolment, Row};

use base::prelude::*;

/// Plans the facts that differ from what is recorded. The rows come in the order of their days.
///
/// A row with a day in `from` speaks of that day. A row without one speaks of the present: what it says holds from the
/// first day on roll when nothing of the kind was recorded before, and otherwise from today.
pub(super) fn record(
    plan: &mut PupilsPlan,
    rows: &[&Row],
    standing: &RollBefore,
    today: NaiveDate,
) {
    let mut timelines: BTreeMap<(Enrolment, Characteristic), Timeline> = BTreeMap::new();
    for row in rows {
        let enrolment = row.enrolment();
        let enrolment_id = plan.enrolled.get(&enrolment).copied();
        for (kind, value) in &row.file.known {
            let timeline = timelines.entry((enrolment.clone(), *kind)).or_insert_with(|| {
                let recorded =
                    enrolment_id.and_then(|id| standing.characteristics.get(&(id, *kind)));
                recorded.cloned().unwrap_or_default()
            });
            let from_day = match row.file.from {
                None if timeline.is_empty() => row.file.first_day,
                _ => row.speaks_of(today),
            };
            let held = timeline.range(..=from_day).next_back();
            if held.is_some_and(|(_, held)| held == value) {
                continue;
            }
            timeline.insert(from_day, (*value).to_owned());
            plan.characteristics.insert((enrolment.clone(), *kind, from_day), value);
        }
    }
}
