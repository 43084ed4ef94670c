//! Weeks of marks as a school's own system sends them, for the calendar that stories play in.

use std::fmt::Write;

use api::school::calendars::calendar_of;
use chrono::{Datelike, NaiveDate};
use domain::{AcademicYear, Calendar, Session};
use serde_json::Value;

use super::app::Client;
use super::build::{calendar, upn};

/// The calendar that stories play in.
pub fn story_calendar() -> Calendar {
    let year = AcademicYear::new(2026).unwrap();
    calendar_of(year, &serde_json::from_value(calendar()).unwrap()).unwrap()
}

/// Sends the marks of pupils from one day to another ([`marks_file`]); the import.
pub fn send_marks(
    client: &Client,
    school: i32,
    pupils: &[u32],
    days: (&str, &str),
    mark: impl Fn(u32, usize) -> Option<&'static str>,
) -> Value {
    let file = marks_file(pupils, days, mark);
    let import = client.import(&format!("kind=marks&school_id={school}"), file.as_bytes());
    assert_eq!(import["job"]["state"], "done", "{import}");
    import
}

/// A file of the marks of pupils from one day to another, both included: present, or what `mark` says of a pupil and the
/// number of the school day, counted from the first of them.
pub fn marks_file(
    pupils: &[u32],
    (from, to): (&str, &str),
    mark: impl Fn(u32, usize) -> Option<&'static str>,
) -> String {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let (from, to, calendar) = (day(from), day(to), story_calendar());
    let mut file = "upn,week,marks\n".to_owned();
    for pupil in pupils {
        let mut school_days = 0;
        for monday in from
            .iter_days()
            .take_while(|day| *day <= to)
            .filter(|day| *day == from || day.weekday() == chrono::Weekday::Mon)
        {
            let monday = monday - chrono::Days::new(monday.weekday().num_days_from_monday().into());
            write!(file, "{},{monday},", upn(*pupil)).unwrap();
            for date in monday.iter_days().take(5) {
                let asked = from <= date && date <= to && calendar.is_school_day(date);
                let said = asked.then(|| mark(*pupil, school_days)).flatten();
                for session in Session::ALL {
                    let open = asked && calendar.is_open(date, session);
                    let present = if session == Session::Am { "/" } else { "\\" };
                    file.push_str(if open { said.unwrap_or(present) } else { "-" });
                }
                school_days += usize::from(asked);
            }
            file.push('\n');
        }
    }
    file
}
