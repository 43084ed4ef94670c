//! What a text of a request may be, whatever it is for: in one form, visible, and within the calendar.

use std::borrow::Cow;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Timelike, Utc};
use domain::{in_one_form, is_hidden};
use serde_json::Value;

use crate::problem::{Kind, Problem};

/// The years that dates of children, and instants of what is recorded of them, can lie in.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// What was expected of a date or time outside the calendar.
pub const IN_CALENDAR: &str = "a date from 1900 to 2200, and a time of day that clocks show";
const VISIBLE: &str = "a text without control characters or invisible ones";

/// A JSON body whose texts are composed: an é is one character, however it was typed.
pub fn composed(bytes: &[u8]) -> Cow<'_, [u8]> {
    let Ok(text) = std::str::from_utf8(bytes) else { return Cow::Borrowed(bytes) };
    let has_escapes = text.contains("\\u");
    let text = match has_escapes.then(|| serde_json::from_str::<Value>(text)) {
        // Only what stands behind escapes is written anew, since that forgets which members came twice.
        Some(Ok(value)) if !is_composed(&value) => Cow::Owned(value.to_string()),
        _ => Cow::Borrowed(text),
    };
    match in_one_form(&text) {
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        Cow::Borrowed(_) => match text {
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
            Cow::Borrowed(_) => Cow::Borrowed(bytes),
        },
    }
}

fn is_composed(value: &Value) -> bool {
    match value {
        Value::String(text) => matches!(in_one_form(text), Cow::Borrowed(_)),
        Value::Array(items) => items.iter().all(is_composed),
        Value::Object(members) => members.values().all(is_composed),
        _ => true,
    }
}

/// Checks every text of a body.
///
/// # Errors
/// 422 at the places where one cannot be seen whole, or is a date or time that is none of ours.
pub fn check(bytes: &[u8]) -> Result<(), Problem> {
    let Ok(body) = serde_json::from_slice(bytes) else { return Ok(()) };
    let problem = look(&body, &mut String::new(), Problem::new(Kind::Invalid));
    if problem.errors().is_empty() { Ok(()) } else { Err(problem) }
}

fn look(value: &Value, at: &mut String, problem: Problem) -> Problem {
    let length = at.len();
    let mut below = |name: &str, value: &Value, problem: Problem| {
        at.push('/');
        at.push_str(&name.replace('~', "~0").replace('/', "~1"));
        let problem = look(value, at, problem);
        at.truncate(length);
        problem
    };
    match value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .fold(problem, |problem, (number, item)| below(&number.to_string(), item, problem)),
        Value::Object(members) => {
            members.iter().fold(problem, |problem, (name, member)| below(name, member, problem))
        }
        Value::String(text) if text.chars().any(is_unseen) => problem.and(at.as_str(), VISIBLE),
        Value::String(text) if is_outside_calendar(text) => problem.and(at.as_str(), IN_CALENDAR),
        _ => problem,
    }
}

/// Line ends and tabs are what each text says of them.
fn is_unseen(c: char) -> bool {
    is_hidden(c) && !matches!(c, '\n' | '\r' | '\t')
}

/// Whether a text is a date, an instant or a time of day, and one that no calendar or clock here shows.
pub fn is_outside_calendar(text: &str) -> bool {
    // A date begins with digits or a sign; most texts do not.
    if !text.starts_with(|c: char| c.is_ascii_digit() || c == '+' || c == '-') {
        return false;
    }
    let is_leap = |time: NaiveTime| time.nanosecond() >= 1_000_000_000;
    if let Ok(date) = text.parse::<NaiveDate>() {
        return !YEARS.contains(&date.year());
    }
    if let Ok(instant) = text.parse::<DateTime<Utc>>() {
        return !YEARS.contains(&instant.year()) || is_leap(instant.time());
    }
    text.parse::<NaiveTime>().is_ok_and(is_leap)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_that_no_calendar_shows_are_told_from_others() {
        for text in [
            "0001-01-01",
            "-262143-01-01",
            "+262142-12-31",
            "1899-12-31",
            "2201-01-01",
            "-262143-01-01T00:00:00Z",
            "2026-11-18T23:59:60Z",
            "23:59:60",
        ] {
            assert!(is_outside_calendar(text), "{text}");
        }
        for text in [
            "1900-01-01",
            "2200-12-31",
            "2026-11-18T23:59:59Z",
            "23:59",
            "7H1",
            "-1",
            "07700 900123",
            "",
        ] {
            assert!(!is_outside_calendar(text), "{text}");
        }
    }

    #[test]
    fn every_place_with_a_text_that_cannot_be_seen_is_named() {
        let body = "{\"name\": \"Sm\u{200b}ith\", \"notes\": [\"a\\nb\", \"x\\u0007\"], \"born\": \"1066-10-14\"}";
        let problem = check(body.as_bytes()).unwrap_err();
        let places: Vec<&str> = problem.errors().iter().map(|one| one.pointer.as_str()).collect();
        assert_eq!(places, ["/born", "/name", "/notes/1"]);
    }

    #[test]
    fn a_body_is_composed_whether_its_letters_are_escaped_or_not() {
        for body in ["{\"name\":\"Zoe\u{308}\"}", "{\"name\":\"Zoe\\u0308\"}"] {
            assert_eq!(&*composed(body.as_bytes()), "{\"name\":\"Zo\u{eb}\"}".as_bytes());
        }
        let twice = br#"{"name":"\u0041","name":"B"}"#;
        assert_eq!(&*composed(twice), twice);
    }
}
