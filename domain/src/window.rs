//! Windows: the stretches of a school's year that figures are given for.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::words;

words! {
    /// The kinds of windows.
    WindowKind {
        Week = "week": "Monday to Sunday, when the school is open for at least one session",
        HalfTerm = "half_term": "a term up to its half-term break, or from it on",
        Term = "term": "a term",
        YearToDate = "year_to_date": "from the first day of the first term",
    }
}

impl WindowKind {
    /// The kind of the windows that have such a key; `None` for what is no key.
    pub fn of_key(key: &str) -> Option<Self> {
        let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if key == "year-to-date" {
            return Some(WindowKind::YearToDate);
        }
        if let Some((year, week)) = key.split_once("-W") {
            return (number(year) && number(week)).then_some(WindowKind::Week);
        }
        let (key, of) = key.split_once("-of-").unwrap_or((key, "0"));
        let (name, last) = key.rsplit_once('-').filter(|_| number(of))?;
        let kinds = [("half-term", WindowKind::HalfTerm), ("term", WindowKind::Term)];
        kinds.into_iter().find(|(kind, _)| *kind == name && number(last)).map(|(_, kind)| kind)
    }
}

/// One window of one school's year, both days included.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Window {
    /// Its kind.
    pub kind: WindowKind,
    /// What names it: `2025-W37` (the ISO week), `half-term-1`, `term-1`, `year-to-date`; beside other schools'
    /// windows `term-2-of-6` in a year that has not three terms.
    pub key: String,
    /// What people call it: `week of 8 September 2025`, `Autumn term, first half`.
    pub label: String,
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day.
    pub to: NaiveDate,
}

impl Window {
    /// Whether the date lies in the window.
    pub fn contains(&self, date: NaiveDate) -> bool {
        self.from <= date && date <= self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_window_has_a_key_of_its_kind() {
        let calendar = crate::calendar::example();
        for kind in WindowKind::ALL {
            for window in calendar.windows(kind) {
                assert_eq!(WindowKind::of_key(&window.key), Some(kind), "{}", window.key);
            }
        }
        for key in ["half-term-4-of-4", "half-term-12-of-12"] {
            assert_eq!(WindowKind::of_key(key), Some(WindowKind::HalfTerm));
        }
        assert_eq!(WindowKind::of_key("term-2-of-6"), Some(WindowKind::Term));
        for key in ["", "term", "term-", "term-x", "half-1", "year", "2026-W", "-W37", "week"] {
            assert_eq!(WindowKind::of_key(key), None, "{key}");
        }
        for key in ["term-2-of-", "term-2-of-x", "term-of-2", "term-2-of-3-of-4"] {
            assert_eq!(WindowKind::of_key(key), None, "{key}");
        }
    }
}
