//! A file of classes: those that are new, and who is in which.
//!
//! A row about a pupil is a row of a file of pupils about somebody who is known: what the roll says already need not
//! stand in it. So it goes the same way, and is taken back the same way.

use files::{
    ClassFileRow, ClassMember, Column, Columns, PupilRow, Reading, RowProblem, RowProblemKind,
};

use super::Row;
use super::placed::NO_CLASS;
use super::plan::PupilsPlan;
use super::standing::RollBefore;
use crate::conclude::Checking;
use crate::request::Request;
use crate::schools::Schools;
use base::jobs::Job;
use base::prelude::*;
use roll::pupils::{EnrolmentRow, NewClass};
use school::tenants;

/// Checks and applies a file of classes; a dry run, or a file with a problem, changes nothing.
pub(crate) fn import(
    job: &Job<'_>,
    request: &Request,
    reading: Reading<Vec<ClassFileRow>>,
) -> Result<()> {
    job.tell("checking against the roll", 0, 0);
    job.run(|tx| {
        let (file, mut check) = Checking::begin(request, reading);
        let applied_at = settle(tx, job, file, &mut check)?;
        check.conclude(tx, job, applied_at)
    })
}

fn settle(
    tx: &mut Tx,
    job: &Job<'_>,
    file: Vec<ClassFileRow>,
    check: &mut Checking<'_>,
) -> Result<Option<DateTime<Utc>>> {
    let mut schools = Schools::read(tx, check.request)?;
    let rows = schools.of_rows(file, check, |row| (row.urn.as_deref(), row.line));
    let today = tx.clock().today();
    let ids = Schools::ids(rows.iter().map(|(_, school_id)| *school_id));
    let years: BTreeSet<i16> = rows.iter().filter_map(|(row, _)| year_of(row, today)).collect();
    let locked = tenants::lock_schools(tx, &ids, &years.into_iter().collect::<Vec<_>>())?;
    let members = rows.iter().filter_map(|(row, _)| row.member.as_ref());
    let upns: Vec<String> = members.map(|member| member.upn.as_str().to_owned()).collect();
    let standing = RollBefore::of_pupils(tx, &upns, &ids, false)?;
    let mut placed = Vec::new();
    for (row, school_id) in &rows {
        let Some(member) = &row.member else { continue };
        match place(row, member, *school_id, &standing, today, &check.columns) {
            Ok(found) => placed.push(found),
            Err(problem) => check.problems.add(|| *problem),
        }
    }
    let mut plan = PupilsPlan::make(&placed, &standing, today, &check.columns, &mut check.problems);
    for (row, school_id) in rows.iter().filter(|(row, _)| row.member.is_none()) {
        let Some(year) = year_of(row, today) else { continue };
        let class = NewClass::new(*school_id, year, row.class.clone());
        if !plan.class_ids.contains_key(&class) {
            plan.classes.insert(class);
        }
    }
    check.counts = plan.counts();
    check.notices.extend(schools.notices());
    if !check.may_apply() || !plan.changes_anything() {
        return Ok(None);
    }
    let at = locked.bump_at(tx)?;
    plan.apply(tx, job.by(), at, &mut BTreeSet::new())?;
    Ok(Some(at))
}

/// The academic year of a row's class: the one that the row names, or that of its day, or the present one.
fn year_of(row: &ClassFileRow, today: NaiveDate) -> Option<i16> {
    let from = row.member.as_ref().and_then(|member| member.from);
    let year = row.year.or_else(|| AcademicYear::of(from.unwrap_or(today)));
    year.map(AcademicYear::number)
}

/// What a file of pupils would say of the row's pupil.
fn place(
    row: &ClassFileRow,
    member: &ClassMember,
    school_id: SchoolId,
    standing: &RollBefore,
    today: NaiveDate,
    columns: &Columns,
) -> Result<Row, Box<RowProblem>> {
    let upn = member.upn.as_str();
    let problem = |column: Column, value: &str, kind, expected: &str| {
        Box::new(RowProblem::of_cell(row.line, &columns.name(column), value, kind, expected))
    };
    let pupil = standing.pupils.get(upn).ok_or_else(|| {
        let expected = "the UPN of a pupil of the trust: import the pupils first";
        problem(Column::Upn, upn, RowProblemKind::UnknownPupil, expected)
    })?;
    let stays =
        standing.enrolments.get(&(school_id, pupil.pupil_id)).map_or(&[][..], Vec::as_slice);
    let (stay, from) = stay(row, member, stays, today).ok_or_else(|| {
        let (column, value) = match member.from {
            Some(day) => (Column::From, day.to_string()),
            None => (Column::Upn, upn.to_owned()),
        };
        let expected = "a pupil who is on the school's roll then";
        problem(column, &value, RowProblemKind::NotOnRoll, expected)
    })?;
    let speaks_of = from.unwrap_or(today);
    let year = year_of(row, today);
    let held = standing.placements.get(&stay.enrolment_id).and_then(|placements| {
        let held = placements.iter().rfind(|placement| placement.from_day <= speaks_of)?;
        let class = standing.classes.get(&held.class_id)?;
        (Some(class.year) == year).then_some((held, class))
    });
    // A pupil whose file named no class has been in this one all the time.
    let unnamed = held.filter(|(_, class)| class.name == NO_CLASS).map(|(held, _)| held.from_day);
    let from = from.or(unnamed);
    let known = held.and_then(|(held, _)| i8::try_from(held.year_group).ok());
    let year_group = member.year_group.or(known).ok_or_else(|| {
        let expected = "the pupil's year group: none is recorded for that academic year";
        problem(Column::YearGroup, "", RowProblemKind::MissingValue, expected)
    })?;
    let file = PupilRow {
        line: row.line,
        urn: None,
        upn: member.upn.clone(),
        surname: pupil.surname.clone(),
        forename: pupil.forename.clone(),
        birth_date: pupil.birth_date,
        sex: None,
        class: Some(row.class.clone()),
        year_group: Some(year_group),
        first_day: stay.first_day,
        last_day: stay.last_day,
        from,
        known: Vec::new(),
    };
    Ok(Row { file, school_id })
}

/// The time on roll that a row is about, and the day from which it holds; `None` as the day is the present.
fn stay<'a>(
    row: &ClassFileRow,
    member: &ClassMember,
    stays: &'a [EnrolmentRow],
    today: NaiveDate,
) -> Option<(&'a EnrolmentRow, Option<NaiveDate>)> {
    if let Some(day) = member.from {
        return stays.iter().find(|stay| stay.covers(day)).map(|stay| (stay, Some(day)));
    }
    let of_now = row.year.is_none_or(|year| year.contains(today));
    if let Some(stay) = stays.iter().find(|stay| of_now && stay.covers(today)) {
        return Some((stay, None));
    }
    let year = row.year.or_else(|| AcademicYear::of(today))?;
    let (first, last) = (year.first_day(), year.last_day());
    let within = |stay: &&EnrolmentRow| {
        stay.first_day <= last && stay.last_day.is_none_or(|left| first <= left)
    };
    stays.iter().rfind(within).map(|stay| (stay, Some(stay.first_day.max(first))))
}
