//! A file of parents against those whom the trust knows: who is new, who is a brother's or sister's parent already, what
//! they are to the pupils, and what has to be respected.
//!
//! What the file leaves empty stays as it is. Nobody is taken away by a file; what a court has ordered is recorded by
//! those alone who may, and is never lifted by a file.

mod people;
mod plan;

use std::collections::BTreeMap;

use self::people::{People, name_key};
use self::plan::{Ground, Plan};
use super::conclude::conclude;
use super::file::{
    Clause, Column, Columns, ContactColumn, ContactRow, Problems, Reading, RowProblem,
    RowProblemKind,
};
use super::import_pupils::unknown_school;
use super::outcome::Outcome;
use super::request::Request;
use super::schools::Schools;
use crate::app::App;
use crate::auth::permission::{Permission, WriteSafeguarding};
use crate::db::Tx;
use crate::http::problem::Problem;
use crate::jobs::Job;
use crate::parents::{self, Changes};
use crate::pupils;

/// A row whose school and pupil are known.
struct Row {
    file: ContactRow,
    school_id: i32,
    pupil_id: i32,
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
) -> Result<(), Problem> {
    job.tell("checking against the parents", 0, 0);
    let may_order = app.roles.allows(job.role(), WriteSafeguarding::NAME);
    job.run(|tx| {
        let columns = reading.columns.clone();
        let outcome = settle(tx, job, request, reading, may_order)?;
        conclude(tx, job, request, outcome, &columns)
    })
}

fn settle(
    tx: &mut Tx<'_>,
    job: &Job<'_>,
    request: &Request,
    reading: Reading<Vec<ContactRow>>,
    may_order: bool,
) -> Result<Outcome, Problem> {
    let columns = reading.columns;
    let mut problems = Problems::continuing(reading.problems, reading.problem_count);
    let mut schools = Schools::read(tx, request)?;
    let rows = of_pupils(tx, &mut schools, reading.file, &columns, &mut problems)?;
    if !may_order {
        rows.iter().for_each(|row| orders_need_leave(row, &columns, &mut problems));
    }
    parents::hold(tx)?;
    let mut people = People::of(&rows);
    let keys = rows.iter().map(|row| name_key(&row.file.surname, row.file.forename.as_deref()));
    let known = parents::parents_by_name(tx, &keys.collect::<Vec<_>>())?;
    let ids: Vec<i32> = Schools::ids(rows.iter().map(|row| row.pupil_id));
    let ties = parents::ties_of_pupils(tx, &ids)?;
    people.find(&rows, &known, &ties);
    let ground = Ground {
        rows: &rows,
        columns: &columns,
        known: known.iter().map(|row| (row.parent_id, row)).collect(),
        ties: ties.iter().map(|tie| ((tie.parent_id, tie.pupil_id), tie)).collect(),
        today: tx.clock().today(),
    };
    let plan = Plan::make(&people, &ground, &mut problems);
    let mut outcome = Outcome {
        rows: reading.rows,
        notices: reading.notices,
        counts: plan.counts,
        ..Outcome::default()
    };
    outcome.notices.extend(schools.notices());
    outcome.notices.extend(people.notices());
    outcome.notices.extend(plan.notices);
    outcome.notices.sort_by_key(|notice| notice.line);
    if problems.is_empty() && !request.dry_run && !plan.changes.is_empty() {
        let changes = Changes { all: &plan.changes, by: job.by(), job_id: job.id() };
        parents::record(tx, &changes)?;
        outcome.applied_at = Some(tx.now());
    }
    (outcome.problems, outcome.problem_count) = problems.finish();
    Ok(outcome)
}

/// Which school and pupil each row is for. Parents of those who have left are nobody's business any more.
fn of_pupils(
    tx: &mut Tx<'_>,
    schools: &mut Schools,
    file: Vec<ContactRow>,
    columns: &Columns,
    problems: &mut Problems,
) -> Result<Vec<Row>, Problem> {
    let mut found = Vec::with_capacity(file.len());
    for row in file {
        let urn = row.urn.as_deref().unwrap_or_default();
        match schools.find(urn, row.line) {
            Some(school_id) => found.push((row, school_id)),
            None => problems.add(|| unknown_school(row.line, columns, urn)),
        }
    }
    let upns: Vec<String> = found.iter().map(|(row, _)| row.upn.as_str().to_owned()).collect();
    let known = pupils::pupils_by_upn(tx, &upns)?;
    let ids = Schools::ids(found.iter().map(|(_, school_id)| *school_id));
    let today = tx.clock().today();
    let mut stays: BTreeMap<(i32, i32), bool> = BTreeMap::new();
    for stay in pupils::enrolments_of(tx, &ids, None)? {
        let stays = stays.entry((stay.school_id, stay.pupil_id)).or_default();
        *stays |= stay.last_day.is_none_or(|last| today <= last);
    }
    let mut rows = Vec::with_capacity(found.len());
    for (file, school_id) in found {
        let upn = file.upn.as_str();
        let wrong = |kind, expected: &str| {
            RowProblem::of_cell(file.line, &columns.name(Column::Upn), upn, kind, expected)
        };
        let Some(pupil) = known.get(upn) else {
            let expected = "the UPN of a pupil of the trust: import the pupils first";
            problems.add(|| wrong(RowProblemKind::UnknownPupil, expected));
            continue;
        };
        if stays.get(&(school_id, pupil.pupil_id)) != Some(&true) {
            let expected = "a pupil who is on the school's roll, or will be";
            problems.add(|| wrong(RowProblemKind::NotOnRoll, expected));
            continue;
        }
        let pupil_id = pupil.pupil_id;
        rows.push(Row { file, school_id, pupil_id });
    }
    Ok(rows)
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
