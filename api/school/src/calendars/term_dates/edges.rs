//! The first and last days that a file states: they say where a holiday ends and begins, and the school year.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, TimeDelta};

use super::breaks::Break;
use super::propose::Proposal;
use super::published::{BreakKind, DatesNoticeKind, EntryKind, before, next, weekdays};

/// A holiday and a first or last day that are further apart than this have nothing to do with each other.
const NEAR: TimeDelta = TimeDelta::days(9);

/// A first or a last day.
#[derive(Debug, Clone)]
struct Edge {
    day: NaiveDate,
    is_first: bool,
    place: String,
}

impl Proposal {
    /// The holidays with the first and last days that the file states: those near a holiday say where it ends and
    /// begins, the others have one between them.
    pub(super) fn by_marks(&mut self, mut breaks: Vec<Break>) -> Vec<Break> {
        let mut left = Vec::new();
        for edge in self.edges(&breaks) {
            let near = breaks.iter_mut().find(|one| edge.is_near(one));
            match near {
                Some(one) => self.move_end(one, &edge),
                None => left.push(edge),
            }
        }
        breaks.retain(|one| one.from <= one.to);
        let between = self.between(&left, &breaks);
        breaks.extend(between);
        breaks
    }

    /// The first and last days in order; of several without a holiday between them, the first first and the last last.
    fn edges(&mut self, breaks: &[Break]) -> Vec<Edge> {
        let mut all: Vec<Edge> = self
            .entries
            .iter()
            .filter_map(|entry| match entry.kind {
                EntryKind::FirstDay => Some((entry.from, true, &entry.place)),
                EntryKind::LastDay => Some((entry.to, false, &entry.place)),
                _ => None,
            })
            .map(|(day, is_first, place)| Edge { day, is_first, place: place.clone() })
            .collect();
        all.sort_by_key(|edge| (edge.day, !edge.is_first));
        let mut edges: Vec<Edge> = Vec::new();
        for edge in all {
            let apart = |last: &Edge| {
                last.is_first != edge.is_first
                    || edge.day - last.day > NEAR
                    || breaks.iter().any(|one| last.day <= one.from && one.to <= edge.day)
            };
            let Some(last) = edges.last_mut().filter(|last| !apart(last)) else {
                edges.push(edge);
                continue;
            };
            let (from, to) = match edge.is_first {
                true => (last.day, before(edge.day)),
                false => (next(last.day), edge.day),
            };
            if let Some(day) = self.unexplained(from, to).first() {
                let which = if edge.is_first { "first" } else { "last" };
                let text = format!(
                    "The file has two {which} days, {} and {}: whether pupils come on {day} only the school can say.",
                    last.day, edge.day
                );
                self.say(Some(edge.place.clone()), DatesNoticeKind::Contradicts, text);
            }
            if !edge.is_first {
                *last = edge;
            }
        }
        edges
    }

    /// The days from Monday to Friday that are neither training nor bank holidays.
    fn unexplained(&self, from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
        let training = self.training();
        let days = weekdays(from, to);
        days.filter(|day| !training.contains(day) && !self.bank.contains(day)).collect()
    }

    /// The days of training for the whole school.
    fn training(&self) -> BTreeSet<NaiveDate> {
        let whole = self.entries.iter().filter(|entry| {
            entry.kind == EntryKind::Inset
                && entry.session.is_none()
                && entry.year_groups.is_empty()
        });
        whole.flat_map(|entry| weekdays(entry.from, entry.to)).collect()
    }

    /// Moves an end of a holiday to where a first or last day says that it is.
    fn move_end(&mut self, one: &mut Break, edge: &Edge) {
        let is_inside = one.from <= edge.day && edge.day <= one.to;
        if is_inside {
            let text = format!(
                "{} lies in the holiday from {} to {}: the holiday is taken to {} then.",
                edge.day,
                one.from,
                one.to,
                if edge.is_first { "be over" } else { "begin after that day" }
            );
            self.say(Some(edge.place.clone()), DatesNoticeKind::Contradicts, text);
        }
        let (from, to) = if edge.is_first {
            (next(one.to), before(edge.day))
        } else {
            (next(edge.day), before(one.from))
        };
        if !is_inside && self.unexplained(from, to).is_empty() {
            return;
        }
        if edge.is_first {
            one.to = self.less_training(one.from, before(edge.day)).1;
        } else {
            one.from = self.less_training(next(edge.day), one.to).0;
        }
    }

    /// A stretch without the days of training at both of its ends: they belong to the terms.
    fn less_training(&self, mut from: NaiveDate, mut to: NaiveDate) -> (NaiveDate, NaiveDate) {
        let training = self.training();
        while let Some(day) = weekdays(from, to).next().filter(|day| training.contains(day)) {
            from = next(day);
        }
        while let Some(day) = weekdays(from, to).last().filter(|day| training.contains(day)) {
            to = before(day);
        }
        (from, to)
    }

    /// The holidays between last and first days, before the first and after the last of all.
    fn between(&mut self, edges: &[Edge], breaks: &[Break]) -> Vec<Break> {
        let (begins, ends) = (self.year.first_day(), self.year.last_day());
        let named = |from: NaiveDate, to: NaiveDate| {
            breaks
                .iter()
                .any(|one| from <= one.from && one.to <= to && one.from > begins && one.to < ends)
        };
        let mut between = Vec::new();
        let mut last: Option<&Edge> = None;
        for edge in edges {
            let at_beginning = edge.is_first && edge.day.month() >= 8 && edge.day.month() <= 10;
            match last {
                Some(last) if edge.is_first && !last.is_first && !named(last.day, edge.day) => {
                    let (from, to) = self.less_training(next(last.day), before(edge.day));
                    between.push(Break {
                        place: Some(edge.place.clone()),
                        from,
                        to,
                        kind: BreakKind::Unsaid,
                    });
                }
                None if at_beginning && !named(begins, edge.day) => {
                    let (_, to) = self.less_training(begins, before(edge.day));
                    between.push(Break {
                        place: None,
                        from: begins,
                        to,
                        kind: BreakKind::BetweenTerms,
                    });
                }
                _ if edge.is_first => self.ask_what_is_beside(edge, "before"),
                _ => {}
            }
            let unanswered = last.filter(|last| !last.is_first && !edge.is_first);
            if let Some(last) = unanswered.filter(|last| !named(last.day, edge.day)) {
                self.ask_what_is_beside(last, "after");
            }
            last = Some(edge);
        }
        if let Some(last) = last.filter(|last| !last.is_first && !named(last.day, ends)) {
            if matches!(last.day.month(), 6 | 7) {
                let (from, _) = self.less_training(next(last.day), ends);
                between.push(Break { place: None, from, to: ends, kind: BreakKind::BetweenTerms });
            } else {
                self.ask_what_is_beside(last, "after");
            }
        }
        between
    }

    fn ask_what_is_beside(&mut self, edge: &Edge, side: &str) {
        let (what, other) =
            if edge.is_first { ("begins", "ended") } else { ("ends", "begins again") };
        let text = format!(
            "School {what} on {}, and the file does not say when it {other} {side} that: put the holiday there.",
            edge.day
        );
        self.say(Some(edge.place.clone()), DatesNoticeKind::Asked, text);
    }

    /// Asks when the school year begins and ends, where the file neither says it nor lists its days of school. The
    /// calendar cannot be without the two days: until they are known, 1 September and 21 July stand there, or the days of
    /// training about that time.
    pub(super) fn ask_for_edges(&mut self, breaks: &mut Vec<Break>) {
        if !self.school.is_empty() {
            return;
        }
        let (begins, ends) = (self.year.first_day(), self.year.last_day());
        let training = self.training();
        if !breaks.iter().any(|one| one.from <= begins) {
            let usual = begins.with_month(9).unwrap_or(begins);
            let near = |day: &&NaiveDate| (**day - usual).abs() <= TimeDelta::days(14);
            let day = training.iter().find(near).copied();
            let day = day.or_else(|| weekdays(usual, ends).next()).unwrap_or(usual);
            self.ask_for_edge("begins", day);
            let (place, kind) = (None, BreakKind::BetweenTerms);
            breaks.push(Break { place, from: begins, to: before(day), kind });
        }
        if !breaks.iter().any(|one| ends <= one.to) {
            let usual = ends - TimeDelta::days(10);
            let near = |day: &&NaiveDate| **day > usual;
            let day = training.iter().rfind(near).copied();
            let day = day.or_else(|| weekdays(begins, usual).last()).unwrap_or(usual);
            self.ask_for_edge("ends", day);
            let (place, kind) = (None, BreakKind::BetweenTerms);
            breaks.push(Break { place, from: next(day), to: ends, kind });
        }
    }

    fn ask_for_edge(&mut self, what: &str, day: NaiveDate) {
        let text = format!(
            "When does the school year {}? The file does not say, and until you do {day} stands there.",
            what.trim_end_matches('s')
        );
        self.say(None, DatesNoticeKind::Asked, text);
    }
}

impl Edge {
    /// Whether it says where a holiday ends or begins.
    fn is_near(&self, one: &Break) -> bool {
        if self.is_first {
            one.from < self.day && self.day - one.to <= NEAR
        } else {
            self.day < one.to && one.from - self.day <= NEAR
        }
    }
}
