//! When an event begins and ends: dates, or dates with times in some time zone, as days on an English school's wall.

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Europe::London;
use chrono_tz::Tz;
use domain::Session;

use super::hours::{HoursOverTime, Taken};
use super::lines::Line;
use super::published::{before, next};

/// What some calendars call London's time zone.
const LONDON_ELSEWHERE: [&str; 2] = ["GMT Standard Time", "Greenwich Standard Time"];

/// A date, or a date and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A whole day.
    Day(NaiveDate),
    /// A time.
    At {
        /// On the wall in London.
        here: NaiveDateTime,
        /// On the wall of the time zone that it is written in.
        there: NaiveDateTime,
    },
}

/// When something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// What it takes of its day; of several days it takes all.
    pub taken: Taken,
}

impl When {
    /// The session, when it is only half of one day.
    pub fn session(&self) -> Option<Session> {
        match self.taken {
            Taken::Half(session) => Some(session),
            _ => None,
        }
    }
}

impl Moment {
    /// Reads DTSTART or DTEND. Errors: what was expected.
    pub fn read(line: &Line) -> Result<Self, String> {
        let wrong = || "a date such as 20261118, or a time such as 20261118T090000".to_owned();
        let value = line.value.trim();
        // What says that it is a date is one, though some programs write midnight behind it.
        let is_date =
            line.parameter("VALUE").is_some_and(|value| value.eq_ignore_ascii_case("DATE"));
        let value = match value.split_once('T') {
            Some((day, _)) if is_date => day,
            _ => value,
        };
        if value.len() == 8 {
            return date(value).map(Self::Day).ok_or_else(wrong);
        }
        let (local, utc) = match value.strip_suffix('Z') {
            Some(local) => (local, true),
            None => (value, false),
        };
        let (day, time) = local.split_once('T').ok_or_else(wrong)?;
        let (Some(day), Some(time)) = (date(day), time_of_day(time)) else { return Err(wrong()) };
        let there = day.and_time(time);
        if utc {
            let here = Utc.from_utc_datetime(&there).with_timezone(&London).naive_local();
            return Ok(Self::At { here, there });
        }
        let zone = match line.parameter("TZID") {
            // A time without a zone is local time where it is read.
            None => London,
            Some(name) if LONDON_ELSEWHERE.contains(&name) => London,
            Some(name) => name.trim_start_matches('/').parse::<Tz>().map_err(|_| {
                "a time zone that is known by its name, such as Europe/London".to_owned()
            })?,
        };
        // A time that the clocks skip in spring is taken an hour later, as clocks then show it.
        let instant = zone
            .from_local_datetime(&there)
            .earliest()
            .or_else(|| zone.from_local_datetime(&(there + TimeDelta::hours(1))).earliest())
            .ok_or_else(wrong)?;
        Ok(Self::At { here: instant.with_timezone(&London).naive_local(), there })
    }

    /// The moment some days later: a DURATION of whole days or weeks, which is all that term dates use. Errors: what
    /// was expected.
    pub fn after(self, duration: &str) -> Result<Self, String> {
        let days = whole_days(duration.trim()).ok_or("a duration of whole days, such as P5D")?;
        let later = match self {
            Self::Day(day) => day.checked_add_days(days).map(Self::Day),
            Self::At { here, there } => here
                .checked_add_days(days)
                .zip(there.checked_add_days(days))
                .map(|(here, there)| Self::At { here, there }),
        };
        later.ok_or_else(|| "a shorter duration".to_owned())
    }

    /// The date, and the time of day when there is one. Midnight, here or where it was written, begins a day.
    fn wall(self) -> (NaiveDate, Option<NaiveTime>) {
        match self {
            Self::Day(day) => (day, None),
            Self::At { here, .. } if here.time() == NaiveTime::MIN => (here.date(), None),
            Self::At { there, .. } if there.time() == NaiveTime::MIN => (there.date(), None),
            Self::At { here, .. } => (here.date(), Some(here.time())),
        }
    }

    /// The same of the end of something that began at midnight: its days are those of the time zone it is written in.
    fn wall_with(self, start: Self) -> (NaiveDate, Option<NaiveTime>) {
        match (start, self) {
            (Self::At { here, there }, Self::At { there: end, .. })
                if here.time() != NaiveTime::MIN && there.time() == NaiveTime::MIN =>
            {
                (end.date(), Some(end.time()).filter(|time| *time != NaiveTime::MIN))
            }
            _ => self.wall(),
        }
    }
}

/// The days from a beginning to an end, and what they take of a day in school. Without an end, or with one that is the
/// beginning, it is a day, unless it begins when nobody is in school. Errors: what was expected: an end that is not
/// before the beginning.
pub fn days(start: Moment, end: Option<Moment>, hours: &HoursOverTime) -> Result<When, String> {
    let (from, begins) = start.wall();
    let Some(end) = end.filter(|end| *end != start) else {
        let in_school = begins.is_none_or(|time| hours.on(from).has(time));
        let taken = if in_school { Taken::Day } else { Taken::Nothing };
        return Ok(When { from, to: from, taken });
    };
    let (to, ends) = end.wall_with(start);
    if to < from {
        return Err("an end (DTEND) that is not before the beginning (DTSTART)".to_owned());
    }
    // An end at midnight is no longer part of it.
    let last = if ends.is_some() { to } else { before(to).max(from) };
    if from == last {
        let taken = match (begins, ends) {
            (None, None) => Taken::Day,
            _ => hours.on(from).taken(
                begins.unwrap_or(NaiveTime::MIN),
                ends.filter(|_| to == from).unwrap_or(LAST_MOMENT),
            ),
        };
        return Ok(When { from, to: from, taken });
    }
    // Of the first and the last of several days, only what is taken in school hours counts.
    let first_is_free = begins.is_some_and(|time| {
        matches!(hours.on(from).taken(time, LAST_MOMENT), Taken::Nothing | Taken::Little)
    });
    let last_is_free = ends.is_some_and(|time| {
        matches!(hours.on(last).taken(NaiveTime::MIN, time), Taken::Nothing | Taken::Little)
    });
    let first = if first_is_free { next(from) } else { from };
    let last = if last_is_free { before(last) } else { last };
    if last < first {
        return Ok(When { from, to: from, taken: Taken::Nothing });
    }
    Ok(When { from: first, to: last, taken: Taken::Day })
}

const LAST_MOMENT: NaiveTime = match NaiveTime::from_hms_opt(23, 59, 59) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

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
