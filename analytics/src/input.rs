//! What the caller reads from its tables: one school's academic year.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{Calendar, Characteristic, HalfDay, HalfDaySet};

use crate::{By, Value};

/// One school's academic year, as known at one instant.
#[derive(Debug, Clone)]
pub struct SchoolYear {
    /// The school.
    pub school: i32,
    /// Its phase of education, numbered by the caller.
    pub phase: u8,
    /// Its calendar, which also says which academic year this is.
    pub calendar: Calendar,
    /// The last register that was taken. Marks after it were filled in ahead and do not count
    /// yet; when none has been taken, no mark counts.
    pub cut: Option<HalfDay>,
    /// By class, the half days whose registers were taken or came by an import.
    pub registers: BTreeMap<i32, HalfDaySet>,
    /// Today: sessions after it are not expected yet.
    pub today: NaiveDate,
    /// Whether the school's day is over: before that, today's registers are not late, and its sessions not expected yet.
    pub day_is_over: bool,
    /// The enrolments of the year, in any order. A pupil who leaves and returns has two.
    pub enrolments: Vec<EnrolmentYear>,
}

/// One enrolment in one academic year.
#[derive(Debug, Clone)]
pub struct EnrolmentYear {
    /// The enrolment.
    pub enrolment: i32,
    /// The pupil.
    pub pupil: i32,
    /// The pupil's date of birth, for definitions that go by age.
    pub birth_date: NaiveDate,
    /// The pupil's sex.
    pub sex: Sex,
    /// The first day on roll; it may lie in an earlier academic year.
    pub first_day: NaiveDate,
    /// The last day on roll; `None` for a pupil who has not left.
    pub last_day: Option<NaiveDate>,
    /// The classes and year groups the pupil is placed in, sorted by their first day. Each holds
    /// until the next begins.
    pub placements: Vec<Placement>,
    /// What else is known of the pupil, sorted by kind and first day.
    pub facts: Vec<Fact>,
    /// The code numbers of the register year, [`domain::HALF_DAYS`] of them; missing ones count
    /// as no mark.
    pub marks: Box<[u8]>,
}

impl SchoolYear {
    /// Whether a mark should be there for a day's sessions by now.
    pub(crate) fn is_expected(&self, date: NaiveDate) -> bool {
        date < self.today || date == self.today && self.day_is_over
    }
}

impl EnrolmentYear {
    /// The year group on a day; `None` before the first placement.
    pub(crate) fn year_group_on(&self, day: NaiveDate) -> Option<i8> {
        let placement = self.placements.iter().rfind(|placement| placement.from <= day);
        placement.map(|placement| placement.year_group)
    }
}

/// A pupil's sex, as the school census has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// F.
    Female,
    /// M.
    Male,
    /// Nothing is recorded.
    Unrecorded,
}

/// From a day on, a pupil's class and year group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// Its first day.
    pub from: NaiveDate,
    /// The class.
    pub class: i32,
    /// The year group: -2 to 14, with nursery -1 and reception 0.
    pub year_group: i8,
}

/// From a day on, a pupil has this value of a characteristic, until the next fact of its kind.
/// Before the first one nothing is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    /// The kind.
    pub kind: Characteristic,
    /// Its first day.
    pub from: NaiveDate,
    /// The number of the value.
    pub value: u8,
}

impl EnrolmentYear {
    /// The values that the enrolment has of something, with the day from which each holds, in
    /// order. The school and its phase are none of the enrolment's own.
    pub(crate) fn history(&self, by: By) -> impl Iterator<Item = (NaiveDate, Value)> + '_ {
        let always = match by {
            By::Sex => Some(Value::Sex(self.sex)),
            By::Characteristic(kind) => Some(Value::unknown(kind)),
            By::School | By::Phase | By::YearGroup | By::Class => None,
        };
        let placements = self.placements.iter().filter_map(move |placement| {
            let value = match by {
                By::YearGroup => Value::YearGroup(placement.year_group),
                By::Class => Value::Class(placement.class),
                _ => return None,
            };
            Some((placement.from, value))
        });
        let facts = self.facts.iter().filter(move |fact| by == By::Characteristic(fact.kind));
        let facts = facts.map(|fact| (fact.from, Value::Characteristic(fact.kind, fact.value)));
        always.map(|value| (NaiveDate::MIN, value)).into_iter().chain(placements).chain(facts)
    }
}
