//! Term dates from JSON in the form that open data of councils and schools has them in: an array of academic years,
//! each with its holidays, bank holidays and days of school, and the days of training beside them.

use serde_json::Map;

use super::label::{Meaning, break_of, meaning};
use super::published::{Entry, EntryKind, Published, shown};
use base::http::json;
use base::prelude::*;

/// Members that say nothing about the days, or nothing that the years do not say themselves.
const NOTHING_MORE: [&str; 4] = ["generated_at", "source", "school", "all_schooldays"];

/// Published term dates.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TermDates {
    /// The years.
    academic_years: Vec<PublishedYear>,
    /// Days of training, of all years.
    #[serde(default)]
    pd_days: Vec<PublishedDay>,
    #[serde(flatten)]
    #[schema(ignore)]
    others: Map<String, Value>,
}

/// A published year.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PublishedYear {
    /// Such as `2026-27`.
    #[schema(example = "2026-27")]
    name: String,
    /// Whether it may still change.
    #[serde(default)]
    provisional: bool,
    /// Bank holidays.
    #[serde(default)]
    #[schema(example = json!(["2027-05-03"]))]
    bank_holidays: Vec<String>,
    /// Holidays, both ends included.
    #[serde(default)]
    school_holidays: Vec<PublishedHoliday>,
    /// The days of school.
    #[serde(default)]
    dates: Vec<PublishedDay>,
    #[serde(flatten)]
    #[schema(ignore)]
    others: Map<String, Value>,
}

/// A published holiday.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PublishedHoliday {
    /// First day.
    #[schema(example = "2026-10-24")]
    start: String,
    /// Last day.
    #[schema(example = "2026-11-01")]
    end: String,
    /// What it is called.
    #[serde(default)]
    #[schema(example = "October half-term")]
    label: String,
}

/// A published day.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PublishedDay {
    /// The day.
    #[schema(example = "2026-09-01")]
    date: String,
    /// What it is called.
    #[serde(default)]
    #[schema(example = "INSET day")]
    label: String,
}

/// Reads the days of one academic year. Errors: it is not that form of JSON, or has no such year.
pub fn read(bytes: &[u8], year: AcademicYear) -> Result<Published> {
    let file: TermDates = json::read(bytes)?;
    let wanted = year.number().to_string();
    let Some(at) = file.academic_years.iter().position(|one| one.name.starts_with(&wanted)) else {
        let there: Vec<String> = file.academic_years.iter().map(|one| shown(&one.name)).collect();
        return Err(Problem::at(
            Kind::Invalid,
            "/academic_years",
            format!("the year {}; the file has {}", year.label(), listed(&there)),
        ));
    };
    let mut published = Published::default();
    for name in file.others.keys().filter(|name| !NOTHING_MORE.contains(&name.as_str())) {
        published.not_understood(
            format!("/{}", shown(name)),
            "This member is not known, and was left out.",
        );
    }
    let place = format!("/academic_years/{at}");
    if let Some(one) = file.academic_years.get(at) {
        read_year(&mut published, one, &place);
    }
    for (number, day) in file.pd_days.iter().enumerate() {
        let place = format!("/pd_days/{number}");
        add(&mut published, &place, EntryKind::Inset, (&day.date, &day.date), &day.label);
    }
    Ok(published)
}

fn read_year(published: &mut Published, year: &PublishedYear, place: &str) {
    if year.provisional {
        published.not_understood(
            format!("{place}/provisional"),
            "The dates of this year are provisional: they may still change.",
        );
    }
    for name in year.others.keys() {
        let place = format!("{place}/{}", shown(name));
        published.not_understood(place, "This member is not known, and was left out.");
    }
    for (number, holiday) in year.school_holidays.iter().enumerate() {
        let place = format!("{place}/school_holidays/{number}");
        let days = (&*holiday.start, &*holiday.end);
        add(published, &place, break_of(&holiday.label), days, &holiday.label);
    }
    for (number, day) in year.bank_holidays.iter().enumerate() {
        let place = format!("{place}/bank_holidays/{number}");
        add(published, &place, EntryKind::BankHoliday, (day, day), "Bank holiday");
    }
    for (number, day) in year.dates.iter().enumerate() {
        let place = format!("{place}/dates/{number}");
        add(published, &place, EntryKind::School, (&day.date, &day.date), &day.label);
    }
}

fn add(published: &mut Published, place: &str, kind: EntryKind, days: (&str, &str), label: &str) {
    let read = |text: &str| text.parse::<NaiveDate>().ok();
    let (Some(from), Some(to)) = (read(days.0), read(days.1)) else {
        return published.not_understood(place, "A date such as 2026-11-18 was expected.");
    };
    if to < from {
        return published
            .not_understood(place, "An end that is not before the start was expected.");
    }
    let (place, label) = (place.to_owned(), shown(label));
    let year_groups = match meaning(&label, from, to) {
        Meaning::For(EntryKind::Inset, year_groups) if kind == EntryKind::Inset => year_groups,
        _ => Vec::new(),
    };
    published.entries.push(Entry { place, kind, from, to, session: None, year_groups, label });
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
