//! What days are, by what a council or school calls them.

use super::published::{BreakKind, EntryKind};

/// Events of one day that mark where something begins or ends. Which days lie between, only a person can say.
const MARKERS: [&str; 10] = [
    "starts",
    "begins",
    "ends",
    "finishes",
    "first day",
    "last day",
    "return",
    "break up",
    "breaks up",
    "reopen",
];

const BANK_HOLIDAYS: [&str; 9] = [
    "bank holiday",
    "public holiday",
    "good friday",
    "easter monday",
    "christmas day",
    "boxing day",
    "new year's day",
    "new year\u{2019}s day",
    "may day",
];

/// In-service training under the names that it has: also days whose training was given on evenings instead.
const INSET: [&str; 10] = [
    "inset",
    "in-service",
    "training",
    "pd day",
    "professional development",
    "staff day",
    "disaggregated",
    "twilight",
    "non-pupil",
    "non pupil",
];

const HALF_TERM: [&str; 3] = ["half term", "half-term", "halfterm"];
const SEASONS: [&str; 5] = ["christmas", "winter", "easter", "spring", "summer"];
const HOLIDAY: [&str; 4] = ["holiday", "vacation", "break", "recess"];
const SCHOOL: [&str; 3] = ["term day", "school day", "school week"];
const CLOSED: [&str; 4] = ["closed", "closure", "polling", "election"];

/// What days with this label are; `None` when it cannot be told.
pub fn kind_of(label: &str, days: usize) -> Option<EntryKind> {
    let label = label.to_lowercase();
    let any = |words: &[&str]| words.iter().any(|word| label.contains(word));
    if any(&BANK_HOLIDAYS) {
        return Some(EntryKind::BankHoliday);
    }
    if any(&INSET) {
        return Some(EntryKind::Inset);
    }
    if days == 1 && any(&MARKERS) {
        return None;
    }
    if any(&HALF_TERM) {
        return Some(EntryKind::Break(BreakKind::HalfTerm));
    }
    if any(&SCHOOL) {
        return Some(EntryKind::School);
    }
    if any(&HOLIDAY) {
        return Some(break_of(&label));
    }
    if label.contains("term") && days > 1 {
        return Some(EntryKind::School);
    }
    any(&CLOSED).then_some(EntryKind::Closure)
}

/// A holiday with this label: one named by its season comes between terms.
pub fn break_of(label: &str) -> EntryKind {
    let label = label.to_lowercase();
    let any = |words: &[&str]| words.iter().any(|word| label.contains(word));
    EntryKind::Break(if any(&HALF_TERM) {
        BreakKind::HalfTerm
    } else if any(&SEASONS) {
        BreakKind::BetweenTerms
    } else {
        BreakKind::Unsaid
    })
}

/// A label without the name of the place before it: `Sheffield: INSET day` is `INSET day`.
pub fn without_place(label: &str) -> &str {
    label.rsplit_once(": ").map_or(label, |(_, label)| label).trim()
}
