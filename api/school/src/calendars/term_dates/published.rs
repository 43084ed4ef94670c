//! What a file of term dates says, entry by entry, before a calendar is made of it.

use base::words;
use chrono::{Datelike, Days, NaiveDate, Weekday};
use domain::Session;
use serde::Serialize;
use utoipa::ToSchema;

/// The most characters of a file that are repeated.
const LONGEST: usize = 100;

/// What a file says.
#[derive(Debug, Default)]
pub struct Published {
    /// In the order of the file.
    pub entries: Vec<Entry>,
    /// What is not understood.
    pub notices: Vec<DatesNotice>,
}

/// Some days of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it stands.
    pub place: String,
    /// What the days are.
    pub kind: EntryKind,
    /// First day.
    pub from: NaiveDate,
    /// Last day, not before the first.
    pub to: NaiveDate,
    /// Only this half of the day.
    pub session: Option<Session>,
    /// Only these year groups; when empty, the whole school.
    pub year_groups: Vec<i8>,
    /// What the file calls it, without the name of the place before it.
    pub label: String,
}

/// What published days are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// Days of school in a list of all of them.
    School,
    /// The first day after a holiday.
    FirstDay,
    /// The last day before a holiday.
    LastDay,
    /// A holiday.
    Break(BreakKind),
    /// A bank holiday.
    BankHoliday,
    /// In-service training: pupils do not come.
    Inset,
    /// Closed for another reason.
    Closure,
}

/// What a holiday comes between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakKind {
    /// The two halves of a term.
    HalfTerm,
    /// Two terms.
    BetweenTerms,
    /// The file does not say.
    Unsaid,
}

/// Something that a person should look at before the calendar is put.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DatesNotice {
    /// Where: `line 12` of an ICS file, a JSON pointer; absent when it is about the whole file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "line 12")]
    pub place: Option<String>,
    /// What it is.
    pub kind: DatesNoticeKind,
    /// In plain English.
    #[schema(
        example = "A repeating event (RRULE) is not read: write each of its days as an event of its own."
    )]
    pub text: String,
}

words! {
    /// What a notice about term dates says.
    DatesNoticeKind {
        NotUnderstood = "not_understood": "something in the file was left out",
        Assumed = "assumed": "the file leaves something open, and this was taken for it",
        Contradicts = "contradicts": "the file says two things that do not agree",
        Asked = "asked": "only the school can say; what the calendar has there until then stands in for the answer",
    }
}

impl Published {
    /// Says that something was left out.
    pub fn not_understood(&mut self, place: impl Into<String>, text: impl Into<String>) {
        self.say(place, DatesNoticeKind::NotUnderstood, text);
    }

    /// Says something about a place of the file.
    pub fn say(
        &mut self,
        place: impl Into<String>,
        kind: DatesNoticeKind,
        text: impl Into<String>,
    ) {
        self.notices.push(DatesNotice { place: Some(place.into()), kind, text: text.into() });
    }
}

/// A piece of a file as it may be repeated: on one line, and not too long.
pub fn shown(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let plain: String = plain.collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect()
}

/// The days from Monday to Friday of a stretch, both ends included.
pub fn weekdays(from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let days = from.iter_days().take_while(move |date| *date <= to);
    days.filter(|date| !matches!(date.weekday(), Weekday::Sat | Weekday::Sun))
}

/// The day after.
pub fn next(date: NaiveDate) -> NaiveDate {
    date.checked_add_days(Days::new(1)).unwrap_or(date)
}

/// The day before.
pub fn before(date: NaiveDate) -> NaiveDate {
    date.checked_sub_days(Days::new(1)).unwrap_or(date)
}
