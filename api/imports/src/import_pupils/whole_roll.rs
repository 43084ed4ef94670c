//! A file that is a school's whole roll: whoever is on roll and not in it has left.
//!
//! A file that was cut short, or is another school's, would empty a roll. One that would take off more than half of a
//! roll of five or more is refused, unless the sender insists.

use files::{Problems, RowProblem, RowProblemKind};

use super::Row;
use super::plan::PupilsPlan;
use super::standing::RollBefore;
use crate::request::Request;
use base::prelude::*;
use roll::pupils::{EnrolmentRow, NewStay};

/// The smallest roll that is guarded.
const GUARDED: usize = 5;

/// Ends the enrolments of those who are on roll on `as_of` and whom the file does not name: their last day is the day
/// before.
pub(super) fn end_the_rest(
    plan: &mut PupilsPlan,
    rows: &[Row],
    standing: &RollBefore,
    schools: &[SchoolId],
    (as_of, request): (NaiveDate, &Request),
    problems: &mut Problems,
) {
    let named: BTreeSet<(SchoolId, PupilId)> = rows
        .iter()
        .filter_map(|row| {
            Some((row.school_id, standing.pupils.get(row.file.upn.as_str())?.pupil_id))
        })
        .collect();
    for school_id in schools {
        let theirs =
            standing.enrolments.range((*school_id, PupilId::MIN)..=(*school_id, PupilId::MAX));
        let present: Vec<&EnrolmentRow> =
            theirs.flat_map(|(_, enrolments)| enrolments).filter(|e| e.covers(as_of)).collect();
        let going = present.iter().filter(|e| !named.contains(&(e.school_id, e.pupil_id)));
        let stays: Vec<NewStay> = going
            .map(|e| NewStay {
                enrolment_id: e.enrolment_id,
                school_id: e.school_id,
                first_day: e.first_day,
                last_day: as_of.pred_opt(),
            })
            .collect();
        let (roll, going) = (present.len(), stays.len());
        if roll >= GUARDED && going * 2 > roll && !request.options.insist {
            problems.add(|| shrinks(*school_id, going, roll));
        }
        plan.ended += u64::try_from(going).unwrap_or(u64::MAX);
        plan.days.extend(stays);
    }
}

fn shrinks(school_id: SchoolId, going: usize, roll: usize) -> RowProblem {
    let expected = format!(
        "a file of the whole roll of school {school_id}: {going} of the {roll} pupils on it are not in the file and \
         would leave. If they have all left, send it again with insist=true; if the file is not the whole roll, \
         without complete=true"
    );
    RowProblem::of_row(1, RowProblemKind::ShrinksRoll, expected)
}
