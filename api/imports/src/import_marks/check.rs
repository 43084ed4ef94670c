//! Holding a file of marks against the roll and the calendars.

use std::collections::btree_map::Entry;

use chrono::Days;
use domain::{Calendar, CodeTable, HALF_DAYS, HalfDaySet, NO_MARK};
use files::{Column, MarksFile, Notice, Problems, PupilYear, Reading, RowProblem, RowProblemKind};

use super::Key;
use super::closed::ClosedDays;
use super::filling::Filling;
use super::planned::{self, PlannedClosures};
use super::stays::{Run, Stays, first_after};
use crate::request::Request;
use crate::roll::Roll;
use crate::schools::{Schools, unknown_school};
use base::jobs::{self, Job};
use base::prelude::*;
use figures::Counting;
use school::tenants;

/// Pupils that are checked one after the other, and how many times so many before progress is told.
const PIECE: usize = 250;
const AT_ONCE: usize = 16;

/// What a file says, as it will be applied: for each school's year its enrolments' marks.
pub(super) struct MarksPlan {
    pub years: BTreeMap<Key, YearPlan>,
    /// As they stood when the check was made; a year that was never written has 0.
    pub versions: BTreeMap<Key, i64>,
    pub problems: Problems,
    pub notices: Vec<Notice>,
    closed: ClosedDays,
    planned: PlannedClosures,
    /// Marks that were left aside, of a file that only fills what is missing.
    pub aside: u64,
}

/// A school's year, an enrolment and a half day.
pub(super) type Marked = (Key, EnrolmentId, HalfDay);

/// The marks of one school's year.
#[derive(Default)]
pub(super) struct YearPlan {
    /// By enrolment: the codes of the half days that the file names.
    pub marks: BTreeMap<EnrolmentId, Box<[u8; HALF_DAYS]>>,
    /// By class: the half days up to today on which a mark came.
    pub taken: BTreeMap<ClassId, HalfDaySet>,
}

/// The check under the lock: slower for registers that wait meanwhile, but nothing can overtake it.
pub(super) fn check_locked(
    tx: &mut Tx,
    counting: &Counting,
    job: &Job<'_>,
    request: &Request,
    reading: &Reading<MarksFile>,
) -> Result<MarksPlan> {
    let (schools, _) = schools_of(tx, request, &reading.file)?;
    let ids: Vec<SchoolId> = schools.values().copied().collect();
    let years: Vec<i16> = reading
        .file
        .pupil_years()
        .map(|py| py.year().number())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let held = tenants::lock_schools(tx, &ids, &years)?;
    let plan = check(tx, counting, job, request, reading)?;
    drop(held);
    Ok(plan)
}

/// The schools of a file by URN, the import's own under the empty text; and what to tell of them.
fn schools_of(
    tx: &mut Tx,
    request: &Request,
    file: &MarksFile,
) -> Result<(BTreeMap<String, SchoolId>, Vec<Notice>)> {
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
    tx: &mut Tx,
    counting: &Counting,
    job: &Job<'_>,
    request: &Request,
    reading: &Reading<MarksFile>,
) -> Result<MarksPlan> {
    let file = &reading.file;
    let (schools, notices) = schools_of(tx, request, file)?;
    let ids: Vec<SchoolId> =
        schools.values().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let years: BTreeSet<AcademicYear> = file.pupil_years().map(|py| py.year()).collect();
    let mut plan = MarksPlan {
        years: BTreeMap::new(),
        versions: BTreeMap::new(),
        problems: Problems::continuing(reading.problems.clone(), reading.problem_count),
        notices,
        closed: ClosedDays::default(),
        planned: PlannedClosures::default(),
        aside: 0,
    };
    for year in &years {
        let found = tenants::current(tx, &ids, year.number())?;
        plan.versions
            .extend(found.into_iter().map(|(school, v)| ((school, year.number()), v.number)));
    }
    let roll = Roll::read(tx, file, &ids, &years)?;
    let codes = counting.codes();
    let planned = planned::number(codes);
    let filling = match request.options.fill {
        true => Some(Filling::read(tx, &ids, &years)?),
        false => None,
    };
    let filling = filling.as_ref();
    let against = Against { roll: &roll, codes, planned, schools: &schools, reading, filling };
    let said: Vec<PupilYear<'_>> = file.pupil_years().collect();
    let total = u64::try_from(said.len()).unwrap_or(0);
    let pieces: Vec<&[PupilYear<'_>]> = said.chunks(PIECE).collect();
    for (done, some) in (0..).step_by(PIECE * AT_ONCE).zip(pieces.chunks(AT_ONCE)) {
        if !job.tell("checking against roll and calendar", done, total) {
            return Err(jobs::lost());
        }
        let checked = counting.pool().map(some, |piece| against.check(piece));
        checked.map_err(Problem::internal)?.into_iter().for_each(|checked| plan.join(checked));
    }
    std::mem::take(&mut plan.closed).tell(&mut plan.problems);
    plan.notices.extend(plan.planned.notice());
    Ok(plan)
}

/// What the check of some pupils comes to.
#[derive(Default)]
struct Checked {
    years: BTreeMap<Key, YearPlan>,
    problems: Problems,
    closed: ClosedDays,
    planned: PlannedClosures,
    aside: u64,
}

impl MarksPlan {
    /// Adds what the check of the next pupils came to.
    fn join(&mut self, next: Checked) {
        self.problems.join(next.problems);
        self.closed.join(next.closed);
        self.planned.join(next.planned);
        self.aside += next.aside;
        for (key, next) in next.years {
            let year = self.years.entry(key).or_default();
            next.marks.into_iter().for_each(|(enrolment, marks)| year.say(enrolment, marks));
            next.taken.iter().for_each(|(class, half_days)| year.take(*class, half_days));
        }
    }
}

impl YearPlan {
    /// Adds marks of an enrolment; where they are silent, what was said before stands.
    pub fn say(&mut self, enrolment_id: EnrolmentId, marks: Box<[u8; HALF_DAYS]>) {
        match self.marks.entry(enrolment_id) {
            Entry::Vacant(place) => {
                place.insert(marks);
            }
            Entry::Occupied(mut there) => {
                let both = there.get_mut().iter_mut().zip(*marks);
                both.filter(|(_, mark)| *mark != NO_MARK).for_each(|(place, mark)| *place = mark);
            }
        }
    }

    /// Adds half days on which a mark of a class came.
    pub fn take(&mut self, class: ClassId, half_days: &HalfDaySet) {
        let taken = self.taken.entry(class).or_default();
        *taken = taken.union(half_days);
    }
}

/// Where the check of one mark after the other tells what it finds.
struct Found<'a> {
    problems: &'a mut Problems,
    closed: &'a mut ClosedDays,
    planned: &'a mut PlannedClosures,
    aside: &'a mut u64,
}

/// What a file is held against.
struct Against<'a> {
    roll: &'a Roll,
    codes: &'a CodeTable,
    /// The number that stands for a planned closure.
    planned: Option<u8>,
    schools: &'a BTreeMap<String, SchoolId>,
    reading: &'a Reading<MarksFile>,
    /// The file only fills what is missing.
    filling: Option<&'a Filling>,
}

impl Against<'_> {
    fn check(&self, pupils: &[PupilYear<'_>]) -> Checked {
        let mut checked = Checked::default();
        pupils.iter().for_each(|said| self.check_pupil(&mut checked, said));
        checked
    }

    fn check_pupil(&self, checked: &mut Checked, said: &PupilYear<'_>) {
        let (columns, line) = (&self.reading.columns, said.first_line());
        let urn = said.urn().unwrap_or_default();
        let Some(school_id) = self.schools.get(urn).copied() else {
            return checked.problems.add(|| unknown_school(line, &columns.name(Column::Urn), urn));
        };
        let upn = said.upn().as_str();
        let Some(pupil_id) = self.roll.pupils.get(upn).copied() else {
            if self.filling.is_some() {
                checked.aside += count(said);
                return;
            }
            return checked.problems.add(|| {
                let expected = "the UPN of a pupil who is or was on a roll that you may see";
                let kind = RowProblemKind::UnknownPupil;
                RowProblem::of_cell(line, &columns.name(Column::Upn), upn, kind, expected)
            });
        };
        let key = (school_id, said.year().number());
        let Some(calendar) = self.roll.calendars.get(&key) else {
            if self.filling.is_some() {
                checked.aside += count(said);
                return;
            }
            return checked.problems.add(|| no_calendar(self.reading, said));
        };
        let stays = Stays::of(said.year(), self.roll.stays(school_id, pupil_id));
        let year = checked.years.entry(key).or_default();
        let as_it_comes = self.filling.is_none_or(|filling| filling.is_free(key));
        if !as_it_comes || !self.take_whole(year, said, (calendar, &stays)) {
            let found = Found {
                problems: &mut checked.problems,
                closed: &mut checked.closed,
                planned: &mut checked.planned,
                aside: &mut checked.aside,
            };
            self.check_marks(year, found, said, (school_id, calendar, &stays));
        }
    }

    /// Takes all marks in one step where nothing is unusual, as with nearly every pupil: one stay and one class hold
    /// around them, and each is on an open day up to today. `false`: nothing was taken.
    fn take_whole(
        &self,
        year: &mut YearPlan,
        said: &PupilYear<'_>,
        (calendar, stays): (&Calendar, &Stays),
    ) -> bool {
        let marks = said.marks();
        let at: HalfDaySet = named(&marks).map(|(at, _)| at).collect();
        let (Some(first), Some(last)) = (at.first(), at.last()) else { return true };
        let tomorrow = first_after(said.year(), self.roll.today);
        if last.position() >= tomorrow
            || !calendar.not_due().is_empty()
            || !at.without(&calendar.open_half_days()).is_empty()
            || self.planned.is_some_and(|planned| marks.contains(&planned))
        {
            return false;
        }
        let Some(enrolment_id) = stays.around(first, last) else { return false };
        let (class, next) = self.roll.classes.held(enrolment_id, first.date(said.year()));
        if next.is_some_and(|next| next <= last.date(said.year())) {
            return false;
        }
        year.say(enrolment_id, Box::new(marks));
        if let Some(class) = class {
            year.take(class, &at);
        }
        true
    }

    /// Checks one mark after the other.
    fn check_marks(
        &self,
        year: &mut YearPlan,
        Found { problems, closed, planned, aside }: Found<'_>,
        said: &PupilYear<'_>,
        (school_id, calendar, stays): (SchoolId, &Calendar, &Stays),
    ) {
        let open = calendar.open_half_days();
        let staggered = !calendar.not_due().is_empty();
        let tomorrow = first_after(said.year(), self.roll.today);
        // Marks come in runs of one enrolment and class: each is looked up once a run.
        let mut run = Run::default();
        for (at, mark) in named(&said.marks()) {
            let stay = stays.at(at);
            let refused = match stay {
                _ if !open.contains(at)
                    || staggered && self.is_left_out(calendar, said, at, stay) =>
                {
                    // A closed day, or one on which the year group is not due, is marked `#` in many systems; it says
                    // what the calendar says.
                    if self.planned == Some(mark) {
                        continue;
                    }
                    if self.filling.is_some() {
                        *aside += 1;
                        continue;
                    }
                    let (date, session) = (at.date(said.year()), at.session());
                    let why = calendar.closed_because(date, session);
                    closed.add((school_id, date, why), || {
                        self.mark_problem(said, at, self.codes.text(mark), Refused::CLOSED)
                    });
                    continue;
                }
                Some(enrolment_id) if self.is_taken((school_id, said), enrolment_id, at) => {
                    *aside += 1;
                    continue;
                }
                None => Refused::NOT_ON_ROLL,
                Some(_) if at.position() >= tomorrow && self.is_attendance(said, at, mark) => {
                    Refused::TOO_EARLY
                }
                Some(enrolment_id) => {
                    if self.planned == Some(mark) {
                        planned.add(said.line_of(at).unwrap_or_else(|| said.first_line()));
                    }
                    let taken = at.position() < tomorrow;
                    run.add(
                        year,
                        &self.roll.classes,
                        (enrolment_id, said.year()),
                        (at, mark, taken),
                    );
                    continue;
                }
            };
            match self.filling {
                Some(_) => *aside += 1,
                None => {
                    problems.add(|| self.mark_problem(said, at, self.codes.text(mark), refused))
                }
            }
        }
        run.end(year);
    }

    /// Whether the register is one that a file which only fills what is missing leaves alone.
    fn is_taken(
        &self,
        (school_id, said): (SchoolId, &PupilYear<'_>),
        enrolment_id: EnrolmentId,
        at: HalfDay,
    ) -> bool {
        self.filling.is_some_and(|filling| {
            let class = self.roll.classes.on(enrolment_id, at.date(said.year()));
            filling.is_taken((school_id, said.year().number()), class, at)
        })
    }

    /// Whether the pupil's year group is not due although the school is open.
    fn is_left_out(
        &self,
        calendar: &Calendar,
        said: &PupilYear<'_>,
        at: HalfDay,
        enrolment_id: Option<EnrolmentId>,
    ) -> bool {
        let left_out = calendar.year_groups_not_due(at);
        let year_group = || self.roll.classes.year_group(enrolment_id?, at.date(said.year()));
        !left_out.is_empty() && year_group().is_some_and(|one| left_out.contains(&one))
    }

    /// Whether a mark says that the pupil was there.
    fn is_attendance(&self, said: &PupilYear<'_>, at: HalfDay, mark: u8) -> bool {
        let counts = self.codes.counts(mark, at.date(said.year()));
        counts.possible() && !counts.absent()
    }

    fn mark_problem(
        &self,
        said: &PupilYear<'_>,
        at: HalfDay,
        code: Option<&str>,
        Refused(kind, expected): Refused,
    ) -> RowProblem {
        let line = said.line_of(at).unwrap_or_else(|| said.first_line());
        let date = at.date(said.year());
        RowProblem {
            line,
            column: Some(self.reading.file.column(date, at.session()).to_owned()),
            cell: None,
            value: Some(format!("{} on {} {}", code.unwrap_or_default(), date, at.session())),
            kind,
            expected: expected.to_owned(),
        }
    }
}

/// Why a mark cannot stand, and what was expected.
struct Refused(RowProblemKind, &'static str);

impl Refused {
    const CLOSED: Self = Self(
        RowProblemKind::ClosedDay,
        "a half day on which the school is open and the pupil's year group is due",
    );
    const NOT_ON_ROLL: Self =
        Self(RowProblemKind::NotOnRoll, "a day on which the pupil is on the school's roll");
    const TOO_EARLY: Self = Self(
        RowProblemKind::FutureMark,
        "attendance up to today; only absence can be known before",
    );
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

/// How many marks are said.
fn count(said: &PupilYear<'_>) -> u64 {
    u64::try_from(named(&said.marks()).count()).unwrap_or(u64::MAX)
}

/// The half days for which something is said.
pub(super) fn named(marks: &[u8]) -> impl Iterator<Item = (HalfDay, u8)> + '_ {
    (0_u16..).map_while(HalfDay::at).zip(marks.iter().copied()).filter(|(_, mark)| *mark != NO_MARK)
}
