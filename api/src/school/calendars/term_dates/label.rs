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
const INSET: [&str; 12] = [
    "inset",
    "in-service",
    "training day",
    "staff training",
    "teacher training",
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
const HOLIDAY: [&str; 5] = ["holiday", "holidays", "vacation", "break", "recess"];
/// What else schools put into their calendars: a holiday club is no holiday.
const ACTIVITIES: [&str; 5] = ["club", "camp", "trip", "homework", "fixture"];
const SCHOOL: [&str; 3] = ["term day", "school day", "school week"];
const CLOSED: [&str; 5] = ["school closed", "closed to", "closure", "polling", "election"];

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
    if any(&ACTIVITIES) || (days == 1 && (any(&MARKERS) || any(&HALF_TERM))) {
        return None;
    }
    if any(&HALF_TERM) {
        return Some(EntryKind::Break(BreakKind::HalfTerm));
    }
    if any(&SCHOOL) {
        return Some(EntryKind::School);
    }
    let mut words = label.split(|c: char| !c.is_alphanumeric());
    if words.any(|word| HOLIDAY.contains(&word)) {
        return Some(break_of(&label));
    }
    if days > 1 && (label.ends_with("term") || label.starts_with("term ")) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_what_they_are_called_and_other_events_are_nothing() {
        let holiday = |kind| Some(EntryKind::Break(kind));
        for (label, days, kind) in [
            ("Spring Bank Holiday", 1, Some(EntryKind::BankHoliday)),
            ("Good Friday", 1, Some(EntryKind::BankHoliday)),
            ("INSET", 1, Some(EntryKind::Inset)),
            ("Staff training (non-pupil day)", 2, Some(EntryKind::Inset)),
            ("October half-term", 9, holiday(BreakKind::HalfTerm)),
            ("Spring half term holiday", 9, holiday(BreakKind::HalfTerm)),
            ("Christmas Holidays 2026", 16, holiday(BreakKind::BetweenTerms)),
            ("School holiday", 9, holiday(BreakKind::Unsaid)),
            ("Summer term", 60, Some(EntryKind::School)),
            ("Term 3", 30, Some(EntryKind::School)),
            ("Term day (Week 1)", 1, Some(EntryKind::School)),
            ("School closed: polling day", 1, Some(EntryKind::Closure)),
            ("Breakfast", 1, None),
            ("Holiday club", 5, None),
            ("Football training", 1, None),
            ("Half term homework", 9, None),
            ("Half term", 1, None),
            ("Summer term begins", 1, None),
            ("Last day before the holidays", 1, None),
            ("Summer term concert", 2, None),
            ("Library closed", 1, None),
            ("", 1, None),
        ] {
            assert_eq!(kind_of(label, days), kind, "{label}");
        }
    }
}
