//! Holding a file of marks against the roll and the calendars.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use domain::{AcademicYear, CodeTable, HALF_DAYS, HalfDay, HalfDaySet, NO_MARK};

use super::Key;
use crate::app::App;
use crate::db::Tx;
use crate::http::problem::Problem;
use crate::imports::file::{
    Column, MarksFile, Notice, Problems, PupilYear, Reading, RowProblem, RowProblemKind,
};
use crate::imports::import_pupils::unknown_school;
use crate::imports::request::Request;
use crate::imports::roll::Roll;
use crate::imports::schools::Schools;
use crate::jobs::Job;
use crate::tenants;

/// What a file says, as it will be applied: for each school's year its enrolments' marks.
pub(super) struct Plan {
    pub years: BTreeMap<Key, YearPlan>,
    /// As they stood when the check was made; a year that was never written has 0.
    pub versions: BTreeMap<Key, i64>,
    pub problems: Problems,
    pub notices: Vec<Notice>,
}

/// The marks of one school's year.
#[derive(Default)]
pub(super) struct YearPlan {
    /// By enrolment: the codes of the half days that the file names.
    pub marks: BTreeMap<i32, Box<[u8; HALF_DAYS]>>,
    /// By class: the half days up to today on which a mark came.
    pub taken: BTreeMap<i32, HalfDaySet>,
}

/// The check under the lock: slower for registers that wait meanwhile, but nothing can overtake it.
pub(super) fn check_locked(
    tx: &mut Tx<'_>,
    app: &App,
    job: &Job<'_>,
    request: &Request,
    reading: &Reading<MarksFile>,
) -> Result<Plan, Problem> {
    let (schools, _) = schools_of(tx, request, &reading.file)?;
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

/// The schools of a file by URN, the import's own under the empty text; and what to tell of them.
fn schools_of(
    tx: &mut Tx<'_>,
    request: &Request,
    file: &MarksFile,
) -> Result<(BTreeMap<String, i32>, Vec<Notice>), Problem> {
    let mut schools = Schools::read(tx, request)?;
    let mut found = BTreeMap::new();
    for said in file.pupil_years() {
        let urn = said.urn().unwrap_or_default();
        if let Some(school_id) = schools.find(urn, said.first_line())
            && !found.contains_key(urn)
        {
            found.insert(urn.to_owned(), school_id);
        }
    }
    Ok((found, schools.notices()))
}

/// Checks a file in one snapshot, without a lock.
pub(super) fn check(
    tx: &mut Tx<'_>,
    app: &App,
    job: &Job<'_>,
    request: &Request,
    reading: &Reading<MarksFile>,
) -> Result<Plan, Problem> {
    let file = &reading.file;
    let (schools, notices) = schools_of(tx, request, file)?;
    let ids: Vec<i32> = schools.values().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let years: BTreeSet<AcademicYear> = file.pupil_years().map(|py| py.year()).collect();
    let mut plan = Plan {
        years: BTreeMap::new(),
        versions: BTreeMap::new(),
        problems: Problems::continuing(reading.problems.clone(), reading.problem_count),
        notices,
    };
    for year in &years {
        let found = tenants::current(tx, &ids, year.number())?;
        plan.versions
            .extend(found.into_iter().map(|(school, v)| ((school, year.number()), v.number)));
    }
    let roll = Roll::read(tx, file, &ids, &years)?;
    let total = u64::try_from(file.len()).unwrap_or(0);
    for (done, said) in (0..).zip(file.pupil_years()) {
        if done % 500 == 0 && !job.tell("checking against roll and calendar", done, total) {
            return Err(Problem::unavailable(1, "the lease was lost to another worker"));
        }
        check_pupil(&mut plan, &roll, &app.codes, &schools, reading, &said);
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
    let (columns, line) = (&reading.columns, said.first_line());
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
    let open = calendar.open_half_days();
    let stays = roll.stays(school_id, pupil_id);
    let year = plan.years.entry(key).or_default();
    // Marks come in runs of one enrolment and class: each is looked up once a run.
    let mut run = Run::default();
    for (at, mark) in named(&said.marks()) {
        let date = at.date(said.year());
        let stay = stays.iter().find(|stay| stay.covers(date));
        let left_out = calendar.year_groups_not_due(at);
        let year_group = || roll.classes.year_group(stay?.enrolment_id, date);
        let due = left_out.is_empty() || year_group().is_none_or(|one| !left_out.contains(&one));
        let refused = match (open.contains(at) && due, stay) {
            // A closed day, or one on which the year group is not due, is marked `#` in many systems; it says what the
            // calendar says.
            (false, _) if codes.text(mark) == Some("#") => continue,
            (false, _) => (
                RowProblemKind::ClosedDay,
                "a half day on which the school is open and the pupil's year group is due",
            ),
            (true, None) => {
                (RowProblemKind::NotOnRoll, "a day on which the pupil is on the school's roll")
            }
            (true, Some(_)) if too_early(codes, mark, date, roll.today) => (
                RowProblemKind::FutureMark,
                "attendance up to today; only absence can be known before",
            ),
            (true, Some(stay)) => {
                run.add(year, roll, stay.enrolment_id, (at, date, mark));
                continue;
            }
        };
        let (kind, expected) = refused;
        plan.problems
            .add(|| mark_problem(&reading.file, said, at, codes.text(mark), kind, expected));
    }
    run.end(year);
}

/// Marks of one pupil on the way, while they are of one enrolment and class.
struct Run {
    enrolment_id: Option<i32>,
    marks: Box<[u8; HALF_DAYS]>,
    class: Option<i32>,
    /// The class holds until the day before.
    class_until: NaiveDate,
    taken: HalfDaySet,
}

impl Default for Run {
    fn default() -> Self {
        Self {
            enrolment_id: None,
            marks: Box::new([NO_MARK; HALF_DAYS]),
            class: None,
            class_until: NaiveDate::MIN,
            taken: HalfDaySet::new(),
        }
    }
}

impl Run {
    /// Adds a mark; the marks come in the order of days.
    fn add(
        &mut self,
        year: &mut YearPlan,
        roll: &Roll,
        enrolment_id: i32,
        (at, date, mark): (HalfDay, NaiveDate, u8),
    ) {
        if self.enrolment_id != Some(enrolment_id) || date >= self.class_until {
            std::mem::take(self).end(year);
            self.enrolment_id = Some(enrolment_id);
            (self.class, self.class_until) = roll.classes.held(enrolment_id, date);
        }
        if let Some(place) = self.marks.get_mut(at.position()) {
            *place = mark;
        }
        if date <= roll.today {
            self.taken.insert(at);
        }
    }

    /// Puts the marks into the plan.
    fn end(self, year: &mut YearPlan) {
        let Some(enrolment_id) = self.enrolment_id else { return };
        match year.marks.entry(enrolment_id) {
            Entry::Vacant(place) => {
                place.insert(self.marks);
            }
            Entry::Occupied(mut there) => {
                for (at, mark) in named(self.marks.as_slice()) {
                    if let Some(place) = there.get_mut().get_mut(at.position()) {
                        *place = mark;
                    }
                }
            }
        }
        if let Some(class) = self.class.filter(|_| !self.taken.is_empty()) {
            let taken = year.taken.entry(class).or_default();
            *taken = taken.union(&self.taken);
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
pub(super) fn named(marks: &[u8]) -> impl Iterator<Item = (HalfDay, u8)> + '_ {
    (0_u16..).map_while(HalfDay::at).zip(marks.iter().copied()).filter(|(_, mark)| *mark != NO_MARK)
}

/// Whether a mark says that the pupil was there, before the day has come.
fn too_early(codes: &CodeTable, mark: u8, date: NaiveDate, today: NaiveDate) -> bool {
    if date <= today {
        return false;
    }
    let counts = codes.counts(mark, date);
    counts.possible() && !counts.absent()
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
