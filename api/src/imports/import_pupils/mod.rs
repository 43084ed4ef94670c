//! A file of pupils against the roll: who is new, who is enrolled where from when to when, in which class and year group,
//! and what else is known of them.
//!
//! It all happens in one transaction under the lock of the schools it touches. Nothing is overwritten: new days,
//! placements and characteristics are appended. A pupil is recognised by UPN; another name or date of birth under a
//! known UPN is a problem, because two children must never become one.

mod apply;
mod clashes;
mod classes;
mod known;
mod placed;
mod plan;
mod standing;
mod whole_roll;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::AcademicYear;

use self::plan::Plan;
use self::standing::Standing;
use super::conclude::conclude;
use super::file::{Column, Columns, Problems, PupilRow, Reading, RowProblem, RowProblemKind};
use super::outcome::Outcome;
use super::request::Request;
use super::schools::Schools;
use crate::db::Tx;
use crate::http::problem::Problem;
use crate::jobs::Job;
use crate::reviews::{self, Changed};
use crate::tenants;

pub(super) use classes::import as import_classes;

/// A row whose school is known.
struct Row {
    file: PupilRow,
    school_id: i32,
}

impl Row {
    /// The row's enrolment, whether it is there already or not.
    fn enrolment(&self) -> Enrolment {
        (self.school_id, self.file.upn.as_str().to_owned(), self.file.first_day)
    }

    /// The day of which the row speaks: the one it names; else the present, or for a pupil who has left, the end.
    fn speaks_of(&self, today: NaiveDate) -> NaiveDate {
        let file = &self.file;
        file.from.unwrap_or_else(|| {
            file.last_day.map_or(today, |last| last.min(today)).max(file.first_day)
        })
    }

    /// The academic year of the row's class.
    fn class_year(&self, today: NaiveDate) -> Option<i16> {
        AcademicYear::of(self.speaks_of(today)).map(AcademicYear::number)
    }
}

/// An enrolment by school, UPN and first day.
type Enrolment = (i32, String, NaiveDate);

/// Checks and applies a file of pupils; a dry run, or a file with a problem, changes nothing.
pub(super) fn import(
    job: &Job<'_>,
    request: &Request,
    reading: Reading<Vec<PupilRow>>,
) -> Result<(), Problem> {
    job.tell("checking against the roll", 0, 0);
    job.run(|tx| {
        let columns = reading.columns.clone();
        let outcome = settle(tx, job, request, reading)?;
        conclude(tx, job, request, outcome, &columns)
    })
}

fn settle(
    tx: &mut Tx<'_>,
    job: &Job<'_>,
    request: &Request,
    reading: Reading<Vec<PupilRow>>,
) -> Result<Outcome, Problem> {
    let mut problems = Problems::continuing(reading.problems, reading.problem_count);
    let columns = reading.columns;
    let mut schools = Schools::read(tx, request)?;
    let rows = with_schools(&mut schools, reading.file, &columns, &mut problems);
    let ids = Schools::ids(rows.iter().map(|row| row.school_id));
    let today = tx.clock().today();
    let years: BTreeSet<i16> = rows.iter().filter_map(|row| row.class_year(today)).collect();
    let years: Vec<i16> = years.into_iter().collect();
    let locked = tenants::lock_schools(tx, &ids, &years)?;
    let standing = Standing::read(tx, &rows, &ids)?;
    let mut plan = Plan::make(&rows, &standing, today, &columns, &mut problems);
    if request.options.complete {
        let as_of = request.options.as_of.unwrap_or(today);
        whole_roll::end_the_rest(
            &mut plan,
            &rows,
            &standing,
            &ids,
            (as_of, request),
            &mut problems,
        );
    }
    let mut outcome = Outcome {
        rows: reading.rows,
        notices: reading.notices,
        counts: plan.counts(),
        ..Outcome::default()
    };
    outcome.notices.extend(schools.notices());
    outcome.notices.extend(clashes::notices(tx, &rows, &standing)?);
    outcome.notices.sort_by_key(|notice| notice.line);
    if problems.is_empty() && !request.dry_run && plan.changes_anything() {
        let mut elsewhere = BTreeSet::new();
        let applied = tx.savepoint(|tx| {
            let at = locked.bump(tx)?.into_values().map(|v| v.at).max().unwrap_or_else(|| tx.now());
            plan.apply(tx, job.by(), at, &mut elsewhere)?;
            let why = format!("import {} changed the days on roll", job.id());
            let changed = Changed { at, why: &why, source: Some(job.id()) };
            reviews::days_changed(tx, changed, &job.caller())?;
            Ok(at)
        });
        if elsewhere.is_empty() {
            outcome.applied_at = Some(applied?);
        }
        for row in rows.iter().filter(|row| elsewhere.contains(row.file.upn.as_str())) {
            problems.add(|| clashes::on_another_roll(&row.file, &columns));
        }
    }
    (outcome.problems, outcome.problem_count) = problems.finish();
    Ok(outcome)
}

/// Which school each row is for.
fn with_schools(
    schools: &mut Schools,
    file: Vec<PupilRow>,
    columns: &Columns,
    problems: &mut Problems,
) -> Vec<Row> {
    let mut rows = Vec::with_capacity(file.len());
    for row in file {
        let urn = row.urn.as_deref().unwrap_or_default();
        match schools.find(urn, row.line) {
            Some(school_id) => rows.push(Row { file: row, school_id }),
            None => problems.add(|| unknown_school(row.line, columns, urn)),
        }
    }
    name_first_days(&mut rows);
    rows
}

/// A row without a day speaks of the present, unless it is one of several about an enrolment: then it is the first.
fn name_first_days(rows: &mut [Row]) {
    let mut count: BTreeMap<Enrolment, usize> = BTreeMap::new();
    for row in rows.iter() {
        *count.entry(row.enrolment()).or_default() += 1;
    }
    for row in rows.iter_mut().filter(|row| row.file.from.is_none()) {
        if count.get(&row.enrolment()).is_some_and(|count| *count > 1) {
            row.file.from = Some(row.file.first_day);
        }
    }
}

/// A school that the trust does not have, or that the caller may not see.
pub(super) fn unknown_school(line: u64, columns: &Columns, urn: &str) -> RowProblem {
    let expected = "the URN of a school of the trust that you may see";
    let kind = RowProblemKind::UnknownSchool;
    RowProblem::of_cell(line, &columns.name(Column::Urn), urn, kind, expected)
}
