//! The penalty notices in a file of what was done: held against the pupils' parents, the notices that are here and the
//! national limits.

use domain::folded_name_key;
use files::{
    Column, Columns, ContactColumn, DoneColumn, DoneRow, GivenNotice, RowProblem, RowProblemKind,
};

use super::conclude::Checking;
use super::schools::Schools;
use super::whom::rows_by_pupil;
use base::jobs::Job;
use base::prelude::*;
use casework::cases;
use casework::notices::{self, Absence, Given, Refused};
use casework::records::notices::{Details, Missed};
use roll::parents::{self, ParentOf};

/// A notice that is to be carried in.
pub(super) struct PlannedNotice {
    school_id: SchoolId,
    pupil_id: PupilId,
    line: u64,
    given: Given,
    details: Details,
}

/// The notices that may come in; what is wrong with the others is added to the problems.
pub(super) fn plan(
    tx: &mut Tx,
    schools: &mut Schools,
    rows: Vec<DoneRow<GivenNotice>>,
    check: &mut Checking<'_>,
) -> Result<Vec<PlannedNotice>> {
    let today = tx.clock().today();
    let past = |row: &DoneRow<GivenNotice>, _: &[_], columns: &Columns| match row.done.day > today {
        true => Err(wrong_day(row, columns, "today or a day before: it has been given".to_owned())),
        false => Ok(()),
    };
    let found = rows_by_pupil(tx, schools, rows, check, past)?;
    // The limits hold for a child, whichever of its schools the rows name.
    let mut of_child: BTreeMap<PupilId, Vec<(SchoolId, DoneRow<GivenNotice>)>> = BTreeMap::new();
    for ((school_id, pupil_id), rows) in found {
        let theirs = of_child.entry(pupil_id).or_default();
        theirs.extend(rows.into_iter().map(|row| (school_id, row)));
    }
    let pupils: Vec<PupilId> = of_child.keys().copied().collect();
    let mut parents = parents::parents_of(tx, &pupils, today)?;
    parents.values_mut().for_each(|all| all.retain(|one| one.link.relationship.is_parent()));
    let mut planned = Vec::new();
    for (pupil_id, rows) in of_child {
        let theirs = parents.get(&pupil_id).map_or(&[][..], Vec::as_slice);
        let (mut known, mut given) = (Vec::new(), Vec::new());
        for (school_id, row) in rows {
            match parent(&row, theirs, &check.columns) {
                Ok(parent_id) => {
                    given.push(told(&row.done, parent_id));
                    known.push((school_id, row));
                }
                Err(problem) => check.problems.add(|| problem),
            }
        }
        let settled = notices::settle(tx, pupil_id, &given)?;
        for (((school_id, row), given), details) in known.into_iter().zip(given).zip(settled) {
            let line = row.line;
            match details {
                Ok(details) => {
                    planned.push(PlannedNotice { school_id, pupil_id, line, given, details });
                }
                Err(why) => check.problems.add(|| refused(&row, &check.columns, why)),
            }
        }
    }
    Ok(planned)
}

fn told(done: &GivenNotice, parent_id: ParentId) -> Given {
    Given {
        parent_id,
        day: done.day,
        state: done.state,
        reference: done.reference.clone(),
        authority: done.authority.clone(),
        absence: Absence {
            from: done.absence.from,
            to: done.absence.to,
            sessions: done
                .absence
                .sessions
                .iter()
                .map(|(date, session)| Missed { date: *date, session: *session })
                .collect(),
        },
    }
}

/// The one parent of the pupil whom a row names: by surname and forename, or by the surname alone.
fn parent(
    row: &DoneRow<GivenNotice>,
    parents: &[ParentOf],
    columns: &Columns,
) -> Result<ParentId, RowProblem> {
    let (surname, forename) = (row.done.surname.as_str(), row.done.forename.as_deref());
    let key = folded_name_key(surname, forename.unwrap_or_default());
    let named = |parent: &&ParentOf| {
        let person = &parent.parent.person;
        let theirs = forename.and(person.forename.as_deref()).unwrap_or_default();
        folded_name_key(&person.surname, theirs) == key
    };
    let found: Vec<ParentId> =
        parents.iter().filter(named).map(|parent| parent.parent.parent_id).collect();
    let (kind, expected) = match found.as_slice() {
        [one] => return Ok(*one),
        [] => (
            RowProblemKind::UnknownParent,
            "the surname (and forename) of a parent of the pupil: import the parents first",
        ),
        _ => (
            RowProblemKind::AmbiguousParent,
            "which parent of the pupil: more than one has this name; give the forename, or put one of them right",
        ),
    };
    let column = columns.name(Column::Contact(ContactColumn::Surname));
    Err(RowProblem::of_cell(row.line, &column, surname, kind, expected))
}

fn refused(row: &DoneRow<GivenNotice>, columns: &Columns, why: Refused) -> RowProblem {
    match why {
        Refused::Here => RowProblem::of_row(
            row.line,
            RowProblemKind::NoticeHere,
            "a notice that is not here yet: one to this parent for this child of the same day, or pending, is",
        ),
        Refused::Before(from) => {
            let expected = format!("{from} or a day after: earlier notices count towards no limit");
            wrong_day(row, columns, expected)
        }
        Refused::Used(Missed { date, session }) => {
            let column = columns.name(Column::Done(DoneColumn::Sessions));
            let expected = "sessions that no other notice to this parent for this child rests on";
            let (value, kind) = (format!("{date} {session}"), RowProblemKind::SessionUsed);
            RowProblem::of_cell(row.line, &column, &value, kind, expected)
        }
        Refused::TooMany => RowProblem::of_row(
            row.line,
            RowProblemKind::TooManyNotices,
            "at most as many notices to a parent for a child as the law allows, two in three years: those that were \
             withdrawn do not count",
        ),
    }
}

fn wrong_day(row: &DoneRow<GivenNotice>, columns: &Columns, expected: String) -> RowProblem {
    let (column, day) = (columns.name(Column::Done(DoneColumn::Day)), row.done.day.to_string());
    RowProblem::of_cell(row.line, &column, &day, RowProblemKind::BadDate, expected)
}

impl PlannedNotice {
    /// Keeps it, with the pupil's open case where there is one: it then stands on the timeline.
    pub fn apply(&self, tx: &mut Tx, job: &Job<'_>) -> Result<()> {
        let case = cases::open_case_to_change(tx, self.school_id, self.pupil_id)?;
        let about = (self.school_id, self.pupil_id, case.map(|told| told.row.case_id));
        let (given, from) = ((&self.given, &self.details), (job.id().into(), self.line));
        notices::carry_in(tx, about, given, from, &job.caller())
    }
}
