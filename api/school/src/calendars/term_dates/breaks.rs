//! The holidays of a year: those that a file names, or else the gaps in its days of school.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use domain::ClosureKind;

use super::propose::{Proposal, closure};
use super::published::{BreakKind, DatesNoticeKind, EntryKind, before, next, weekdays};

/// A holiday of fewer days from Monday to Friday than this is a closure in term.
pub(super) const SHORTEST_BREAK: usize = 3;
/// A holiday of as many days from Monday to Friday, or more, comes between terms, unless its name says otherwise: half
/// terms have a week, or a week and some days of training.
const BETWEEN_TERMS: usize = 9;

/// A holiday in the making.
#[derive(Debug, Clone)]
pub(super) struct Break {
    pub place: Option<String>,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub kind: BreakKind,
}

impl Proposal {
    /// The holidays in order, none touching another: those that the file names, else the gaps in its days of school,
    /// with what its first and last days say.
    pub(super) fn breaks(&mut self) -> Vec<Break> {
        let named = self.named_breaks();
        let gaps = if named.is_empty() { self.gaps() } else { Vec::new() };
        let mut breaks = self.by_marks([named, gaps].concat());
        let edges = self.before_and_after(&breaks);
        breaks.extend(edges);
        self.ask_for_edges(&mut breaks);
        apart(breaks)
    }

    /// The holidays that the file names, other than days off.
    pub(super) fn named_breaks(&self) -> Vec<Break> {
        let named = self.entries.iter().filter_map(|entry| {
            let EntryKind::Break(kind) = entry.kind else { return None };
            let is_long = weekdays(entry.from, entry.to).count() >= SHORTEST_BREAK;
            (is_long && entry.year_groups.is_empty()).then(|| Break {
                place: Some(entry.place.clone()),
                from: entry.from,
                to: entry.to,
                kind,
            })
        });
        named.collect()
    }

    /// The days that the file accounts for, though pupils come on some of them only.
    fn accounted(&self) -> BTreeSet<NaiveDate> {
        let kinds = [EntryKind::School, EntryKind::Inset, EntryKind::Closure];
        let entries = self.entries.iter().filter(|entry| kinds.contains(&entry.kind));
        entries.flat_map(|entry| weekdays(entry.from, entry.to)).collect()
    }

    /// What lies before the first and after the last day of school, when the file lists those.
    fn before_and_after(&self, breaks: &[Break]) -> Vec<Break> {
        let accounted = self.accounted();
        let (Some(first), Some(last)) = (accounted.first(), accounted.last()) else {
            return Vec::new();
        };
        let edges = [(self.year.first_day(), before(*first)), (next(*last), self.year.last_day())];
        let is_there = |day: NaiveDate| breaks.iter().any(|one| one.from <= day && day <= one.to);
        edges
            .into_iter()
            .filter(|(from, to)| from <= to && !self.school.is_empty())
            .filter(|(from, to)| !weekdays(*from, *to).all(is_there))
            .map(|(from, to)| Break { place: None, from, to, kind: BreakKind::BetweenTerms })
            .collect()
    }

    /// The gaps of some days in the days of school. Shorter ones are closures, if they are no bank holiday.
    fn gaps(&mut self) -> Vec<Break> {
        let accounted: Vec<NaiveDate> = self.accounted().into_iter().collect();
        let mut breaks = Vec::new();
        for pair in accounted.windows(2) {
            let [last, first] = pair else { continue };
            let (from, to) = (next(*last), before(*first));
            let mut days: Vec<NaiveDate> = weekdays(from, to).collect();
            if days.len() >= SHORTEST_BREAK {
                breaks.push(Break { place: None, from, to, kind: BreakKind::Unsaid });
                continue;
            }
            days.retain(|day| !self.bank.contains(day));
            for day in days {
                self.closures.push(closure(day, day, None, ClosureKind::Closure, None));
                let text = format!(
                    "{day} is no day of school, and the file does not say why: it is a closure."
                );
                self.say(None, DatesNoticeKind::Assumed, text);
            }
        }
        breaks
    }

    /// Whether a break comes between terms; what the file does not say is assumed from its length.
    pub(super) fn is_between_terms(&mut self, one: &Break) -> bool {
        let at_an_end = one.from <= self.year.first_day() || self.year.last_day() <= one.to;
        match one.kind {
            _ if at_an_end => true,
            BreakKind::HalfTerm => false,
            BreakKind::BetweenTerms => true,
            BreakKind::Unsaid => {
                let is_long =
                    one.has_christmas() || weekdays(one.from, one.to).count() >= BETWEEN_TERMS;
                let what =
                    if is_long { "the break between two terms" } else { "a half-term break" };
                let text =
                    format!("The holiday from {} to {} is taken for {what}.", one.from, one.to);
                self.say(one.place.clone(), DatesNoticeKind::Assumed, text);
                is_long
            }
        }
    }
}

impl Break {
    fn has_christmas(&self) -> bool {
        let christmas = NaiveDate::from_ymd_opt(self.from.year(), 12, 25);
        christmas.is_some_and(|day| self.from <= day && day <= self.to)
    }
}

/// Breaks in order, those that touch one another as one.
fn apart(mut breaks: Vec<Break>) -> Vec<Break> {
    breaks.sort_by_key(|one| (one.from, one.to));
    let mut apart: Vec<Break> = Vec::new();
    for one in breaks {
        match apart.last_mut() {
            Some(last) if weekdays(next(last.to), before(one.from)).next().is_none() => {
                last.to = last.to.max(one.to);
                if one.kind == BreakKind::BetweenTerms {
                    last.kind = one.kind;
                }
            }
            _ => apart.push(one),
        }
    }
    apart
}
