//! A file of marks against the roll and the calendars, then into the registers.
//!
//! The check reads in one snapshot and holds no lock. The apply is one short transaction: it locks the schools' years,
//! and only if none of them has moved since the check does it write; otherwise the check is done again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, NaiveDate, Utc};
use domain::{AcademicYear, CodeTable, HalfDay, NO_MARK};

use super::conclude::conclude;
use super::file::{Column, MarksFile, Problems, PupilYear, Reading, RowProblem, RowProblemKind};
use super::import_pupils::unknown_school;
use super::outcome::{Counts, Outcome};
use super::request::Request;
use super::roll::Roll;
use super::schools::Schools;
use crate::app::App;
use crate::db::Tx;
use crate::http::problem::Problem;
use crate::jobs::Job;
use crate::register::{self, Author, Source, TakenYear, YearChange};
use crate::tenants::{self, Locked};

/// After so many checks that were overtaken by registers, the check is done under the lock.
const PATIENCE: u32 = 3;

/// A school's year.
type Key = (i32, i16);

/// What a file says, as it will be applied: for each school's year its enrolments' marks.
struct Plan {
    years: BTreeMap<Key, YearPlan>,
    /// As they stood when the check was made; a year that was never written has 0.
    versions: BTreeMap<Key, i64>,
    problems: Problems,
}

/// The marks of one school's year.
#[derive(Default)]
struct YearPlan {
    /// By enrolment: the half days that the file names, and their codes.
    marks: BTreeMap<i32, Vec<(HalfDay, u8)>>,
    /// By class: the half days up to today on which a mark came.
    taken: BTreeMap<i32, BTreeSet<HalfDay>>,
}

/// Checks and applies a file of marks; a dry run, or a file with a problem, changes nothing.
pub(super) fn import(
    app: &App,
    job: &Job<'_>,
    request: &Request,
    reading: Reading<MarksFile>,
) -> Result<(), Problem> {
    for attempt in 0.. {
        let checked = if attempt < PATIENCE {
            Some(job.run(|tx| check(tx, app, job, request, &reading))?)
        } else {
            None
        };
        let applied = job.run(|tx| {
            let plan = match checked {
                Some(plan) => plan,
                None => check_locked(tx, app, job, request, &reading)?,
            };
            settle(tx, job, request, &reading, plan)
        })?;
        if applied {
            break;
        }
    }
    Ok(())
}

/// Applies a plan and concludes the import; `false` when a school's year has moved since the check.
fn settle(
    tx: &mut Tx<'_>,
    job: &Job<'_>,
    request: &Request,
    reading: &Reading<MarksFile>,
    plan: Plan,
) -> Result<bool, Problem> {
    let mut outcome =
        Outcome { rows: reading.rows, notices: reading.notices.clone(), ..Outcome::default() };
    if plan.problems.is_empty() {
        let keys: Vec<Key> = plan.years.keys().copied().collect();
        let locked = tenants::lock(tx, &keys)?;
        if locked
            .versions()
            .any(|(key, version)| plan.versions.get(&key).copied().unwrap_or(0) != version)
        {
            return Ok(false);
        }
        let mut years = Vec::with_capacity(plan.years.len());
        for (key, year) in plan.years {
            years.push((key, Change::of(tx, key, year, &mut outcome.counts)?));
        }
        // A file that says what the registers say already leaves no trace.
        if !request.dry_run && years.iter().any(|(_, change)| change.is_any()) {
            outcome.applied_at = write(tx, job, locked, &years)?;
        }
    }
    (outcome.problems, outcome.problem_count) = plan.problems.finish();
    conclude(tx, job, request, outcome, &reading.columns)?;
    Ok(true)
}

/// What a file changes in one school's year.
struct Change {
    marks: Vec<YearChange>,
    taken: Vec<TakenYear>,
}

impl Change {
    /// Lays the file's marks over the stored ones, and counts.
    fn of(
        tx: &mut Tx<'_>,
        (school_id, year): Key,
        plan: YearPlan,
        counts: &mut Counts,
    ) -> Result<Self, Problem> {
        let enrolments: Vec<i32> = plan.marks.keys().copied().collect();
        let mut stored = register::marks_of(tx, school_id, year, &enrolments)?;
        let mut marks = Vec::with_capacity(enrolments.len());
        for (enrolment_id, said) in plan.marks {
            let mut change = YearChange::of(enrolment_id, stored.remove(&enrolment_id));
            for (at, mark) in said {
                match change.get(at) {
                    NO_MARK => counts.marks_added += 1,
                    same if same == mark => counts.marks_unchanged += 1,
                    _ => counts.marks_changed += 1,
                }
                change.set(at, mark);
            }
            marks.push(change);
        }
        let taken = register::newly_taken(tx, school_id, year, &plan.taken, Source::Import)?;
        Ok(Self { marks, taken })
    }

    fn is_any(&self) -> bool {
        !self.taken.is_empty() || self.marks.iter().any(|change| change.old != change.new)
    }
}

/// Writes what changes, at the bumped versions; answers their instant.
fn write(
    tx: &mut Tx<'_>,
    job: &Job<'_>,
    locked: Locked,
    years: &[(Key, Change)],
) -> Result<Option<DateTime<Utc>>, Problem> {
    let versions = locked.bump(tx)?;
    let author = Author {
        source: Source::Import,
        by: job.by().to_owned(),
        role: job.role().to_owned(),
        reason: None,
        job_id: Some(job.id()),
    };
    let total = u64::try_from(years.len()).unwrap_or(0);
    for (done, (key, change)) in (0..).zip(years) {
        job.tell("writing the registers", done, total);
        let version = *versions.get(key).ok_or_else(|| Problem::internal("no version"))?;
        register::store(tx, key.0, key.1, version, &change.marks, &author)?;
        register::put_taken(tx, key.0, key.1, version, &change.taken, Source::Import)?;
    }
    Ok(versions.values().map(|version| version.at).max())
}

/// The check under the lock: slower for registers that wait meanwhile, but nothing can overtake it.
fn check_locked(
    tx: &mut Tx<'_>,
    app: &App,
    job: &Job<'_>,
    request: &Request,
    reading: &Reading<MarksFile>,
) -> Result<Plan, Problem> {
    let schools = schools_of(tx, request, &reading.file)?;
    let ids: Vec<i32> = schools.values().copied().collect();
    let years: Vec<i16> = reading
        .file
        .pupil_years()
        .map(|py| py.year().number())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let held = tenants::lock_schools(tx, &ids, &years)?;
    let plan = check(tx, app, job, request, reading)?;
    drop(held);
    Ok(plan)
}

/// The schools of a file by URN; the import's own under the empty text.
fn schools_of(
    tx: &mut Tx<'_>,
    request: &Request,
    file: &MarksFile,
) -> Result<BTreeMap<String, i32>, Problem> {
    let mut schools = Schools::read(tx, request)?;
    let named = file.schools().iter().map(String::as_str).chain([""]);
    Ok(named.filter_map(|urn| Some((urn.to_owned(), schools.find(urn, 1)?))).collect())
}

fn check(
    tx: &mut Tx<'_>,
    app: &App,
    job: &Job<'_>,
    request: &Request,
    reading: &Reading<MarksFile>,
) -> Result<Plan, Problem> {
    let file = &reading.file;
    let schools = schools_of(tx, request, file)?;
    let ids: Vec<i32> = schools.values().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let years: BTreeSet<AcademicYear> = file.pupil_years().map(|py| py.year()).collect();
    let mut plan = Plan {
        years: BTreeMap::new(),
        versions: BTreeMap::new(),
        problems: Problems::continuing(reading.problems.clone(), reading.problem_count),
    };
    for year in &years {
        let found = tenants::current(tx, &ids, year.number())?;
        plan.versions
            .extend(found.into_iter().map(|(school, v)| ((school, year.number()), v.number)));
    }
    let roll = Roll::read(tx, file, &ids, &years)?;
    let total = u64::try_from(file.len()).unwrap_or(0);
    for (done, pupil_year) in (0..).zip(file.pupil_years()) {
        if done % 500 == 0 && !job.tell("checking against roll and calendar", done, total) {
            return Err(Problem::unavailable(1, "the lease was lost to another worker"));
        }
        check_pupil(&mut plan, &roll, &app.codes, &schools, reading, &pupil_year);
    }
    Ok(plan)
}

fn check_pupil(
    plan: &mut Plan,
    roll: &Roll,
    codes: &CodeTable,
    schools: &BTreeMap<String, i32>,
    reading: &Reading<MarksFile>,
    said: &PupilYear<'_>,
) {
    let (file, columns, line) = (&reading.file, &reading.columns, said.first_line());
    let urn = said.urn().unwrap_or_default();
    let Some(school_id) = schools.get(urn).copied() else {
        return plan.problems.add(|| unknown_school(line, columns, urn));
    };
    let upn = said.upn().as_str();
    let Some(pupil_id) = roll.pupils.get(upn).copied() else {
        return plan.problems.add(|| {
            let expected = "the UPN of a pupil who is or was on a roll that you may see";
            let kind = RowProblemKind::UnknownPupil;
            RowProblem::of_cell(line, &columns.name(Column::Upn), upn, kind, expected)
        });
    };
    let key = (school_id, said.year().number());
    let Some(calendar) = roll.calendars.get(&key) else {
        return plan.problems.add(|| no_calendar(reading, said));
    };
    for (at, mark) in named(&said.marks()) {
        let (date, session) = (at.date(said.year()), at.session());
        let refused =
            match (calendar.is_open(date, session), roll.enrolment(school_id, pupil_id, date)) {
                // A closed day is marked `#` in many systems; it says what the calendar says.
                (false, _) if codes.text(mark) == Some("#") => continue,
                (false, _) => {
                    Some((RowProblemKind::ClosedDay, "a half day on which the school is open"))
                }
                (true, None) => Some((
                    RowProblemKind::NotOnRoll,
                    "a day on which the pupil is on the school's roll",
                )),
                (true, Some(_)) if too_early(codes, mark, date, roll.today) => Some((
                    RowProblemKind::FutureMark,
                    "attendance up to today; only absence can be known before",
                )),
                (true, Some(enrolment_id)) => {
                    let year = plan.years.entry(key).or_default();
                    year.marks.entry(enrolment_id).or_default().push((at, mark));
                    if let Some(class) =
                        roll.classes.on(enrolment_id, date).filter(|_| date <= roll.today)
                    {
                        year.taken.entry(class).or_default().insert(at);
                    }
                    None
                }
            };
        if let Some((kind, expected)) = refused {
            plan.problems.add(|| mark_problem(file, said, at, codes.text(mark), kind, expected));
        }
    }
}

/// A pupil's marks of a year without a calendar: one problem, at the first of them.
fn no_calendar(reading: &Reading<MarksFile>, said: &PupilYear<'_>) -> RowProblem {
    let first = named(&said.marks()).next().map(|(at, _)| at);
    let line = first.and_then(|at| said.line_of(at)).unwrap_or_else(|| said.first_line());
    let when = reading.file.when();
    let day = first.map(|at| match when {
        Column::Week => said.year().first_monday() + Days::new(7 * at.week() as u64),
        _ => at.date(said.year()),
    });
    RowProblem::of_cell(
        line,
        &reading.columns.name(when),
        &day.map(|day| day.to_string()).unwrap_or_default(),
        RowProblemKind::NoCalendar,
        format!(
            "marks of a year for which the school has a calendar; it has none for {}",
            said.year()
        ),
    )
}

/// The half days for which something is said.
fn named(marks: &[u8]) -> impl Iterator<Item = (HalfDay, u8)> + '_ {
    (0_u16..).map_while(HalfDay::at).zip(marks.iter().copied()).filter(|(_, mark)| *mark != NO_MARK)
}

/// Whether a mark says that the pupil was there, before the day has come.
fn too_early(codes: &CodeTable, mark: u8, date: NaiveDate, today: NaiveDate) -> bool {
    let counts = codes.counts(mark, date);
    date > today && counts.possible() && !counts.absent()
}

fn mark_problem(
    file: &MarksFile,
    said: &PupilYear<'_>,
    at: HalfDay,
    code: Option<&str>,
    kind: RowProblemKind,
    expected: &str,
) -> RowProblem {
    let line = said.line_of(at).unwrap_or_else(|| said.first_line());
    let date = at.date(said.year());
    RowProblem {
        line,
        column: Some(file.column(date, at.session()).to_owned()),
        cell: None,
        value: Some(format!("{} on {} {}", code.unwrap_or_default(), date, at.session())),
        kind,
        expected: expected.to_owned(),
    }
}
