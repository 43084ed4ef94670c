//! Whom the rows of a file of what was done are about.

use std::collections::BTreeMap;

use super::file::{Column, Columns, DoneRow, Problems, RowProblem, RowProblemKind};
use super::import_pupils::unknown_school;
use super::schools::Schools;
use crate::db::Tx;
use crate::http::problem::Problem;
use crate::pupils::{self, EnrolmentRow};

/// What a file says of a pupil, by school and pupil.
pub(super) type ByPupil<T> = BTreeMap<(i32, i32), Vec<DoneRow<T>>>;

/// The rows about pupils who are on the school's roll today, by school and pupil. `check` looks at each beside the pupil's
/// days at the school.
pub(super) fn rows_by_pupil<T>(
    tx: &mut Tx<'_>,
    schools: &mut Schools,
    rows: Vec<DoneRow<T>>,
    (columns, problems): (&Columns, &mut Problems),
    check: impl Fn(&DoneRow<T>, &[EnrolmentRow]) -> Result<(), RowProblem>,
) -> Result<ByPupil<T>, Problem> {
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let urn = row.urn.as_deref().unwrap_or_default();
        match schools.find(urn, row.line) {
            Some(school_id) => found.push((row, school_id)),
            None => problems.add(|| unknown_school(row.line, columns, urn)),
        }
    }
    let upns: Vec<String> = found.iter().map(|(row, _)| row.upn.as_str().to_owned()).collect();
    let known = pupils::pupils_by_upn(tx, &upns)?;
    let ids = Schools::ids(found.iter().map(|(_, school_id)| *school_id));
    let mut stays: BTreeMap<(i32, i32), Vec<EnrolmentRow>> = BTreeMap::new();
    for stay in pupils::enrolments_of(tx, &ids, None)? {
        stays.entry((stay.school_id, stay.pupil_id)).or_default().push(stay);
    }
    let today = tx.clock().today();
    let mut by_pupil: ByPupil<T> = BTreeMap::new();
    for (row, school_id) in found {
        let wrong = |kind, expected| {
            let (upn, column) = (row.upn.as_str(), columns.name(Column::Upn));
            RowProblem::of_cell(row.line, &column, upn, kind, expected)
        };
        let Some(pupil) = known.get(row.upn.as_str()) else {
            let expected = "the UPN of a pupil of the trust: import the pupils first";
            problems.add(|| wrong(RowProblemKind::UnknownPupil, expected));
            continue;
        };
        let about = (school_id, pupil.pupil_id);
        let theirs = stays.get(&about).map_or(&[][..], Vec::as_slice);
        if !theirs.iter().any(|stay| stay.covers(today)) {
            let expected = "a pupil who is on the school's roll";
            problems.add(|| wrong(RowProblemKind::NotOnRoll, expected));
            continue;
        }
        match check(&row, theirs) {
            Ok(()) => by_pupil.entry(about).or_default().push(row),
            Err(problem) => problems.add(|| problem),
        }
    }
    Ok(by_pupil)
}
