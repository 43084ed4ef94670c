//! Rows of marks in the compact form in which a whole trust's year is held: 24 bytes for a pupil's
//! week, 12 for a single mark.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{AcademicYear, HALF_DAYS, HalfDay, NO_MARK, Session};

use super::grid::Heading;
use super::headers::Place;
use super::week::WEEK;

/// The year that [`Said::year`] counts from: the first that can be recorded.
const FIRST_YEAR: i16 = 1990;

/// What one row of a file says of a pupil's marks: a run of half days of one academic year.
pub(super) trait Said {
    /// The pupil's number in the file.
    fn pupil(&self) -> u32;
    /// The academic year, counted from 1990/91.
    fn year(&self) -> u8;
    /// The position of the first half day in the register year.
    fn start(&self) -> u16;
    /// The code numbers from there on; 0 where the row says nothing.
    fn marks(&self) -> &[u8];
    /// The line of the file.
    fn line(&self) -> u32;
}

/// A pupil's week, or the part of it that lies in one academic year.
#[derive(Clone, Copy)]
pub(super) struct WeekSaid {
    pub pupil: u32,
    pub line: u32,
    pub year: u8,
    pub week: u8,
    pub marks: [u8; WEEK],
}

/// A single mark.
#[derive(Clone, Copy)]
pub(super) struct MarkSaid {
    pub pupil: u32,
    pub line: u32,
    pub half_day: u16,
    pub year: u8,
    pub mark: u8,
}

impl Said for WeekSaid {
    fn pupil(&self) -> u32 {
        self.pupil
    }
    fn year(&self) -> u8 {
        self.year
    }
    fn start(&self) -> u16 {
        u16::from(self.week) * 14
    }
    fn marks(&self) -> &[u8] {
        &self.marks
    }
    fn line(&self) -> u32 {
        self.line
    }
}

impl Said for MarkSaid {
    fn pupil(&self) -> u32 {
        self.pupil
    }
    fn year(&self) -> u8 {
        self.year
    }
    fn start(&self) -> u16 {
        self.half_day
    }
    fn marks(&self) -> &[u8] {
        std::slice::from_ref(&self.mark)
    }
    fn line(&self) -> u32 {
        self.line
    }
}

/// The rows of a file, all of one shape.
pub(super) enum SaidRows {
    Weeks(Vec<WeekSaid>),
    Marks(Vec<MarkSaid>),
}

/// The columns in which the marks of the two sessions stand, as the file calls them. They are one
/// column unless a row is a day; in a wide grid each half day has its own.
#[derive(Default)]
pub(super) struct MarkColumns {
    pub am: String,
    pub pm: String,
    pub grid: BTreeMap<(NaiveDate, Session), String>,
}

impl MarkColumns {
    /// The columns of a wide grid.
    pub fn of_grid(columns: &[(Heading, Place)]) -> Self {
        let named = |(heading, place): &(Heading, Place)| {
            ((heading.date, heading.session), place.name.clone())
        };
        Self { grid: columns.iter().map(named).collect(), ..Self::default() }
    }

    /// The column of a half day.
    pub fn of(&self, date: NaiveDate, session: Session) -> &str {
        match (self.grid.get(&(date, session)), session) {
            (Some(name), _) => name,
            (None, Session::Am) => &self.am,
            (None, Session::Pm) => &self.pm,
        }
    }
}

/// A year as the compact rows hold it.
pub(super) fn year_number(year: AcademicYear) -> u8 {
    u8::try_from(year.number() - FIRST_YEAR).unwrap_or_default()
}

/// The year that a compact row holds.
pub(super) fn year_of(number: u8) -> Option<AcademicYear> {
    AcademicYear::new(FIRST_YEAR + i16::from(number))
}

/// The marks that rows of one pupil and year say, by position in the register year.
pub(super) fn overlaid<S: Said>(rows: &[S], into: &mut [u8; HALF_DAYS]) {
    for row in rows {
        let said = into.iter_mut().skip(usize::from(row.start()));
        for (place, mark) in said.zip(row.marks()).filter(|(_, mark)| **mark != NO_MARK) {
            *place = *mark;
        }
    }
}

/// The first line that says something of a half day, among the rows of one pupil and year.
pub(super) fn line_of<S: Said>(rows: &[S], half_day: HalfDay) -> Option<u64> {
    let says_it = |row: &&S| {
        let place = half_day.position().checked_sub(usize::from(row.start()));
        place.and_then(|place| row.marks().get(place)).is_some_and(|mark| *mark != NO_MARK)
    };
    rows.iter().filter(says_it).map(|row| u64::from(row.line())).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_as_small_as_it_is_said_to_be() {
        assert_eq!(size_of::<WeekSaid>(), 24);
        assert_eq!(size_of::<MarkSaid>(), 12);
    }

    #[test]
    fn every_year_on_record_can_be_held() {
        for year in (1990..=2199).filter_map(AcademicYear::new) {
            assert_eq!(year_of(year_number(year)), Some(year));
        }
    }
}
