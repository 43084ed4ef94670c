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

use domain::year_group_of_age;
use files::{PupilRow, Reading};

use self::plan::PupilsPlan;
use self::standing::RollBefore;
use super::conclude::Checking;
use super::request::Request;
use super::schools::Schools;
use base::jobs::Job;
use base::prelude::*;
use marks::{self, Changed};
use school::tenants;

pub(super) use classes::import as import_classes;

/// A row whose school is known.
struct Row {
    file: PupilRow,
    school_id: SchoolId,
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

    /// The year group in an academic year: the one that the file says, or that of the pupil's age.
    fn year_group(&self, year: i16) -> i8 {
        let by_age =
            || AcademicYear::new(year).map(|year| year_group_of_age(self.file.birth_date, year));
        self.file.year_group.or_else(by_age).unwrap_or_default()
    }
}

/// An enrolment by school, UPN and first day.
type Enrolment = (SchoolId, String, NaiveDate);

/// Checks and applies a file of pupils; a dry run, or a file with a problem, changes nothing.
pub(super) fn import(
    job: &Job<'_>,
    request: &Request,
    reading: Reading<Vec<PupilRow>>,
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
    file: Vec<PupilRow>,
    check: &mut Checking<'_>,
) -> Result<Option<DateTime<Utc>>> {
    let mut schools = Schools::read(tx, check.request)?;
    let rows = with_schools(&mut schools, file, check);
    let ids = Schools::ids(rows.iter().map(|row| row.school_id));
    let today = tx.clock().today();
    let years: BTreeSet<i16> = rows.iter().filter_map(|row| row.class_year(today)).collect();
    let years: Vec<i16> = years.into_iter().collect();
    let locked = tenants::lock_schools(tx, &ids, &years)?;
    let standing = RollBefore::read(tx, &rows, &ids)?;
    let mut plan = PupilsPlan::make(&rows, &standing, today, &check.columns, &mut check.problems);
    if check.request.options.complete {
        let as_of = (check.request.options.as_of.unwrap_or(today), check.request);
        whole_roll::end_the_rest(&mut plan, &rows, &standing, &ids, as_of, &mut check.problems);
    }
    check.counts = plan.counts();
    check.notices.extend(schools.notices());
    check.notices.extend(clashes::notices(tx, &rows, &standing)?);
    if !check.may_apply() || !plan.changes_anything() {
        return Ok(None);
    }
    let mut elsewhere = BTreeSet::new();
    let applied = tx.savepoint(|tx| {
        let at = locked.bump_at(tx)?;
        plan.apply(tx, job.by(), at, &mut elsewhere)?;
        let why = format!("import {} changed the days on roll", job.id());
        let changed = Changed { at, why: &why, source: Some(job.id()) };
        marks::days_changed(tx, changed, &job.caller())?;
        Ok(at)
    });
    if elsewhere.is_empty() {
        return applied.map(Some);
    }
    for row in rows.iter().filter(|row| elsewhere.contains(row.file.upn.as_str())) {
        check.problems.add(|| clashes::on_another_roll(&row.file, &check.columns));
    }
    Ok(None)
}

/// Which school each row is for.
fn with_schools(schools: &mut Schools, file: Vec<PupilRow>, check: &mut Checking<'_>) -> Vec<Row> {
    let found = schools.of_rows(file, check, |row| (row.urn.as_deref(), row.line));
    let mut rows: Vec<Row> =
        found.into_iter().map(|(file, school_id)| Row { file, school_id }).collect();
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
