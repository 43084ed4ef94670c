//! Windows: the stretches of a school's year that figures are given for.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The kinds of windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowKind {
    /// Monday to Sunday, when the school is open for at least one session.
    Week,
    /// A term up to its half-term break, or from it on.
    HalfTerm,
    /// A term.
    Term,
    /// From the first day of the first term.
    YearToDate,
}

/// The text is not a kind of window.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the window must be week, half_term, term or year_to_date")]
pub struct WindowKindError;

impl WindowKind {
    /// All kinds, shortest first.
    pub const ALL: [WindowKind; 4] =
        [WindowKind::Week, WindowKind::HalfTerm, WindowKind::Term, WindowKind::YearToDate];

    /// The kind of the windows that have such a key; `None` for what is no key.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if key == "year-to-date" {
            return Some(WindowKind::YearToDate);
        }
        if let Some((year, week)) = key.split_once("-W") {
            return (number(year) && number(week)).then_some(WindowKind::Week);
        }
        let (name, last) = key.rsplit_once('-')?;
        let kinds = [("half-term", WindowKind::HalfTerm), ("term", WindowKind::Term)];
        kinds.into_iter().find(|(kind, _)| *kind == name && number(last)).map(|(_, kind)| kind)
    }

    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            WindowKind::Week => "week",
            WindowKind::HalfTerm => "half_term",
            WindowKind::Term => "term",
            WindowKind::YearToDate => "year_to_date",
        }
    }
}

impl FromStr for WindowKind {
    type Err = WindowKindError;

    fn from_str(text: &str) -> Result<Self, WindowKindError> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or(WindowKindError)
    }
}

impl fmt::Display for WindowKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One window of one school's year, both days included.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Window {
    /// Its kind.
    pub kind: WindowKind,
    /// What names it across schools: `2025-W37` (the ISO week), `half-term-1`, `term-1`,
    /// `year-to-date`.
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
    #[must_use]
    pub fn contains(&self, date: NaiveDate) -> bool {
        self.from <= date && date <= self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_name() {
        for kind in WindowKind::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
            let wire = serde_json::to_string(&kind).unwrap();
            assert_eq!(wire, format!("\"{kind}\""));
        }
        assert_eq!("month".parse::<WindowKind>(), Err(WindowKindError));
    }

    #[test]
    fn every_window_has_a_key_of_its_kind() {
        let calendar = crate::calendar::example();
        for kind in WindowKind::ALL {
            for window in calendar.windows(kind) {
                assert_eq!(WindowKind::of_key(&window.key), Some(kind), "{}", window.key);
            }
        }
        for key in ["", "term", "term-", "term-x", "half-1", "year", "2026-W", "-W37", "week"] {
            assert_eq!(WindowKind::of_key(key), None, "{key}");
        }
    }
}
