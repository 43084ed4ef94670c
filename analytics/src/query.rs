//! What is asked: whose sessions, over which windows, split by what.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::{Definition, WindowKind};

/// A question about the trend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Which pupils and sessions are counted.
    pub definition: Definition,
    /// What the year is cut into.
    pub window: WindowKind,
    /// What the answer is split by.
    pub by: By,
    /// What is left out.
    pub filter: Filter,
}

/// What an answer is split by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    /// One series for everything that was asked about.
    Trust,
    /// A series a school.
    School,
    /// A series a phase of education.
    Phase,
    /// A series a year group, going by the pupil's year group at the window's end, or at the last
    /// register that was taken when the window is not over yet.
    YearGroup,
    /// A series a class: sessions go by the class on their date, persistent absence goes by the
    /// class at the window's end as for year groups, and counts all sessions of the enrolment.
    Class,
}

/// What is kept; `None` keeps all. Everything that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Keep these schools.
    pub schools: Option<BTreeSet<i32>>,
    /// Keep the schools of these phases.
    pub phases: Option<BTreeSet<u8>>,
    /// Keep the pupils who are in these year groups at the window's end.
    pub year_groups: Option<BTreeSet<i8>>,
    /// Keep the sessions of pupils who are in these classes on the session's date, and the
    /// persistent absence of pupils who are in them at the window's end.
    pub classes: Option<BTreeSet<i32>>,
    /// Keep the windows that end on or after this day. It cuts no window.
    pub from: Option<NaiveDate>,
    /// Keep the windows that begin on or before this day. It cuts no window.
    pub to: Option<NaiveDate>,
}

/// Whom a series is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Everything that was asked about.
    Trust,
    /// A school.
    School(i32),
    /// A phase of education.
    Phase(u8),
    /// A year group.
    YearGroup(i8),
    /// A class.
    Class(i32),
}

impl Filter {
    /// Whether a school with this phase is kept.
    pub(crate) fn keeps_school(&self, school: i32, phase: u8) -> bool {
        keeps(&self.schools, school) && keeps(&self.phases, phase)
    }

    /// Whether a window is kept that lasts from `from` to `to`.
    pub(crate) fn keeps_window(&self, from: NaiveDate, to: NaiveDate) -> bool {
        self.from.is_none_or(|first| first <= to) && self.to.is_none_or(|last| from <= last)
    }
}

/// Whether a value is among those that are kept.
pub(crate) fn keeps<T: Ord>(kept: &Option<BTreeSet<T>>, value: T) -> bool {
    kept.as_ref().is_none_or(|kept| kept.contains(&value))
}
