//! The academic year, and the position of a half day in it.
//!
//! A register year is a row of 744 half days. It starts on the Monday on or before 1 August, so
//! that 14 half days are always one Monday-to-Sunday week, and 744 is enough for every year.

use std::fmt;

use chrono::{Datelike, Days as DayCount, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::Session;

/// How many half days a register year holds: the longest year (366 days) that starts six days
/// after its first Monday.
pub const HALF_DAYS: usize = 744;

/// Half days in a week, Monday to Sunday.
const WEEK: usize = 14;

/// A school year from 1 August to 31 July, named by the calendar year it starts in: 2025 is 2025/26.
///
/// The Department for Education counts its absence years so. On the wire it is that number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i16", into = "i16")]
pub struct AcademicYear(i16);

/// The number is not an academic year that can be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the academic year must be the year it starts in, from 1990 to 2199 (2025 for 2025/26)")]
pub struct AcademicYearError;

impl AcademicYear {
    /// The year that starts in August of `number`; `None` outside 1990 to 2199.
    pub const fn new(number: i16) -> Option<Self> {
        if number >= 1990 && number <= 2199 { Some(Self(number)) } else { None }
    }

    /// The calendar year it starts in.
    pub const fn number(self) -> i16 {
        self.0
    }

    /// The academic year that `date` falls in; `None` when that year cannot be recorded.
    pub fn of(date: NaiveDate) -> Option<Self> {
        let start = if date.month() >= 8 { date.year() } else { date.year() - 1 };
        i16::try_from(start).ok().and_then(Self::new)
    }

    /// 1 August.
    pub fn first_day(self) -> NaiveDate {
        day(self.0, 8, 1)
    }

    /// 31 July of the following calendar year.
    pub fn last_day(self) -> NaiveDate {
        day(self.0 + 1, 7, 31)
    }

    /// The Monday on or before 1 August: where the register year starts.
    pub fn first_monday(self) -> NaiveDate {
        monday_of(self.first_day())
    }

    /// 31 August of the year it starts in: the day on which the Department for Education takes a
    /// pupil's age.
    pub fn age_day(self) -> NaiveDate {
        day(self.0, 8, 31)
    }

    /// Whether `date` lies in the year.
    pub fn contains(self, date: NaiveDate) -> bool {
        Self::of(date) == Some(self)
    }

    /// The year after; `None` after 2199.
    pub const fn next(self) -> Option<Self> {
        Self::new(self.0 + 1)
    }

    /// The year before; `None` before 1990.
    pub const fn previous(self) -> Option<Self> {
        Self::new(self.0 - 1)
    }

    /// How people write it: `2025/26`.
    pub fn label(self) -> String {
        format!("{}/{:02}", self.0, (self.0 + 1) % 100)
    }
}

impl fmt::Display for AcademicYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.label())
    }
}

impl TryFrom<i16> for AcademicYear {
    type Error = AcademicYearError;

    fn try_from(number: i16) -> Result<Self, AcademicYearError> {
        Self::new(number).ok_or(AcademicYearError)
    }
}

impl From<AcademicYear> for i16 {
    fn from(year: AcademicYear) -> i16 {
        year.0
    }
}

/// A half day of a register year: twice the days since its first Monday, plus one in the afternoon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HalfDay(u16);

impl HalfDay {
    /// The half day of a date and session; `None` when the date is not in that academic year.
    pub fn of(year: AcademicYear, date: NaiveDate, session: Session) -> Option<Self> {
        if !year.contains(date) {
            return None;
        }
        let days = usize::try_from((date - year.first_monday()).num_days()).ok()?;
        u16::try_from(2 * days + session.index()).ok().and_then(Self::at)
    }

    /// The half day at a position; `None` from 744 on.
    pub const fn at(position: u16) -> Option<Self> {
        if (position as usize) < HALF_DAYS { Some(Self(position)) } else { None }
    }

    /// All half days of a register year, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..u16::MAX).map_while(Self::at)
    }

    /// Its position in the register year, below 744.
    pub const fn position(self) -> usize {
        self.0 as usize
    }

    /// Its date. The first and last few positions of a register year lie just outside the
    /// academic year.
    pub fn date(self, year: AcademicYear) -> NaiveDate {
        year.first_monday() + DayCount::new(u64::from(self.0 / 2))
    }

    /// Its session.
    pub const fn session(self) -> Session {
        if self.0.is_multiple_of(2) { Session::Am } else { Session::Pm }
    }

    /// The week of the register year it lies in, from 0.
    pub const fn week(self) -> usize {
        self.position() / WEEK
    }
}

/// The Monday of the week of `date`.
pub(crate) fn monday_of(date: NaiveDate) -> NaiveDate {
    date - DayCount::new(u64::from(date.weekday().num_days_from_monday()))
}

/// A date that exists in every year from 1990 to 2200; the default is never reached.
fn day(year: i16, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(i32::from(year), month, day).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_year() -> impl Iterator<Item = AcademicYear> {
        (i16::MIN..=i16::MAX).filter_map(AcademicYear::new)
    }

    #[test]
    fn a_year_runs_from_august_to_july_and_knows_its_neighbours() {
        let year = AcademicYear::new(2025).unwrap();
        assert_eq!(year.label(), "2025/26");
        assert_eq!(AcademicYear::new(1999).unwrap().to_string(), "1999/00");
        assert_eq!(year.first_day().to_string(), "2025-08-01");
        assert_eq!(year.last_day().to_string(), "2026-07-31");
        assert_eq!(year.first_monday().to_string(), "2025-07-28");
        assert_eq!(year.age_day().to_string(), "2025-08-31");
        assert_eq!(year.next().and_then(AcademicYear::previous), Some(year));
        assert_eq!(AcademicYear::new(2199).unwrap().next(), None);
        assert_eq!(AcademicYear::new(1990).unwrap().previous(), None);
    }

    #[test]
    fn years_that_cannot_be_recorded_are_refused() {
        assert_eq!(every_year().count(), 210);
        for number in [i16::MIN, 1989, 2200, i16::MAX] {
            assert_eq!(AcademicYear::new(number), None);
        }
        for date in [NaiveDate::MIN, NaiveDate::MAX] {
            assert_eq!(AcademicYear::of(date), None);
        }
    }

    #[test]
    fn on_the_wire_a_year_is_its_number_and_a_wrong_one_says_what_was_expected() {
        let year: AcademicYear = serde_json::from_str("2024").unwrap();
        assert_eq!(serde_json::to_string(&year).unwrap(), "2024");
        let error = serde_json::from_str::<AcademicYear>("24").unwrap_err();
        assert!(error.to_string().contains("from 1990 to 2199"));
    }

    #[test]
    fn every_half_day_of_every_year_has_a_position_of_its_own_and_comes_back() {
        for year in every_year() {
            let mut next = 2 * (year.first_day() - year.first_monday()).num_days();
            for date in year.first_day().iter_days().take_while(|date| *date <= year.last_day()) {
                assert_eq!(AcademicYear::of(date), Some(year));
                for session in Session::ALL {
                    let half_day = HalfDay::of(year, date, session).unwrap();
                    assert_eq!(half_day.position() as i64, next);
                    assert!(half_day.position() < HALF_DAYS);
                    assert_eq!((half_day.date(year), half_day.session()), (date, session));
                    let days = (monday_of(date) - year.first_monday()).num_days();
                    assert_eq!(half_day.week() as i64, days / 7);
                    next += 1;
                }
            }
        }
    }

    #[test]
    fn some_year_needs_nearly_all_half_days() {
        let ends = every_year().filter_map(|year| HalfDay::of(year, year.last_day(), Session::Pm));
        assert_eq!(ends.map(HalfDay::position).max(), Some(HALF_DAYS - 1));
    }

    #[test]
    fn a_date_of_another_year_and_a_position_past_the_end_are_no_half_day() {
        let year = AcademicYear::new(2025).unwrap();
        for date in [year.first_day().pred_opt(), year.last_day().succ_opt()] {
            assert_eq!(HalfDay::of(year, date.unwrap(), Session::Am), None);
        }
        assert!(HalfDay::at(743).is_some());
        assert_eq!(HalfDay::at(744), None);
    }
}
