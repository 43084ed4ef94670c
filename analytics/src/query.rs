//! What is asked: whose sessions, over which windows, split by what.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::{Characteristic, Definition, WindowKind, words};

use crate::Sex;

/// A question about the trend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Which pupils and sessions are counted.
    pub definition: Definition,
    /// Whether a pupil with several enrolments counts several times.
    pub level: Level,
    /// What the year is cut into.
    pub window: WindowKind,
    /// What the answer is split by; by nothing, it is one series for everything that was asked.
    pub by: Split,
    /// What is left out.
    pub filter: Filter,
}

words! {
    /// What is counted as one. It makes a difference for pupils with several enrolments in a year: who moved to another
    /// school, who left and came back, who is on two rolls.
    Level as "CountingLevel" {
        Enrolment = "enrolment": "each enrolment by itself, as the Department for Education counts",
        Pupil = "pupil": "each pupil once, with the sessions of all enrolments; a half day that counts on two rolls is counted on one",
    }
}

/// One dimension that an answer is split by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    /// School by school.
    School,
    /// By phase of education.
    Phase,
    /// By year group at the window's end.
    YearGroup,
    /// By class: for sessions on their date, for persistent absence at the window's end.
    Class,
    /// By sex.
    Sex,
    /// By a characteristic at the window's end.
    Characteristic(Characteristic),
}

/// How many dimensions an answer can be split by at once.
pub const CROSSED: usize = 3;

/// What an answer is split by: up to three dimensions, crossed.
pub type Split = [Option<By>; CROSSED];

/// Whom a series is about: for each dimension that the answer is split by, the group in the same place.
pub type Group = [Option<Value>; CROSSED];

/// One of the groups that a [`By`] makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// A school.
    School(i32),
    /// A phase of education.
    Phase(u8),
    /// A year group.
    YearGroup(i8),
    /// A class.
    Class(i32),
    /// A sex.
    Sex(Sex),
    /// A value of a characteristic, by its number.
    Characteristic(Characteristic, u8),
}

/// What is kept of everything there is; nothing is left out by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// For each of these, keep who has one of the values: at the window's end, but the class of a
    /// session on its date.
    pub values: BTreeMap<By, BTreeSet<Value>>,
    /// Keep the windows that end on or after this day. It cuts no window.
    pub from: Option<NaiveDate>,
    /// Keep the windows that begin on or before this day. It cuts no window.
    pub to: Option<NaiveDate>,
}

impl Value {
    /// The value of a characteristic of which nothing is known.
    pub(crate) const fn unknown(kind: Characteristic) -> Self {
        Value::Characteristic(kind, Characteristic::UNRECORDED)
    }

    /// Whether it says that nothing is recorded.
    pub const fn is_unrecorded(self) -> bool {
        matches!(
            self,
            Value::Sex(Sex::Unrecorded) | Value::Characteristic(_, Characteristic::UNRECORDED)
        )
    }

    /// What it is a group of.
    pub const fn by(self) -> By {
        match self {
            Value::School(_) => By::School,
            Value::Phase(_) => By::Phase,
            Value::YearGroup(_) => By::YearGroup,
            Value::Class(_) => By::Class,
            Value::Sex(_) => By::Sex,
            Value::Characteristic(kind, _) => By::Characteristic(kind),
        }
    }
}

impl Query {
    /// What of the pupils the answer is split by, or something is left out by.
    pub(crate) fn asks_for(&self) -> BTreeSet<By> {
        let asked = self.by.iter().flatten().chain(self.filter.values.keys());
        asked.copied().filter(|by| !matches!(by, By::School | By::Phase)).collect()
    }

    /// The group of a school, as far as the answer is split by schools and phases.
    pub(crate) fn of_school(&self, school: i32, phase: u8) -> Group {
        self.with(self.with([None; CROSSED], Value::School(school)), Value::Phase(phase))
    }

    /// Puts a value in its place of a group, if it is this that the answer is split by.
    pub(crate) fn with(&self, mut group: Group, value: Value) -> Group {
        for (place, by) in group.iter_mut().zip(self.by) {
            if by == Some(value.by()) {
                *place = Some(value);
            }
        }
        group
    }
}

impl Filter {
    /// Whether who has this value is kept.
    pub fn keeps(&self, value: Value) -> bool {
        self.values.get(&value.by()).is_none_or(|kept| kept.contains(&value))
    }

    /// Whether a school with this phase is kept.
    pub(crate) fn keeps_school(&self, school: i32, phase: u8) -> bool {
        self.keeps(Value::School(school)) && self.keeps(Value::Phase(phase))
    }

    /// Whether a window is kept that lasts from `from` to `to`.
    pub(crate) fn keeps_window(&self, from: NaiveDate, to: NaiveDate) -> bool {
        self.from.is_none_or(|first| first <= to) && self.to.is_none_or(|last| from <= last)
    }
}
