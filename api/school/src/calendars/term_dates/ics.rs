//! Term dates from an iCalendar file (RFC 5545): each event is read on its own, and what one cannot be read for is said
//! with its line.

use super::hours::{HoursOverTime, Taken};
use super::label::{Meaning, without_place};
use super::lines::{Line, lines};
use super::marker::Mark;
use super::moment::{Moment, When, days};
use super::published::{
    BreakKind, DatesNoticeKind, Entry, EntryKind, Published, before, next, shown,
};

use base::prelude::*;

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

/// Reads a file. Errors: it is no iCalendar file.
pub fn read(file: &[u8], hours: &HoursOverTime) -> Result<Published> {
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
                    add(&mut published, event, hours);
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
fn add(published: &mut Published, event: Event, hours: &HoursOverTime) {
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
        days(start, end, hours).map_err(|expected| {
            (event.end.as_ref().map_or(event.number, |line| line.number), expected)
        })
    });
    match when {
        Ok(when) => {
            let (meaning, label) = without_place(&named, when.from, when.to);
            let (place, label) = (at(event.number), label.to_owned());
            Saying { published, place, named, label, when }.add(meaning);
        }
        Err((number, expected)) => {
            let text = format!("{named}: {expected} was expected.");
            published.not_understood(at(number), text);
        }
    }
}

/// An event whose days are known, to be added to what the file says.
struct Saying<'a> {
    published: &'a mut Published,
    place: String,
    named: String,
    /// Without the place before it.
    label: String,
    when: When,
}

impl Saying<'_> {
    fn add(mut self, meaning: Meaning) {
        let When { from, to, taken } = self.when;
        match meaning {
            Meaning::Is(kind) => self.days(kind, Vec::new()),
            Meaning::Perhaps(kind) => {
                self.ask(
                    "Some words of this are not known, and it is taken for what the others say",
                );
                self.days(kind, Vec::new());
            }
            Meaning::For(kind, year_groups) => match kind {
                EntryKind::Inset | EntryKind::Closure | EntryKind::Break(BreakKind::Unsaid) => {
                    self.ask("This is proposed for the year groups alone that it names, who are not due then");
                    self.days(kind, year_groups);
                }
                _ => self.doubt(),
            },
            Meaning::Marks(Mark::FirstDay) => self.entry(EntryKind::FirstDay, from, from),
            Meaning::Marks(Mark::LastDay) => self.entry(EntryKind::LastDay, to, to),
            // A holiday that begins when pupils have gone begins on the day after.
            Meaning::Marks(Mark::BreakBegins) if taken == Taken::Nothing => {
                self.entry(EntryKind::LastDay, from, from);
            }
            Meaning::Marks(Mark::BreakBegins) => {
                self.entry(EntryKind::LastDay, before(from), before(from));
            }
            Meaning::Marks(Mark::BreakEnds) => self.entry(EntryKind::FirstDay, next(to), next(to)),
            Meaning::BeginsWithInset => {
                self.entry(EntryKind::FirstDay, from, from);
                self.days(EntryKind::Inset, Vec::new());
            }
            Meaning::Term => {
                self.entry(EntryKind::FirstDay, from, from);
                self.entry(EntryKind::LastDay, to, to);
            }
            Meaning::Doubt => self.doubt(),
            Meaning::Nothing => {
                let text = format!(
                    "It cannot be told whether these are days of school or not: {}.",
                    self.named
                );
                self.published.not_understood(&*self.place, text);
            }
        }
    }

    /// Days of some kind, unless the event takes none.
    fn days(&mut self, kind: EntryKind, year_groups: Vec<i8>) {
        match self.when.taken {
            Taken::Day | Taken::Half(_) => {}
            Taken::Nothing => {
                let text =
                    format!("Outside the school's hours, it closes nothing: {}.", self.named);
                return self.published.not_understood(&*self.place, text);
            }
            Taken::Little => {
                return self.ask("It takes less than half of a session, and is left out: is the school closed then?");
            }
        }
        let (from, to) = (self.when.from, self.when.to);
        self.entry(kind, from, to);
        if let Some(entry) = self.published.entries.last_mut() {
            entry.session = self.when.session();
            entry.year_groups = year_groups;
        }
    }

    fn entry(&mut self, kind: EntryKind, from: NaiveDate, to: NaiveDate) {
        let (place, year_groups, label) = (self.place.clone(), Vec::new(), self.label.clone());
        let entry = Entry { place, kind, from, to, session: None, year_groups, label };
        self.published.entries.push(entry);
    }

    fn doubt(&mut self) {
        self.ask("Whether the school is closed then only the school can say; the calendar has nothing of it");
    }

    fn ask(&mut self, text: &str) {
        let (place, text) = (self.place.clone(), format!("{text}: {}.", self.named));
        self.published.say(place, DatesNoticeKind::Asked, text);
    }
}
