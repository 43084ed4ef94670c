//! Term dates from an iCalendar file (RFC 5545): each event is read on its own, and what one cannot be read for is said
//! with its line.

use super::label::{kind_of, without_place};
use super::lines::{Line, lines};
use super::moment::{Moment, days};
use super::published::{Entry, Published, shown};
use crate::base::problem::{Kind, Problem};

/// An event, as far as term dates are concerned.
#[derive(Default)]
struct Event {
    /// The line of its BEGIN.
    number: usize,
    /// How many components it lies in.
    depth: usize,
    summary: String,
    start: Option<Line>,
    end: Option<Line>,
    duration: Option<String>,
    /// What makes it repeat.
    repeats: Option<(usize, String)>,
    cancelled: bool,
}

/// Reads a file.
///
/// # Errors
/// It is no iCalendar file.
pub fn read(file: &str) -> Result<Published, Problem> {
    let mut published = Published::default();
    let mut inside: Vec<String> = Vec::new();
    let mut event: Option<Event> = None;
    let mut begun = false;
    for line in lines(file) {
        let line = match line {
            Ok(line) => line,
            Err(number) if begun => {
                published
                    .not_understood(at(number), "This is no property: NAME:VALUE was expected.");
                continue;
            }
            Err(_) => return Err(no_calendar()),
        };
        let begins = line.name == "BEGIN" && line.value.trim().eq_ignore_ascii_case("VCALENDAR");
        if !begun && !begins {
            return Err(no_calendar());
        }
        begun = true;
        match line.name.as_str() {
            "BEGIN" => {
                let component = line.value.trim().to_ascii_uppercase();
                if component == "VEVENT" && event.is_none() {
                    let (number, depth) = (line.number, inside.len());
                    event = Some(Event { number, depth, ..Event::default() });
                }
                inside.push(component);
            }
            "END" => {
                let component = line.value.trim().to_ascii_uppercase();
                if inside.last() != Some(&component) {
                    let text = format!("END:{} ends nothing that has begun.", shown(&component));
                    published.not_understood(at(line.number), text);
                    continue;
                }
                inside.pop();
                if let Some(event) = event.take_if(|event| inside.len() == event.depth) {
                    add(&mut published, event);
                }
            }
            // Properties of the event itself, and not of an alarm inside it.
            _ => {
                if let Some(event) = event.as_mut().filter(|event| inside.len() == event.depth + 1)
                {
                    event.take(line);
                }
            }
        }
    }
    if let Some(event) = event {
        published
            .not_understood(at(event.number), "This event does not end: END:VEVENT is missing.");
    }
    if begun { Ok(published) } else { Err(no_calendar()) }
}

fn no_calendar() -> Problem {
    Problem::at(Kind::BadBody, "", "an iCalendar file, which begins with BEGIN:VCALENDAR")
}

fn at(number: usize) -> String {
    format!("line {number}")
}

impl Event {
    /// Takes a property.
    fn take(&mut self, line: Line) {
        match line.name.as_str() {
            "SUMMARY" => self.summary = line.text(),
            "DTSTART" => self.start = Some(line),
            "DTEND" => self.end = Some(line),
            "DURATION" => self.duration = Some(line.value),
            "RRULE" | "RDATE" | "EXRULE" => self.repeats = Some((line.number, line.name)),
            "STATUS" => self.cancelled = line.value.trim().eq_ignore_ascii_case("CANCELLED"),
            _ => {}
        }
    }

    /// When it begins and ends.
    fn moments(&self) -> Result<(Moment, Option<Moment>), (usize, String)> {
        let read = |line: &Line| Moment::read(line).map_err(|expected| (line.number, expected));
        let Some(start) = &self.start else {
            return Err((self.number, "a first day (DTSTART)".to_owned()));
        };
        let begins = read(start)?;
        let ends = match (&self.end, &self.duration) {
            (Some(end), _) => Some(read(end)?),
            (None, Some(duration)) => {
                Some(begins.after(duration).map_err(|expected| (start.number, expected))?)
            }
            (None, None) => None,
        };
        Ok((begins, ends))
    }
}

/// Adds what an event says, or why it says nothing.
fn add(published: &mut Published, event: Event) {
    let summary = shown(&event.summary);
    let named = if summary.is_empty() { "an event without SUMMARY".to_owned() } else { summary };
    if event.cancelled {
        return published
            .not_understood(at(event.number), format!("Cancelled, and left out: {named}."));
    }
    if let Some((number, name)) = &event.repeats {
        let text = format!(
            "A repeating event ({name}) is not read: write each of its days as an event of its own. It is: {named}."
        );
        return published.not_understood(at(*number), text);
    }
    let when = event.moments().and_then(|(start, end)| {
        days(start, end).map_err(|expected| {
            (event.end.as_ref().map_or(event.number, |line| line.number), expected)
        })
    });
    let (from, to, session) = match when {
        Ok(when) => when,
        Err((number, expected)) => {
            let text = format!("{named}: {expected} was expected.");
            return published.not_understood(at(number), text);
        }
    };
    let count = usize::try_from((to - from).num_days() + 1).unwrap_or(usize::MAX);
    let label = without_place(&named);
    match kind_of(label, count) {
        Some(kind) => {
            let (place, label) = (at(event.number), label.to_owned());
            published.entries.push(Entry { place, kind, from, to, session, label });
        }
        None => published.not_understood(
            at(event.number),
            format!("It cannot be told whether these are days of school or not: {named}."),
        ),
    }
}
