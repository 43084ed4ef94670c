//! In which class and year group a file says that pupils are, from which day on.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::AcademicYear;

use super::plan::{Place, PupilsPlan, class_of};
use super::standing::RollBefore;
use super::{Enrolment, Row};
use base::id::EnrolmentId;
use roll::pupils::NewClass;

/// The class of pupils whose file names none.
pub(super) const NO_CLASS: &str = "No class";

/// Plans the placements that differ from what is recorded. The rows come in the order of their days.
pub(super) fn record(
    plan: &mut PupilsPlan,
    rows: &[&Row],
    standing: &RollBefore,
    today: NaiveDate,
) {
    let mut timelines: BTreeMap<Enrolment, BTreeMap<NaiveDate, Place>> = BTreeMap::new();
    for row in rows {
        let Some(year) = row.class_year(today) else { continue };
        let name = row.file.class.clone().unwrap_or_else(|| NO_CLASS.to_owned());
        let class = NewClass::new(row.school_id, year, name);
        let place = (class, i16::from(row.year_group(year)));
        let enrolment = row.enrolment();
        let timeline = timelines
            .entry(enrolment.clone())
            .or_insert_with(|| recorded(plan.enrolled.get(&enrolment).copied(), standing));
        let speaks_of = row.speaks_of(today);
        let held = timeline.range(..=speaks_of).next_back().map(|(_, held)| held);
        let from_day = match (row.file.from, held) {
            (_, Some(held)) if *held == place => continue,
            (Some(day), _) => day,
            (None, None) => row.file.first_day,
            // A class of a new year begins with it; within a year a move is known from the day the file came.
            (None, Some(held)) => {
                let begin = AcademicYear::new(year).map(AcademicYear::first_day);
                begin.filter(|_| held.0.year < year).unwrap_or(speaks_of).max(row.file.first_day)
            }
        };
        if !plan.class_ids.contains_key(&place.0) {
            plan.classes.insert(place.0.clone());
        }
        timeline.insert(from_day, place.clone());
        plan.placements.insert((enrolment, from_day), place);
    }
}

/// Where an enrolment is recorded to be, from which day on.
fn recorded(
    enrolment_id: Option<EnrolmentId>,
    standing: &RollBefore,
) -> BTreeMap<NaiveDate, Place> {
    let theirs = enrolment_id.and_then(|id| standing.placements.get(&id));
    let place = |row: &roll::pupils::PlacementRow| {
        let class = standing.classes.get(&row.class_id)?;
        Some((row.from_day, (class_of(class), row.year_group)))
    };
    theirs.into_iter().flatten().filter_map(place).collect()
}
