//! What can be wrong with a calendar, found all at once and said in plain English.

use std::ops::RangeInclusive;

use chrono::NaiveDate;

use crate::{AcademicYear, CalendarProblem, Closure, NotDue, SchoolWeek, Term};

/// The year groups that a pupil can be placed in: nursery is -1, reception 0.
const YEAR_GROUPS: RangeInclusive<i8> = -2..=14;

/// Everything that is wrong; empty for a sound calendar.
pub(crate) fn problems(
    year: AcademicYear,
    terms: &[Term],
    closures: &[Closure],
    week: SchoolWeek,
    not_due: &[NotDue],
) -> Vec<CalendarProblem> {
    let mut found = Found { year, problems: Vec::new() };
    if week.sessions() == 0 {
        found.say("/week", "at least one half day on which the school is open");
    }
    if terms.is_empty() {
        found.say("/terms", "at least one term");
    }
    for (number, term) in terms.iter().enumerate() {
        found.check_term(&format!("/terms/{number}"), term);
    }
    for (number, pair) in terms.windows(2).enumerate() {
        if let [before, after] = pair
            && after.from <= before.to
        {
            let expected = format!("a date after {}, the last day of the term before", before.to);
            found.say(format!("/terms/{}/from", number + 1), expected);
        }
    }
    for (number, closure) in closures.iter().enumerate() {
        found.check_dates(&format!("/closures/{number}"), closure.from, closure.to);
    }
    for (number, not_due) in not_due.iter().enumerate() {
        let place = format!("/not_due/{number}");
        found.check_year_groups(&place, &not_due.year_groups);
        found.check_dates(&place, not_due.from, not_due.to);
    }
    found.problems
}

struct Found {
    year: AcademicYear,
    problems: Vec<CalendarProblem>,
}

impl Found {
    fn say(&mut self, place: impl Into<String>, expected: impl Into<String>) {
        self.problems.push(CalendarProblem { place: place.into(), expected: expected.into() });
    }

    fn check_term(&mut self, place: &str, term: &Term) {
        if term.name.trim().is_empty() {
            self.say(format!("{place}/name"), "a name, such as Autumn term");
        }
        self.check_dates(place, term.from, term.to);
        let Some(half_term) = term.half_term else { return };
        if half_term.from > half_term.to {
            let expected = format!("a date on or after {}", half_term.from);
            self.say(format!("{place}/half_term/to"), expected);
        }
        if half_term.from <= term.from {
            let expected = format!("a date after {}, the term's first day", term.from);
            self.say(format!("{place}/half_term/from"), expected);
        }
        if half_term.to >= term.to {
            let expected = format!("a date before {}, the term's last day", term.to);
            self.say(format!("{place}/half_term/to"), expected);
        }
    }

    /// At least one, and none that no pupil can be in.
    fn check_year_groups(&mut self, place: &str, year_groups: &[i8]) {
        if year_groups.is_empty() {
            self.say(format!("{place}/year_groups"), "at least one year group");
        }
        for (number, year_group) in year_groups.iter().enumerate() {
            if !YEAR_GROUPS.contains(year_group) {
                self.say(
                    format!("{place}/year_groups/{number}"),
                    "a year group from -2 to 14: -1 is nursery, 0 reception",
                );
            }
        }
    }

    /// Both dates in the academic year, and in order.
    fn check_dates(&mut self, place: &str, from: NaiveDate, to: NaiveDate) {
        for (name, date) in [("from", from), ("to", to)] {
            if !self.year.contains(date) {
                let (first, last) = (self.year.first_day(), self.year.last_day());
                self.say(format!("{place}/{name}"), format!("a date from {first} to {last}"));
            }
        }
        if from > to {
            self.say(format!("{place}/to"), format!("a date on or after {from}"));
        }
    }
}
