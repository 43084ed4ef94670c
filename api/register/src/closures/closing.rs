//! What an unplanned closure writes: a code of its own for everybody who was due, whatever stood there before.
//!
//! Closed as a whole the school gives Y4, closed in part Y3 (School Attendance (Pupil Registration) (England)
//! Regulations 2024, reg. 10): the session was due, the pupil was unable to attend, and it is no possible session. The
//! calendar stays as it is. A day that is known beforehand to be closed stands in the calendar instead.

use std::ops::RangeInclusive;

use domain::{Calendar, CodeTable, HalfDaySet};

use crate::roll::Roll;
use base::prelude::*;
use marks::{Marking, YearChange};
use school::{calendars, tenants};

/// The code of a pupil whose whole school was closed.
const WHOLE_SCHOOL: &str = "Y4";
/// The code of a pupil for whom a part of the school was out of use.
const PART_OF_IT: &str = "Y3";

/// The year groups that a pupil can be placed in.
const YEAR_GROUPS: RangeInclusive<i16> = -2..=14;

/// Sessions that were due and could not be held.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClosing {
    /// First day.
    #[schema(example = "2026-11-17")]
    pub from: NaiveDate,
    /// Last day, in the same academic year and not after today.
    #[schema(example = "2026-11-18")]
    pub to: NaiveDate,
    /// Only this half of the day; when absent, whole days.
    #[serde(default)]
    #[schema(value_type = Option<words::Session>)]
    pub session: Option<Session>,
    /// Only these year groups: a part of the school was out of use. When absent, the whole school was closed.
    #[serde(default)]
    #[schema(example = json!([10, 11]))]
    pub year_groups: Option<Vec<i16>>,
    /// Why, 1 to 500 characters; it stands in the history of every mark.
    #[schema(example = "No heating")]
    pub reason: String,
}

/// What a closure touches: how many marks of which classes, and what stood there before. No names.
#[derive(Debug, Serialize, ToSchema)]
pub struct Touched {
    /// The code that is given.
    #[schema(example = "Y4")]
    pub code: String,
    /// How many pupils.
    #[schema(example = 206)]
    pub pupils: u32,
    /// How many marks are given or changed.
    #[schema(example = 412)]
    pub marks: u32,
    /// The half days, in order: those of the stretch on which the school was due to be open.
    pub half_days: Vec<TouchedHalfDay>,
}

/// A half day of a closure.
#[derive(Debug, Serialize, ToSchema)]
pub struct TouchedHalfDay {
    /// The date.
    pub date: NaiveDate,
    /// The session.
    #[schema(value_type = words::Session)]
    pub session: Session,
    /// The classes.
    pub classes: Vec<TouchedClass>,
}

/// A class on a half day of a closure.
#[derive(Debug, Serialize, ToSchema)]
pub struct TouchedClass {
    /// The class.
    #[schema(example = 31)]
    pub class_id: ClassId,
    /// Its name.
    #[schema(example = "7H1")]
    pub name: String,
    /// How many of its pupils have no mark yet.
    #[schema(example = 12)]
    pub unmarked: u32,
    /// How many of its pupils have which code before.
    #[schema(example = json!({ "/": 14, "I": 1 }))]
    pub before: BTreeMap<String, u32>,
}

/// A closure, ready to be written.
pub(super) struct Closing {
    pub code: &'static str,
    /// The register years, before and after.
    pub changes: Vec<YearChange>,
    /// The half days of classes whose every pupil who was due is given the code.
    pub taken: BTreeMap<ClassId, HalfDaySet>,
    pub touched: Touched,
}

impl NewClosing {
    /// The academic year that it lies in, if everything is right that can be checked without the school. Errors:
    /// every place that is not right; a day after today.
    pub(super) fn check(&self, today: NaiveDate) -> Result<AcademicYear> {
        let mut problem = Problem::new(Kind::Invalid);
        if !(1..=name::REASON).contains(&self.reason.trim().chars().count()) {
            problem =
                problem.and("/reason", format!("a reason of 1 to {} characters", name::REASON));
        }
        if self.to < self.from {
            problem = problem.and("/to", format!("a date on or after {}", self.from));
        }
        if self.year_groups.as_ref().is_some_and(Vec::is_empty) {
            problem = problem.and("/year_groups", "at least one year group, or no such member");
        }
        for (number, year_group) in self.year_groups.iter().flatten().enumerate() {
            if !YEAR_GROUPS.contains(year_group) {
                let expected = "a year group from -2 to 14: -1 is nursery, 0 reception";
                problem = problem.and(format!("/year_groups/{number}"), expected);
            }
        }
        let years = (AcademicYear::of(self.from), AcademicYear::of(self.to));
        let (Some(year), true) = (years.0, years.0 == years.1) else {
            let expected = "a date of the academic year that the closure begins in, 1990 to 2199";
            return Err(problem.and("/to", expected));
        };
        if !problem.errors().is_empty() {
            return Err(problem);
        }
        if self.to > today {
            let expected =
                format!("a date up to today, {today}: days to come are closed in the calendar");
            return Err(Problem::at(Kind::FutureMark, "/to", expected));
        }
        Ok(year)
    }

    fn names(&self, year_group: i16) -> bool {
        self.year_groups.as_ref().is_none_or(|named| named.contains(&year_group))
    }

    /// The half days on which the school was due to be open.
    fn half_days(&self, calendar: &Calendar) -> Vec<HalfDay> {
        let open = calendar.open_half_days();
        let named = open.iter().filter(|at| {
            let date = at.date(calendar.year());
            self.from <= date
                && date <= self.to
                && self.session.is_none_or(|only| only == at.session())
        });
        named.collect()
    }
}

impl Closing {
    /// Works out what a closure writes. Errors: no calendar; no half day on which the school was due to be open, or a
    /// pupil due; a code that was not in force.
    pub fn of(
        tx: &mut Tx,
        school_id: SchoolId,
        year: AcademicYear,
        new: &NewClosing,
        codes: &CodeTable,
    ) -> Result<Self> {
        let calendar = calendars::of_year(tx, school_id, year)?;
        let half_days = new.half_days(&calendar);
        if half_days.is_empty() {
            let expected = "a stretch with a half day on which the school was due to be open";
            return Err(Problem::at(Kind::ClosedDay, "/from", expected));
        }
        let roll = Roll::read(tx, school_id, year)?;
        let code = if new.year_groups.is_some() { PART_OF_IT } else { WHOLE_SCHOOL };
        let calendars = BTreeMap::from([(year.number(), calendar.clone())]);
        let marking = Marking::new(codes, calendars, tenants::today(tx, school_id)?);
        let mut changes: Vec<YearChange> = roll
            .pupils
            .iter()
            .map(|pupil| YearChange::of(pupil.enrolment.enrolment_id, pupil.marks.clone()))
            .collect();
        let mut taken: BTreeMap<ClassId, HalfDaySet> = BTreeMap::new();
        let mut touched =
            Touched { code: code.to_owned(), pupils: 0, marks: 0, half_days: Vec::new() };
        for at in half_days {
            let date = at.date(year);
            let number = marking.number(code, at.session(), date, "/from")?;
            let (half_day, whole) = close(&roll, &calendar, new, at, number, codes, &mut changes);
            for class in whole {
                taken.entry(class).or_default().insert(at);
            }
            touched.half_days.push(half_day);
        }
        if touched.half_days.iter().all(|half_day| half_day.classes.is_empty()) {
            return Err(
                Problem::new(Kind::NotDue).detail("No pupil was due for any of these sessions.")
            );
        }
        changes.retain(|change| change.old != change.new);
        touched.pupils = u32::try_from(changes.len()).unwrap_or(u32::MAX);
        touched.marks = changes.iter().map(differences).sum();
        Ok(Self { code, changes, taken, touched })
    }
}

/// Gives the code at one half day. Beside what it touches: the classes whose every pupil who was due was given it.
fn close(
    roll: &Roll,
    calendar: &Calendar,
    new: &NewClosing,
    at: HalfDay,
    number: u8,
    codes: &CodeTable,
    changes: &mut [YearChange],
) -> (TouchedHalfDay, BTreeSet<ClassId>) {
    let (date, session) = (at.date(calendar.year()), at.session());
    let mut classes: BTreeMap<ClassId, TouchedClass> = BTreeMap::new();
    let mut in_part = BTreeSet::new();
    for (pupil, change) in roll.pupils.iter().zip(changes) {
        let Some(placement) = pupil.placement(date) else { continue };
        if !calendar.is_due(i8::try_from(placement.year_group).ok(), date, session) {
            continue;
        }
        let class_id = placement.class_id;
        if !new.names(placement.year_group) {
            in_part.insert(class_id);
            continue;
        }
        let class = classes.entry(class_id).or_insert_with(|| TouchedClass {
            class_id,
            name: roll.class_name(class_id),
            unmarked: 0,
            before: BTreeMap::new(),
        });
        match codes.text(change.get(at)) {
            None => class.unmarked += 1,
            Some(code) => *class.before.entry(code.to_owned()).or_default() += 1,
        }
        change.set(at, number);
    }
    let whole = classes.keys().filter(|class| !in_part.contains(class)).copied().collect();
    (TouchedHalfDay { date, session, classes: classes.into_values().collect() }, whole)
}

fn differences(change: &YearChange) -> u32 {
    let pairs = change.old.iter().zip(&change.new);
    u32::try_from(pairs.filter(|(old, new)| old != new).count()).unwrap_or(u32::MAX)
}
