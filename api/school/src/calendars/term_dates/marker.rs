//! Events that say when school begins and ends: `Autumn term begins`, `Back to school`, `Break up for Christmas`.

use chrono::{Datelike, NaiveDate, Weekday};

/// What an event marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// School begins, or begins again.
    FirstDay,
    /// School ends, for a holiday or for the year.
    LastDay,
    /// A holiday begins.
    BreakBegins,
    /// A holiday ends.
    BreakEnds,
}

const BEGINS: [&str; 16] = [
    "start",
    "starts",
    "starting",
    "begin",
    "begins",
    "beginning",
    "commence",
    "commences",
    "open",
    "opens",
    "reopen",
    "reopens",
    "resume",
    "resumes",
    "return",
    "returns",
];
const ENDS: [&str; 10] = [
    "end",
    "ends",
    "ending",
    "finish",
    "finishes",
    "finishing",
    "close",
    "closes",
    "closing",
    "closed",
];
const SCHOOL: [&str; 9] = [
    "school", "schools", "academy", "pupil", "pupils", "student", "students", "children", "lessons",
];
const HOLIDAY: [&str; 5] = ["holiday", "holidays", "vacation", "break", "hols"];
const SEASONS: [&str; 10] = [
    "autumn",
    "winter",
    "christmas",
    "xmas",
    "spring",
    "easter",
    "summer",
    "michaelmas",
    "lent",
    "trinity",
];
/// What else such an event may say.
const BESIDE: [&str; 47] = [
    "the",
    "a",
    "of",
    "for",
    "to",
    "in",
    "on",
    "at",
    "from",
    "and",
    "all",
    "term",
    "terms",
    "half",
    "halfterm",
    "day",
    "first",
    "last",
    "1st",
    "2nd",
    "second",
    "final",
    "new",
    "academic",
    "year",
    "years",
    "back",
    "after",
    "before",
    "up",
    "break",
    "breaks",
    "breaking",
    "re",
    "is",
    "am",
    "pm",
    "noon",
    "midday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "today",
    "staff",
    "inset",
];

/// Whether school begins or ends on the day of an event with this clause. `None` when the clause says anything else.
pub fn marker(clause: &[&str], day: NaiveDate) -> Option<Mark> {
    let known = |word: &&str| {
        let sets: [&[&str]; 6] = [&BEGINS, &ENDS, &SCHOOL, &HOLIDAY, &SEASONS, &BESIDE];
        sets.iter().any(|set| set.contains(word)) || is_time_or_number(word)
    };
    if !clause.iter().all(known) {
        return None;
    }
    let text = format!(" {} ", clause.join(" "));
    let has = |phrase: &str| text.contains(&format!(" {phrase} "));
    let any = |phrases: &[&str]| phrases.iter().any(|phrase| has(phrase));
    if any(&["break up", "breaks up", "breaking up"]) {
        return Some(Mark::LastDay);
    }
    let half_term = has("half term") || has("halfterm");
    let is_break = any(&HOLIDAY) || (half_term && !is_numbered(clause));
    let school = any(&SCHOOL);
    if any(&["return", "returns", "back", "reopen", "reopens", "re open", "resume", "resumes"]) {
        return (school || has("term") || has("day")).then_some(Mark::FirstDay);
    }
    let first = any(&BEGINS) || any(&["first day", "1st day"]);
    let last = any(&ENDS) || any(&["last day", "final day"]);
    let term = has("term") || has("academic year");
    match (first, last) {
        _ if has("closed") => None,
        (true, false) if is_break && !school && !has("after") => {
            break_begins(day, has("first day"))
        }
        (true, false) if school || term || any(&SEASONS) => Some(Mark::FirstDay),
        (false, true) if is_break && !school && !has("before") => {
            // The last day of half term may be a day of school or of the holiday.
            (any(&HOLIDAY) || !has("last day")).then_some(Mark::BreakEnds)
        }
        (false, true) if school || term || has("before") => Some(Mark::LastDay),
        _ => None,
    }
}

/// A holiday that begins on a Friday may do so when school is over that day.
fn break_begins(day: NaiveDate, first_day: bool) -> Option<Mark> {
    (first_day || day.weekday() != Weekday::Fri).then_some(Mark::BreakBegins)
}

/// `half term 2`, `first half`: a part of a term, not the holiday in it.
fn is_numbered(clause: &[&str]) -> bool {
    clause.windows(2).any(|pair| {
        let &[one, two] = pair else { return false };
        let number = |word: &str| word.len() == 1 && word.chars().all(|c| c.is_ascii_digit());
        (matches!(one, "term" | "halfterm") && number(two))
            || (matches!(one, "first" | "second" | "1st" | "2nd") && two == "half")
            || (SEASONS.contains(&one) && number(two))
    })
}

/// `2`, `2027`, `1.30pm`, `3rd`.
fn is_time_or_number(word: &str) -> bool {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ending = &word[digits.len()..];
    !digits.is_empty()
        && digits.chars().all(|c| c.is_ascii_digit())
        && matches!(ending, "" | "am" | "pm" | "st" | "nd" | "rd" | "th")
}
