//! Which pupils of which schools the rows of a file are about.

use files::{Column, Columns, ContactRow, DoneRow, RowProblem, RowProblemKind};

use super::conclude::Checking;
use super::schools::Schools;
use base::prelude::*;
use roll::pupils::{self, EnrolmentRow};

/// A row that is about a pupil of a school.
pub(super) trait OfPupil {
    /// The URN of the school; `None` for the import's own.
    fn urn(&self) -> Option<&str>;
    /// The pupil's UPN.
    fn upn(&self) -> &str;
    /// The line of the file.
    fn line(&self) -> u64;
}

impl<T> OfPupil for DoneRow<T> {
    fn urn(&self) -> Option<&str> {
        self.urn.as_deref()
    }
    fn upn(&self) -> &str {
        self.upn.as_str()
    }
    fn line(&self) -> u64 {
        self.line
    }
}

impl OfPupil for ContactRow {
    fn urn(&self) -> Option<&str> {
        self.urn.as_deref()
    }
    fn upn(&self) -> &str {
        self.upn.as_str()
    }
    fn line(&self) -> u64 {
        self.line
    }
}

/// Whom a row is about.
pub(super) struct RowSubject {
    pub school_id: SchoolId,
    pub pupil_id: PupilId,
    /// The pupil's times on the roll of that school.
    pub stays: Vec<EnrolmentRow>,
}

/// The rows with whom they are about. `on_roll` says which time on roll will do, and in words who is `expected`; a row
/// about anybody else is a problem.
pub(super) fn about_pupils<R: OfPupil>(
    tx: &mut Tx,
    schools: &mut Schools,
    rows: Vec<R>,
    check: &mut Checking<'_>,
    (expected, on_roll): (&str, impl Fn(&EnrolmentRow) -> bool),
) -> Result<Vec<(R, RowSubject)>> {
    let rows = schools.of_rows(rows, check, |row| (row.urn(), row.line()));
    let upns: Vec<String> = rows.iter().map(|(row, _)| row.upn().to_owned()).collect();
    let known = pupils::pupils_by_upn(tx, &upns)?;
    let ids = Schools::ids(rows.iter().map(|(_, school_id)| *school_id));
    let mut stays: BTreeMap<(SchoolId, PupilId), Vec<EnrolmentRow>> = BTreeMap::new();
    for stay in pupils::enrolments_of(tx, &ids, None)? {
        stays.entry((stay.school_id, stay.pupil_id)).or_default().push(stay);
    }
    let mut found = Vec::with_capacity(rows.len());
    for (row, school_id) in rows {
        let column = check.columns.name(Column::Upn);
        let wrong =
            |kind, expected| RowProblem::of_cell(row.line(), &column, row.upn(), kind, expected);
        let Some(pupil) = known.get(row.upn()) else {
            let expected = "the UPN of a pupil of the trust: import the pupils first";
            check.problems.add(|| wrong(RowProblemKind::UnknownPupil, expected));
            continue;
        };
        let pupil_id = pupil.pupil_id;
        let stays = stays.get(&(school_id, pupil_id)).cloned().unwrap_or_default();
        if stays.iter().any(&on_roll) {
            found.push((row, RowSubject { school_id, pupil_id, stays }));
        } else {
            check.problems.add(|| wrong(RowProblemKind::NotOnRoll, expected));
        }
    }
    Ok(found)
}

/// What a file says was done about each pupil, by school and pupil.
pub(super) type ByPupil<T> = BTreeMap<(SchoolId, PupilId), Vec<DoneRow<T>>>;

/// The rows about pupils who are on the school's roll today, by school and pupil. `fits` looks at each beside the
/// pupil's times on the school's roll.
pub(super) fn rows_by_pupil<T>(
    tx: &mut Tx,
    schools: &mut Schools,
    rows: Vec<DoneRow<T>>,
    check: &mut Checking<'_>,
    fits: impl Fn(&DoneRow<T>, &[EnrolmentRow], &Columns) -> Result<(), RowProblem>,
) -> Result<ByPupil<T>> {
    let today = tx.clock().today();
    let on_roll = ("a pupil who is on the school's roll", |stay: &EnrolmentRow| stay.covers(today));
    let mut by_pupil: ByPupil<T> = BTreeMap::new();
    for (row, about) in about_pupils(tx, schools, rows, check, on_roll)? {
        match fits(&row, &about.stays, &check.columns) {
            Ok(()) => by_pupil.entry((about.school_id, about.pupil_id)).or_default().push(row),
            Err(problem) => check.problems.add(|| problem),
        }
    }
    Ok(by_pupil)
}
