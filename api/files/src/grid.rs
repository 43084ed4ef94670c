//! The wide grid: a column a date and session.
//!
//! A column's name says both (`09/09/2026 AM`, `Wed 09 Sep PM`), or the header takes two rows, with
//! a date above and the sessions below it.

use chrono::{Datelike, NaiveDate, Weekday};
use domain::{AcademicYear, Session};

use super::cells;

/// How many years back a date without a year is looked for.
const YEARS_BACK: i16 = 10;

/// A date in a column's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    /// With its year.
    Whole(NaiveDate),
    /// Day and month, perhaps with the day of the week.
    OfSomeYear { day: u32, month: u32, weekday: Option<Weekday> },
}

/// The half day that a column's name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heading {
    /// The date.
    pub date: NaiveDate,
    /// The session.
    pub session: Session,
    /// The name says no year: it was found from the weekday, or is the present one.
    pub year_found: bool,
}

/// Reads the name of a column; `None` when it is not a date and a session.
///
/// A date without a year is in this academic year or the last one before it in which it falls on
/// the day of the week that is said.
pub(super) fn heading(name: &str, today: NaiveDate) -> Option<Heading> {
    let (rest, session) = parted(name)?;
    match day(&rest)? {
        Day::Whole(date) => Some(Heading { date, session, year_found: false }),
        Day::OfSomeYear { day, month, weekday } => {
            let this = AcademicYear::of(today)?.number();
            let dates = (this - YEARS_BACK..=this).rev().filter_map(|year| {
                let year = i32::from(year) + i32::from(month < 8);
                NaiveDate::from_ymd_opt(year, month, day)
            });
            let mut fitting = dates.filter(|date| weekday.is_none_or(|w| date.weekday() == w));
            Some(Heading { date: fitting.next()?, session, year_found: true })
        }
    }
}

/// Whether a header row has dates without sessions, so that the row below may be part of it.
pub(super) fn may_span_two_rows(above: &[String]) -> bool {
    above.iter().any(|name| day(&words(name)).is_some())
}

/// One header of two rows: a session below stands for the last date above it or to its left. `None`
/// when the row below is no part of the header.
pub(super) fn spanned(above: &[String], below: &[String]) -> Option<Vec<String>> {
    let cell = |row: &[String], at: usize| row.get(at).map_or("", |cell| cell.trim()).to_owned();
    let mut date = String::new();
    let mut header = Vec::with_capacity(above.len().max(below.len()));
    let mut sessions = 0;
    for at in 0..above.len().max(below.len()) {
        let (upper, lower) = (cell(above, at), cell(below, at));
        if day(&words(&upper)).is_some() {
            date.clone_from(&upper);
        } else if !upper.is_empty() {
            date.clear();
        }
        let names_a_session = cells::session(&lower).is_ok();
        header.push(match (names_a_session && !date.is_empty(), upper.is_empty()) {
            (true, _) => {
                sessions += 1;
                format!("{date} {lower}")
            }
            (false, true) => lower,
            // A pupil's row, not a part of the header.
            (false, false) if !lower.is_empty() && lower != upper => return None,
            (false, false) => upper,
        });
    }
    (sessions > 0).then_some(header)
}

/// A name's words without the session, and the session.
fn parted(name: &str) -> Option<(Vec<String>, Session)> {
    let mut words = words(name);
    let mut session = None;
    words.retain(|word| match cells::session(word) {
        Ok(found) => {
            let first = session.is_none();
            session = session.or(Some(found));
            !first
        }
        Err(_) => true,
    });
    Some((words, session?))
}

/// The words of a name. A time of day (`00:00:00`), which spreadsheets put behind a date, is none.
fn words(name: &str) -> Vec<String> {
    let words = name.split(|c: char| c.is_whitespace() || matches!(c, ',' | '_' | '(' | ')'));
    words.filter(|word| !word.is_empty() && *word != "00:00:00").map(str::to_lowercase).collect()
}

/// Reads `2026-09-09`, `09/09/2026`, `9 Sep 2026`, `Wed 09 Sep`, `09/09`.
fn day(words: &[String]) -> Option<Day> {
    let (weekday, rest) = match words.split_first() {
        Some((first, rest)) if weekday(first).is_some() => (weekday(first), rest),
        _ => (None, words),
    };
    let whole = |date: NaiveDate| {
        AcademicYear::of(date)?;
        weekday.is_none_or(|w| date.weekday() == w).then_some(Day::Whole(date))
    };
    let number = |text: &str| {
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        digits.parse::<u32>().ok().filter(|_| digits.len() <= 2)
    };
    match rest {
        [one] => match cells::date(one) {
            Ok(date) if one.len() > 5 => whole(date),
            _ => {
                let (day, month) = one.split_once(['/', '-'])?;
                let month = month.parse().ok().or_else(|| self::month(month))?;
                Some(Day::OfSomeYear { day: number(day)?, month, weekday })
            }
        },
        [day, month] => {
            Some(Day::OfSomeYear { day: number(day)?, month: self::month(month)?, weekday })
        }
        [day, month, year] if year.len() == 4 => {
            let (day, month) = (number(day)?, self::month(month)?);
            whole(NaiveDate::from_ymd_opt(year.parse().ok()?, month, day)?)
        }
        _ => None,
    }
}

fn weekday(word: &str) -> Option<Weekday> {
    if word.len() < 2 { None } else { word.trim_end_matches('.').parse().ok() }
}

fn month(word: &str) -> Option<u32> {
    let word = word.trim_end_matches('.');
    let month: chrono::Month = if word == "sept" { "sep" } else { word }.parse().ok()?;
    Some(month.number_from_month())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str) -> Option<String> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 18).unwrap();
        heading(name, today).map(|found| format!("{} {}", found.date, found.session))
    }

    #[test]
    fn a_date_and_a_session_are_read_in_the_ways_of_the_school_systems() {
        for name in [
            "09/09/2026 AM",
            "2026-09-09 AM",
            "AM 09/09/2026",
            "9 Sep 2026 AM",
            "Wed 09 Sep AM",
            "Wednesday 9th September AM",
            "Wed 09/09/2026 am",
            "09/09 AM",
            "9-Sep AM",
            "2026-09-09 00:00:00 AM",
            "Wed, 09 Sept (AM)",
        ] {
            assert_eq!(read(name).as_deref(), Some("2026-09-09 AM"), "{name}");
        }
        assert_eq!(read("2026-09-09 PM").as_deref(), Some("2026-09-09 PM"));
    }

    #[test]
    fn a_date_without_a_year_is_the_latest_that_fits() {
        assert_eq!(read("Tue 09 Sep AM").as_deref(), Some("2025-09-09 AM"));
        assert_eq!(read("08/02 AM").as_deref(), Some("2027-02-08 AM"));
        assert_eq!(read("29 Feb AM").as_deref(), Some("2024-02-29 AM"));
    }

    #[test]
    fn other_names_are_not_taken_for_dates() {
        for name in [
            "UPN",
            "AM",
            "Possible",
            "09/09/2026",
            "AM 1",
            "Tue 09/09/2026 AM",
            "31/02 AM",
            "Year 9 AM",
        ] {
            assert_eq!(read(name), None, "{name}");
        }
    }

    #[test]
    fn a_header_of_two_rows_is_put_together() {
        let row = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        let dates = row("UPN,09/09/2026,,10/09/2026,,Total");
        assert_eq!(
            spanned(&dates, &row(",AM,PM,AM,PM,")),
            Some(row("UPN,09/09/2026 AM,09/09/2026 PM,10/09/2026 AM,10/09/2026 PM,Total"))
        );
        assert_eq!(
            spanned(&row(",09/09/2026,"), &row("UPN,AM,PM")),
            Some(row("UPN,09/09/2026 AM,09/09/2026 PM"))
        );
        assert_eq!(spanned(&dates, &row("B801200005001,/,\\,/,\\,4")), None);
    }
}
