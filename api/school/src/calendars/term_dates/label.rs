//! What days are, by what a council or school calls them. Words decide, all of them: a training day for football is
//! none for teachers, and a week of walking to school is no school week.

use chrono::{Datelike, NaiveDate};

use super::clause::{Label, Part, part};
use super::marker::{Mark, marker};
use super::published::{BreakKind, EntryKind, weekdays};
use super::words::*;

/// What a label says of its days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// They are of this kind.
    Is(EntryKind),
    /// They are of this kind, though some of the label's words are not known.
    Perhaps(EntryKind),
    /// They are of this kind for these year groups alone.
    For(EntryKind, Vec<i8>),
    /// School begins or ends.
    Marks(Mark),
    /// School begins, with a day on which pupils do not come.
    BeginsWithInset,
    /// A whole term: it has its first and its last day.
    Term,
    /// Something in the label says that what it names is not so, or not for all.
    Doubt,
    /// It cannot be told.
    Nothing,
}

/// A holiday of fewer days from Monday to Friday is said in full, or it is doubted.
const SHORT: usize = 3;
/// What is called a term and has fewer days from Monday to Friday is something in a term.
const SHORTEST_TERM: usize = 15;

/// What the days from one to another are, by their label.
pub fn meaning(label: &str, from: NaiveDate, to: NaiveDate) -> Meaning {
    let asks = label.contains('?');
    let label = Label::of(label);
    let words = label.words();
    let text = format!(" {} ", words.join(" "));
    let says = Says { words: &words, text: &text, count: weekdays(from, to).count() };
    let part = part(&words);
    if asks || says.any(&TAKEN_BACK) {
        return says.kind(from).map_or(Meaning::Nothing, |_| Meaning::Doubt);
    }
    if (to - from).num_days() < 5
        && let Some(mark) = mark_of(&label, from)
    {
        return says.marked(mark, &part);
    }
    let whole = part == Part::Whole;
    if whole && says.is_term(&label) && !says.is_season(from) && says.count >= SHORTEST_TERM {
        return Meaning::Term;
    }
    if says.is_school_day() {
        return Meaning::Is(EntryKind::School);
    }
    let Some(kind) = says.kind(from) else { return Meaning::Nothing };
    // A summer holiday of one day is the day on which it begins.
    let begins = kind == EntryKind::Break(BreakKind::BetweenTerms) && from.month() == 7;
    if begins && whole && from == to && says.is_known() {
        return Meaning::Marks(Mark::BreakBegins);
    }
    if label.has_time && kind == EntryKind::Inset { Meaning::Doubt } else { says.judge(kind, part) }
}

/// What the label, or one of its clauses, marks.
fn mark_of(label: &Label, day: NaiveDate) -> Option<Mark> {
    let clauses = label.clauses.iter();
    let mut clauses = clauses.map(|clause| clause.iter().map(String::as_str).collect::<Vec<_>>());
    marker(&label.words(), day).or_else(|| clauses.find_map(|clause| marker(&clause, day)))
}

/// A label that is looked at.
struct Says<'a> {
    words: &'a [&'a str],
    /// The words with a space around each.
    text: &'a str,
    /// Its days from Monday to Friday.
    count: usize,
}

impl Says<'_> {
    fn has(&self, phrase: &str) -> bool {
        self.text.contains(&format!(" {phrase} "))
    }

    fn any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.has(phrase))
    }

    /// Whether all of its words are plain ones, seasons, months and numbers, or of these.
    fn only(&self, more: &[&[&str]]) -> bool {
        self.words.iter().all(|word| is_plain(word) || more.iter().any(|set| set.contains(word)))
    }

    /// What its strongest words say.
    fn kind(&self, from: NaiveDate) -> Option<EntryKind> {
        let half_term = EntryKind::Break(BreakKind::HalfTerm);
        if self.any(&BANK) {
            // A week that is named by its bank holiday is a holiday.
            return Some(if self.count < SHORT { EntryKind::BankHoliday } else { half_term });
        }
        if self.any(&INSET) || self.any(&TRAINING) || (self.has("twilight") && self.has("day")) {
            return Some(EntryKind::Inset);
        }
        if self.any(&OCCASIONAL) {
            return Some(EntryKind::Closure);
        }
        if self.any(&HALF_TERM) {
            return Some(half_term);
        }
        if self.any(&HOLIDAY) || (self.count >= SHORT && self.is_season(from)) {
            return Some(break_of(self.text));
        }
        self.any(&CLOSED).then_some(EntryKind::Closure)
    }

    /// `Easter`, and nothing more; `Summer` when it is one of no school.
    fn is_season(&self, from: NaiveDate) -> bool {
        let is = |season: &str| self.has(season) && self.only(&[&SEASONS]);
        let in_summer = from.month() == 8 || (from.month() == 7 && from.day() >= 10);
        is("christmas") || is("xmas") || is("easter") || (is("summer") && in_summer)
    }

    /// Whether all of its words are known.
    fn is_known(&self) -> bool {
        self.only(&[&HOLIDAY, &SEASONS, &ABOUT_TRAINING, &OF_BANK_HOLIDAYS])
    }

    /// What an event is that marks something: what concerns a part of the school, or staff alone, marks nothing.
    fn marked(&self, mark: Mark, part: &Part) -> Meaning {
        match mark {
            _ if *part != Part::Whole => Meaning::Doubt,
            Mark::FirstDay if self.any(&INSET) => Meaning::BeginsWithInset,
            _ if self.any(&INSET) => Meaning::Is(EntryKind::Inset),
            _ if self.has("staff") || self.has("teachers") => Meaning::Doubt,
            _ => Meaning::Marks(mark),
        }
    }

    /// How sure it is, and for whom.
    fn judge(&self, kind: EntryKind, part: Part) -> Meaning {
        let in_an_evening = self.has("twilight") && !self.has("day") && !self.has("disaggregated");
        if self.any(&NEGATED) || self.any(&ACTIVITIES) || in_an_evening {
            return Meaning::Doubt;
        }
        match part {
            Part::YearGroups(groups) => return Meaning::For(kind, groups),
            Part::Unknown => return Meaning::Doubt,
            Part::Whole => {}
        }
        let named = [BreakKind::HalfTerm, BreakKind::BetweenTerms].map(EntryKind::Break);
        match kind {
            _ if self.count == 1 && named.contains(&kind) => Meaning::Doubt,
            _ if self.is_known() => Meaning::Is(kind),
            // A day off is one, whatever the reason that the label gives.
            EntryKind::BankHoliday | EntryKind::Closure => Meaning::Is(kind),
            EntryKind::Inset if self.any(&INSET) => Meaning::Perhaps(kind),
            EntryKind::Break(_) if self.count >= SHORT => Meaning::Perhaps(kind),
            _ => Meaning::Doubt,
        }
    }

    /// `Summer term`, `Term 3`, `Spring term 2027`, `Autumn 1`: the days of a term, perhaps with a place before it.
    fn is_term(&self, label: &Label) -> bool {
        let Some(last) = label.clauses.last() else { return false };
        let plain = last.iter().all(|word| is_plain(word) || SEASONS.contains(&word.as_str()));
        let named = last.iter().any(|word| word == "term")
            || last.iter().any(|word| SEASONS.contains(&word.as_str()));
        let is_break = last.iter().any(|word| HOLIDAY.contains(&word.as_str()));
        let in_front = label.clauses.len() <= 2 && !self.any(&ACTIVITIES);
        plain && named && !is_break && in_front
    }

    /// One day of a list of all days of school.
    fn is_school_day(&self) -> bool {
        (self.has("term day") || self.has("school day")) && self.only(&[]) && self.count <= 5
    }
}

fn is_plain(word: &str) -> bool {
    PLAIN.contains(&word)
        || MONTHS.contains(&word)
        || word == "-"
        || word.chars().all(|c| c.is_ascii_digit())
}

/// A holiday with this label: one named by its season comes between terms.
pub fn break_of(label: &str) -> EntryKind {
    let label = label.to_lowercase();
    let any = |words: &[&str]| words.iter().any(|word| label.contains(word));
    EntryKind::Break(if any(&["half term", "half-term", "halfterm"]) {
        BreakKind::HalfTerm
    } else if any(&SEASONS[..6]) {
        BreakKind::BetweenTerms
    } else {
        BreakKind::Unsaid
    })
}

/// What the days are, and the label without the name of the place before it: `Sheffield: INSET day` is `INSET day`.
pub fn without_place(label: &str, from: NaiveDate, to: NaiveDate) -> (Meaning, &str) {
    let whole = (meaning(label, from, to), label);
    let Some((place, rest)) = label.rsplit_once(": ") else { return whole };
    let words = Label::of(place);
    let names_more =
        words.words().iter().any(|word| ACTIVITIES.contains(word) || TAKEN_BACK.contains(word));
    let is_place = !names_more
        && part(&words.words()) == Part::Whole
        && meaning(place, from, to) == Meaning::Nothing;
    match meaning(rest, from, to) {
        Meaning::Nothing => whole,
        meaning if is_place => (meaning, rest.trim()),
        _ => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(label: &str, days: i64) -> Meaning {
        // A Thursday in October.
        let from = NaiveDate::from_ymd_opt(2026, 10, 8).unwrap();
        meaning(label, from, from + chrono::TimeDelta::days(days - 1))
    }

    #[test]
    fn days_are_what_they_are_called_and_other_events_are_nothing() {
        let holiday = |kind| Meaning::Is(EntryKind::Break(kind));
        for (label, days, expected) in [
            ("Spring Bank Holiday", 1, Meaning::Is(EntryKind::BankHoliday)),
            ("Good Friday", 1, Meaning::Is(EntryKind::BankHoliday)),
            ("New Year\u{2019}s Day", 1, Meaning::Is(EntryKind::BankHoliday)),
            ("Bank holiday (coronation)", 1, Meaning::Is(EntryKind::BankHoliday)),
            ("Spring Bank Holiday", 7, holiday(BreakKind::HalfTerm)),
            ("INSET", 1, Meaning::Is(EntryKind::Inset)),
            ("Staff training (non-pupil day)", 2, Meaning::Is(EntryKind::Inset)),
            ("Staff development day", 1, Meaning::Is(EntryKind::Inset)),
            ("INSET day (twilight)", 1, Meaning::Is(EntryKind::Inset)),
            ("INSET caf\u{e9}", 1, Meaning::Perhaps(EntryKind::Inset)),
            ("Occasional day", 1, Meaning::Is(EntryKind::Closure)),
            ("October half-term", 9, holiday(BreakKind::HalfTerm)),
            ("Spring half term holiday", 9, holiday(BreakKind::HalfTerm)),
            ("Christmas Holidays 2026", 16, holiday(BreakKind::BetweenTerms)),
            ("Easter", 16, holiday(BreakKind::BetweenTerms)),
            ("School holiday", 9, holiday(BreakKind::Unsaid)),
            ("Summer term", 60, Meaning::Term),
            ("Term 3", 30, Meaning::Term),
            ("Term day (Week 1)", 1, Meaning::Is(EntryKind::School)),
            ("School closed: polling day", 1, Meaning::Is(EntryKind::Closure)),
            ("Breakfast", 1, Meaning::Nothing),
            ("Football training", 1, Meaning::Nothing),
            ("Summer term concert", 2, Meaning::Nothing),
            ("Library closed", 1, Meaning::Nothing),
            ("Student council election", 1, Meaning::Nothing),
            ("Walk to school week", 5, Meaning::Nothing),
            ("Whole school day out", 1, Meaning::Nothing),
            ("Year 11 exams - Summer Term", 12, Meaning::Nothing),
            ("Last week of Summer term", 5, Meaning::Nothing),
            ("Back to school night", 1, Meaning::Nothing),
            ("", 1, Meaning::Nothing),
            ("Holiday club", 5, Meaning::Doubt),
            ("Half term homework", 9, Meaning::Doubt),
            ("Half term", 1, Meaning::Doubt),
            ("No INSET today", 1, Meaning::Doubt),
            ("INSET day cancelled", 1, Meaning::Doubt),
            ("Break time change", 1, Meaning::Doubt),
            ("Training day (football)", 1, Meaning::Doubt),
            ("Training day (chess)", 1, Meaning::Doubt),
            ("Twilight INSET", 1, Meaning::Doubt),
            ("Staff training 07:45", 1, Meaning::Doubt),
            ("Holiday information evening", 1, Meaning::Doubt),
        ] {
            assert_eq!(of(label, days), expected, "{label}");
        }
        let day = NaiveDate::from_ymd_opt(2026, 10, 8).unwrap();
        let inset = Meaning::Is(EntryKind::Inset);
        assert_eq!(without_place("Elm Road: INSET day 2", day, day), (inset, "INSET day 2"));
        let closed = "School closed: polling day";
        assert_eq!(without_place(closed, day, day).1, closed);
        for (label, groups) in [("Inset day - Nursery only", vec![-1]), ("Year 7 INSET", vec![7])] {
            assert_eq!(of(label, 1), Meaning::For(EntryKind::Inset, groups), "{label}");
        }
    }

    #[test]
    fn words_say_when_school_begins_and_ends() {
        for (label, mark) in [
            ("Summer term begins", Mark::FirstDay),
            ("Autumn Term first day", Mark::FirstDay),
            ("Autumn term: first day", Mark::FirstDay),
            ("First day of term", Mark::FirstDay),
            ("Term 2 starts", Mark::FirstDay),
            ("Back to school", Mark::FirstDay),
            ("Pupils return after half term", Mark::FirstDay),
            ("School reopens", Mark::FirstDay),
            ("Term ends", Mark::LastDay),
            ("End of Summer Term - school closes 1.30pm", Mark::LastDay),
            ("Last day of term (own clothes)", Mark::LastDay),
            ("Last day before the holidays", Mark::LastDay),
            ("Break up for Christmas", Mark::LastDay),
            ("School closes for half term", Mark::LastDay),
            ("Christmas holidays begin", Mark::BreakBegins),
            ("Half term ends", Mark::BreakEnds),
        ] {
            assert_eq!(of(label, 1), Meaning::Marks(mark), "{label}");
        }
        assert_eq!(of("Autumn term begins (INSET day)", 1), Meaning::BeginsWithInset);
        assert_eq!(of("First day of term for Year 7", 1), Meaning::Doubt);
        assert_eq!(of("Term starts for staff", 1), Meaning::Doubt);
    }
}
