//! When an event begins and ends: dates, or dates with times in some time zone, as days on an English school's wall.

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike, Utc};
use chrono_tz::Europe::London;
use chrono_tz::Tz;
use domain::Session;

use super::lines::Line;
use super::published::before;

/// What some calendars call London's time zone.
const LONDON_ELSEWHERE: [&str; 2] = ["GMT Standard Time", "Greenwich Standard Time"];

/// Noon divides the sessions: what begins then or later is the afternoon's.
const NOON: u32 = 12;
/// What is over by then is the morning's.
const LUNCH_IS_OVER: u32 = 13;

/// A date, or a date and time in London.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A whole day.
    Day(NaiveDate),
    /// A time on the wall.
    At(NaiveDateTime),
}

impl Moment {
    /// Reads DTSTART or DTEND.
    ///
    /// # Errors
    /// What was expected.
    pub fn read(line: &Line) -> Result<Self, String> {
        let wrong = || "a date such as 20261118, or a time such as 20261118T090000".to_owned();
        let value = line.value.trim();
        if value.len() == 8 {
            return date(value).map(Self::Day).ok_or_else(wrong);
        }
        let (local, utc) = match value.strip_suffix('Z') {
            Some(local) => (local, true),
            None => (value, false),
        };
        let (day, time) = local.split_once('T').ok_or_else(wrong)?;
        let (Some(day), Some(time)) = (date(day), time_of_day(time)) else { return Err(wrong()) };
        let local = day.and_time(time);
        if utc {
            return Ok(Self::At(
                Utc.from_utc_datetime(&local).with_timezone(&London).naive_local(),
            ));
        }
        let zone = match line.parameter("TZID") {
            // A time without a zone is the one on the wall where it is read.
            None => London,
            Some(name) if LONDON_ELSEWHERE.contains(&name) => London,
            Some(name) => name.trim_start_matches('/').parse::<Tz>().map_err(|_| {
                "a time zone that is known by its name, such as Europe/London".to_owned()
            })?,
        };
        // A time that the clocks skip in spring is taken an hour later, as clocks then show it.
        let instant = zone
            .from_local_datetime(&local)
            .earliest()
            .or_else(|| zone.from_local_datetime(&(local + chrono::TimeDelta::hours(1))).earliest())
            .ok_or_else(wrong)?;
        Ok(Self::At(instant.with_timezone(&London).naive_local()))
    }

    /// The moment some days later: a DURATION of whole days or weeks, which is all that term dates use.
    ///
    /// # Errors
    /// What was expected.
    pub fn after(self, duration: &str) -> Result<Self, String> {
        let days = whole_days(duration.trim()).ok_or("a duration of whole days, such as P5D")?;
        let later = match self {
            Self::Day(day) => day.checked_add_days(days).map(Self::Day),
            Self::At(at) => at.checked_add_days(days).map(Self::At),
        };
        later.ok_or_else(|| "a shorter duration".to_owned())
    }

    fn date(self) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::At(at) => at.date(),
        }
    }

    /// The last day of something that ends at this moment: the end itself is no longer part of it.
    fn last_day(self) -> NaiveDate {
        match self {
            Self::Day(day) => before(day),
            Self::At(at) if at.time() == NaiveTime::MIN => before(at.date()),
            Self::At(at) => at.date(),
        }
    }
}

/// The days from a beginning to an end, and the session when it is only half of one day. Without an end, or with one
/// that is the beginning, it is a day.
///
/// # Errors
/// What was expected: an end that is not before the beginning.
pub fn days(
    start: Moment,
    end: Option<Moment>,
) -> Result<(NaiveDate, NaiveDate, Option<Session>), String> {
    let from = start.date();
    let Some(end) = end.filter(|end| *end != start) else { return Ok((from, from, None)) };
    if end.date() < from {
        return Err("an end (DTEND) that is not before the beginning (DTSTART)".to_owned());
    }
    let to = end.last_day().max(from);
    let session = match (start, end) {
        (Moment::At(start), Moment::At(_)) if from == to && start.hour() >= NOON => {
            Some(Session::Pm)
        }
        (Moment::At(_), Moment::At(end))
            if end.date() == from && (end.hour(), end.minute()) <= (LUNCH_IS_OVER, 0) =>
        {
            Some(Session::Am)
        }
        _ => None,
    };
    Ok((from, to, session))
}

/// `20261118`.
fn date(text: &str) -> Option<NaiveDate> {
    let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| NaiveDate::parse_from_str(text, "%Y%m%d").ok()).flatten()
}

/// `090000`.
fn time_of_day(text: &str) -> Option<NaiveTime> {
    let digits = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| NaiveTime::parse_from_str(text, "%H%M%S").ok()).flatten()
}

/// `P5D` or `P1W`.
fn whole_days(text: &str) -> Option<Days> {
    let text = text.strip_prefix('P')?;
    let (number, days) = match text.strip_suffix('W') {
        Some(number) => (number, 7),
        None => (text.strip_suffix('D')?, 1),
    };
    let number: u64 = number.parse().ok().filter(|number| (1..=1_000).contains(number))?;
    Some(Days::new(number * days))
}
