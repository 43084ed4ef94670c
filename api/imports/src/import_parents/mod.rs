//! A file of parents against those whom the trust knows: who is new, who is a brother's or sister's parent already, what
//! they are to the pupils, and what has to be respected.
//!
//! What the file leaves empty stays as it is. A file removes nobody; a court order is only taken from a
//! sender with `safeguarding:write`, and no file lifts one.

mod people;
mod plan;

use domain::Word;
use files::{
    Clause, Column, Columns, ContactColumn, ContactRow, Problems, Reading, RowProblem,
    RowProblemKind,
};

use self::people::{People, name_key};
use self::plan::{ParentsKnown, ParentsPlan};
use super::conclude::Checking;
use super::request::Request;
use super::schools::Schools;
use super::whom::about_pupils;
use base::auth::permission::{Permission, WriteSafeguarding};
use base::jobs::Job;
use base::prelude::*;
use roll::parents::{self, Changes, OrderEffect};
use roll::pupils::EnrolmentRow;
use roll::visibility::{self, Act};

/// A row whose school and pupil are known.
struct Row {
    file: ContactRow,
    school_id: SchoolId,
    pupil_id: PupilId,
}

impl Row {
    /// Whether both rows say the same, wherever they stand.
    fn says_the_same(&self, other: &Self) -> bool {
        self.pupil_id == other.pupil_id
            && self.file == ContactRow { line: self.file.line, ..other.file.clone() }
    }
}

/// Checks and applies a file of parents; a dry run, or a file with a problem, changes nothing.
pub(super) fn import(
    app: &App,
    job: &Job<'_>,
    request: &Request,
    reading: Reading<Vec<ContactRow>>,
) -> Result<()> {
    job.tell("checking against the parents", 0, 0);
    let may_order = app.roles.allows(job.role(), WriteSafeguarding::NAME);
    job.run(|tx| {
        let (file, mut check) = Checking::begin(request, reading);
        let applied_at = settle(tx, job, file, may_order, &mut check)?;
        check.conclude(tx, job, applied_at)
    })
}

fn settle(
    tx: &mut Tx,
    job: &Job<'_>,
    file: Vec<ContactRow>,
    may_order: bool,
    check: &mut Checking<'_>,
) -> Result<Option<DateTime<Utc>>> {
    let mut schools = Schools::read(tx, check.request)?;
    let today = tx.clock().today();
    // Parents of those who have left are nobody's business any more.
    let there = |stay: &EnrolmentRow| stay.last_day.is_none_or(|last| today <= last);
    let there = ("a pupil who is on the school's roll, or will be", there);
    let rows: Vec<Row> = about_pupils(tx, &mut schools, file, check, there)?
        .into_iter()
        .map(|(file, about)| Row { file, school_id: about.school_id, pupil_id: about.pupil_id })
        .collect();
    if !may_order {
        rows.iter().for_each(|row| orders_need_leave(row, &check.columns, &mut check.problems));
    }
    rows.iter().for_each(|row| effects_are_known(row, &check.columns, &mut check.problems));
    let rows = written_here(tx, rows, check)?;
    parents::hold(tx)?;
    let mut people = People::of(&rows);
    let keys = rows.iter().map(|row| name_key(&row.file.surname, row.file.forename.as_deref()));
    let known = parents::parents_by_name(tx, &keys.collect::<Vec<_>>())?;
    let ids: Vec<PupilId> = Schools::ids(rows.iter().map(|row| row.pupil_id));
    let ties = parents::ties_of_pupils(tx, &ids)?;
    people.find(&rows, &known, &ties);
    let ground = ParentsKnown {
        rows: &rows,
        columns: &check.columns,
        known: known.iter().map(|row| (row.parent_id, row)).collect(),
        ties: ties.iter().map(|tie| ((tie.parent_id, tie.pupil_id), tie)).collect(),
        today,
    };
    let plan = ParentsPlan::make(&people, &ground, &mut check.problems);
    check.counts = plan.counts;
    check.notices.extend(schools.notices());
    check.notices.extend(people.notices());
    check.notices.extend(plan.notices);
    if !check.may_apply() || plan.changes.is_empty() {
        return Ok(None);
    }
    let changes = Changes { all: &plan.changes, by: job.by(), job_id: job.id() };
    parents::record(tx, &changes)?;
    Ok(Some(tx.now()))
}

/// The sender may not record what a court has ordered. What stands there is not repeated.
fn orders_need_leave(row: &Row, columns: &Columns, problems: &mut Problems) {
    let clauses = [
        (ContactColumn::CourtOrder, &row.file.court_order),
        (ContactColumn::NoContact, &row.file.no_contact),
    ];
    for (column, clause) in clauses {
        if matches!(clause, Some(Clause::Stands { .. })) {
            let expected = "nothing here: who may record it is whoever leads on safeguarding (safeguarding:write); \
                 let them send the file, or leave the column out";
            problems.add(|| RowProblem {
                column: Some(columns.name(Column::Contact(column))),
                ..RowProblem::of_row(row.file.line, RowProblemKind::NeedsSafeguarding, expected)
            });
        }
    }
}

/// What an order does is said in the words that there are for it. What stands there is not repeated.
fn effects_are_known(row: &Row, columns: &Columns, problems: &mut Problems) {
    let Some(Clause::Stands { effects, .. }) = &row.file.court_order else { return };
    if effects.iter().any(|word| OrderEffect::read(word).is_none()) {
        let expected = format!("what the order does, with commas between: {}", OrderEffect::list());
        problems.add(|| RowProblem {
            column: Some(columns.name(Column::Contact(ContactColumn::CourtOrderEffects))),
            ..RowProblem::of_row(row.file.line, RowProblemKind::BadText, expected)
        });
    }
}

/// The rows about pupils whose parents the sender's school changes. Of one who is at two schools the main one does, of one
/// who is to come the present one.
fn written_here(tx: &mut Tx, rows: Vec<Row>, check: &mut Checking<'_>) -> Result<Vec<Row>> {
    let ids: Vec<PupilId> = Schools::ids(rows.iter().map(|row| row.pupil_id));
    let ours = visibility::permitted(tx, &ids, Act::ChangeParents)?;
    let (here, elsewhere): (Vec<Row>, Vec<Row>) =
        rows.into_iter().partition(|row| ours.contains(&row.pupil_id));
    let column = check.columns.name(Column::Upn);
    for Row { file, .. } in elsewhere {
        let expected = "a pupil whose parents your school changes: this one's main or present school is another";
        check.problems.add(|| {
            RowProblem::of_cell(
                file.line,
                &column,
                file.upn.as_str(),
                RowProblemKind::NotOnRoll,
                expected,
            )
        });
    }
    Ok(here)
}
