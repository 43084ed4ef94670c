//! What a school's calendar is made of: terms, closures and the shape of its week.

use chrono::{NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use crate::{Session, words};

/// A stretch of days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Days {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

impl Days {
    /// Whether the date lies in the stretch.
    pub fn contains(&self, date: NaiveDate) -> bool {
        self.from <= date && date <= self.to
    }

    /// How many days it has; 0 when it ends before it begins.
    pub fn len_days(&self) -> u32 {
        u32::try_from((self.to - self.from).num_days() + 1).unwrap_or(0)
    }
}

/// A term with its half-term break.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Term {
    /// Its name, such as `Autumn term`.
    pub name: String,
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day.
    pub to: NaiveDate,
    /// The half-term break inside it; without one the term counts as one half term.
    #[serde(default)]
    pub half_term: Option<Days>,
}

words! {
    /// Why a school is closed on days that lie in a term.
    ClosureKind {
        Holiday = "holiday": "a holiday of the school's own",
        BankHoliday = "bank_holiday": "a bank holiday in England and Wales",
        Inset = "inset": "in-service training: staff come, pupils do not",
        Closure = "closure": "anything else, planned or not",
    }
}

impl ClosureKind {
    /// As it is called in a sentence.
    pub const fn named(self) -> &'static str {
        match self {
            Self::Holiday => "a holiday of the school's own",
            Self::BankHoliday => "a bank holiday",
            Self::Inset => "a day of in-service training",
            Self::Closure => "a closure",
        }
    }
}

/// Days, or one session of each of the days, on which a school is closed during a term.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Closure {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// The session it is closed for; `None` for the whole day.
    #[serde(default)]
    pub session: Option<Session>,
    /// Why.
    pub kind: ClosureKind,
    /// What a person wrote about it.
    #[serde(default)]
    pub note: Option<String>,
}

impl Closure {
    /// Whether the session of that date falls in the closure.
    pub fn covers(&self, date: NaiveDate, session: Session) -> bool {
        self.from <= date && date <= self.to && self.session.is_none_or(|only| only == session)
    }
}

/// Days, or one session of each of the days, on which the school is open but some year groups are not due: a staggered
/// start, an early finish, a day on which only some are asked to come.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NotDue {
    /// The year groups that are not due: -2 to 14, with nursery -1 and reception 0.
    pub year_groups: Vec<i8>,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// The session they are not due for; `None` for the whole day.
    #[serde(default)]
    pub session: Option<Session>,
    /// What a person wrote about it.
    #[serde(default)]
    pub note: Option<String>,
}

impl NotDue {
    /// Whether it says that the year group is not due for the session of that date.
    pub fn covers(&self, year_group: i8, date: NaiveDate, session: Session) -> bool {
        self.year_groups.contains(&year_group)
            && self.from <= date
            && date <= self.to
            && self.session.is_none_or(|only| only == session)
    }
}

/// Which half days of which weekday a school is open in an ordinary week: Monday first, and for
/// each day the morning and the afternoon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SchoolWeek(pub [[bool; 2]; 7]);

impl SchoolWeek {
    /// Whether the school is open on that weekday for that session.
    pub const fn is_open(&self, weekday: Weekday, session: Session) -> bool {
        self.0[weekday.num_days_from_monday() as usize][session.index()]
    }

    /// How many sessions an ordinary week has.
    pub fn sessions(&self) -> usize {
        self.0.iter().flatten().filter(|open| **open).count()
    }
}

impl Default for SchoolWeek {
    /// Monday to Friday, both sessions.
    fn default() -> Self {
        let (open, closed) = ([true; 2], [false; 2]);
        Self([open, open, open, open, open, closed, closed])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn days_count_both_ends() {
        let days = |from, to| Days { from: date(from), to: date(to) };
        let week = days("2025-10-27", "2025-11-02");
        assert_eq!(week.len_days(), 7);
        assert!(week.contains(week.from) && week.contains(week.to));
        assert!(!week.contains(date("2025-10-26")) && !week.contains(date("2025-11-03")));
        assert_eq!(days("2025-10-27", "2025-10-27").len_days(), 1);
        assert_eq!(days("2025-10-27", "2025-10-26").len_days(), 0);
        assert_eq!(days("2025-10-27", "2025-10-01").len_days(), 0);
    }

    #[test]
    fn an_ordinary_week_is_monday_to_friday() {
        let week = SchoolWeek::default();
        assert_eq!(week.sessions(), 10);
        assert!(week.is_open(Weekday::Fri, Session::Pm));
        assert!(!week.is_open(Weekday::Sat, Session::Am));
    }

    #[test]
    fn what_a_person_may_leave_out_is_left_out() {
        let term: Term = serde_json::from_str(
            r#"{"name": "Autumn term", "from": "2025-09-01", "to": "2025-12-19"}"#,
        )
        .unwrap();
        assert_eq!(term.half_term, None);
        let closure: Closure = serde_json::from_str(
            r#"{"from": "2025-09-01", "to": "2025-09-01", "kind": "bank_holiday"}"#,
        )
        .unwrap();
        assert_eq!((closure.session, closure.kind), (None, ClosureKind::BankHoliday));
    }
}
