//! A calendar out of published days: terms between the long holidays, half terms around the short ones, closures on
//! what is left. It is a proposal. A person looks at it, and at every notice, and puts it.

use domain::{ClosureKind, bank_holidays};

use super::breaks::{Break, SHORTEST_BREAK};
use super::published::{
    DatesNotice, DatesNoticeKind, Entry, EntryKind, Published, before, next, weekdays,
};
use crate::calendars::body::{
    CalendarBody, ClosureBody, DaysBody, NotDueBody, TermBody, calendar_of,
};
use base::kind::Remark;
use base::prelude::*;

/// The most differences that are listed.
const MOST: usize = 20;
/// Fewer days of school beside holidays are no list of a year's.
const SHORTEST_LIST: usize = 150;
/// Sessions of a year that nobody need ask about: a school year has 380, or up to 390 with days of training.
const USUAL: std::ops::RangeInclusive<u32> = 370..=400;
/// The most notices of all.
const MOST_NOTICES: usize = 200;

/// A calendar to be looked at, and put if it is right.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposedCalendar {
    /// The calendar.
    pub calendar: CalendarBody,
    /// How many sessions it has. A school year has about 380.
    #[schema(example = 380)]
    pub sessions: u32,
    /// What was not understood, what was assumed, and what does not agree.
    pub notices: Vec<DatesNotice>,
}

/// A calendar in the making.
pub(super) struct Proposal {
    pub(super) year: AcademicYear,
    pub(super) entries: Vec<Entry>,
    /// Bank holidays of England and Wales, and those that the file names.
    pub(super) bank: BTreeSet<NaiveDate>,
    /// Days on which pupils come, as far as the file says.
    pub(super) school: BTreeSet<NaiveDate>,
    pub(super) closures: Vec<ClosureBody>,
    not_due: Vec<NotDueBody>,
    notices: Vec<DatesNotice>,
}

/// Makes a calendar of what a file says about an academic year. Errors: it says nothing about that year, or nothing
/// that a calendar can be made of.
pub fn propose(year: AcademicYear, published: Published) -> Result<ProposedCalendar> {
    let all = published.entries.len();
    let (first, last) = (year.first_day(), year.last_day());
    let entries: Vec<Entry> = published
        .entries
        .into_iter()
        .filter(|entry| entry.from <= last && first <= entry.to)
        .map(|entry| Entry { from: entry.from.max(first), to: entry.to.min(last), ..entry })
        .collect();
    if entries.is_empty() {
        let detail = format!(
            "The file has {all} entries that are understood, and none of them lies in {}.",
            year.label()
        );
        return Err(nothing(&published.notices).detail(detail));
    }
    let mut proposal = Proposal::new(year, entries, published.notices);
    proposal.leave_weekends_out();
    if !proposal.says_when_school_is() {
        let detail =
            "The file has neither holidays nor days of school: no term can be told from it.";
        return Err(nothing(&proposal.notices).detail(detail));
    }
    proposal.leave_odd_days_out();
    let named = proposal.named_breaks();
    let breaks = proposal.breaks();
    let terms = proposal.terms(breaks);
    proposal.close(&terms);
    proposal.finish(terms, &named)
}

/// The refusal of a file from which no calendar can be told, with what it says instead.
fn nothing(notices: &[DatesNotice]) -> Problem {
    let remarks = notices.iter().take(MOST_NOTICES);
    let remarks: Vec<Remark> = remarks
        .map(|notice| Remark { place: notice.place.clone(), text: notice.text.clone() })
        .collect();
    let problem = Problem::new(Kind::NoTermDates);
    if remarks.is_empty() { problem } else { problem.member("notices", serde_json::json!(remarks)) }
}

impl Proposal {
    fn new(year: AcademicYear, entries: Vec<Entry>, notices: Vec<DatesNotice>) -> Self {
        let days_of = |wanted: EntryKind| {
            let of_kind = entries.iter().filter(move |entry| entry.kind == wanted);
            of_kind.flat_map(|entry| weekdays(entry.from, entry.to))
        };
        let national = bank_holidays(year).into_iter().map(|(date, _)| date);
        let bank = national.chain(days_of(EntryKind::BankHoliday)).collect();
        let school = days_of(EntryKind::School).collect();
        Self { year, entries, bank, school, closures: Vec::new(), not_due: Vec::new(), notices }
    }

    fn says_when_school_is(&self) -> bool {
        let says = |entry: &Entry| {
            use EntryKind::{Break, FirstDay, LastDay, School};
            matches!(entry.kind, School | Break(_) | FirstDay | LastDay)
        };
        self.entries.iter().any(says)
    }

    /// Some days of school beside the holidays are no list of all of them, and bound no term.
    fn leave_odd_days_out(&mut self) {
        let says_holidays = !self.named_breaks().is_empty();
        if !says_holidays || self.school.is_empty() || self.school.len() >= SHORTEST_LIST {
            return;
        }
        self.school.clear();
        let (odd, entries): (Vec<Entry>, Vec<Entry>) = std::mem::take(&mut self.entries)
            .into_iter()
            .partition(|entry| entry.kind == EntryKind::School);
        self.entries = entries;
        for entry in odd {
            let text = format!(
                "One of few days of school that the file names, and left out: {}.",
                entry.label
            );
            self.say(Some(entry.place), DatesNoticeKind::NotUnderstood, text);
        }
    }

    /// Days of school on a Saturday or Sunday are for a person to write: they change the shape of the week.
    fn leave_weekends_out(&mut self) {
        let (on_weekends, entries): (Vec<Entry>, Vec<Entry>) =
            std::mem::take(&mut self.entries).into_iter().partition(|entry| {
                entry.kind == EntryKind::School && weekdays(entry.from, entry.to).next().is_none()
            });
        self.entries = entries;
        for entry in on_weekends {
            let text = "School on a weekend is left out: put the shape of the week by hand.";
            self.say(Some(entry.place), DatesNoticeKind::NotUnderstood, text);
        }
    }

    pub(super) fn say(
        &mut self,
        place: Option<String>,
        kind: DatesNoticeKind,
        text: impl Into<String>,
    ) {
        self.notices.push(DatesNotice { place, kind, text: text.into() });
    }

    fn terms(&mut self, breaks: Vec<Break>) -> Vec<TermBody> {
        let mut terms = Vec::new();
        let mut from = self.year.first_day();
        let mut inside: Vec<Break> = Vec::new();
        for one in breaks {
            if self.is_between_terms(&one) {
                terms.extend(self.term(from, before(one.from), std::mem::take(&mut inside)));
                from = next(one.to);
            } else {
                inside.push(one);
            }
        }
        terms.extend(self.term(from, self.year.last_day(), inside));
        let count = terms.len();
        for (number, (term, season)) in terms.iter_mut().zip(SEASONS).enumerate() {
            term.name = if count == SEASONS.len() {
                format!("{season} term")
            } else {
                format!("Term {}", number + 1)
            };
        }
        for (number, term) in terms.iter_mut().enumerate().skip(SEASONS.len()) {
            term.name = format!("Term {}", number + 1);
        }
        terms
    }

    /// The term of a stretch, from its first to its last day of school; none of a stretch without any.
    fn term(&mut self, from: NaiveDate, to: NaiveDate, breaks: Vec<Break>) -> Option<TermBody> {
        let days = || weekdays(from, to).filter(|day| !self.bank.contains(day));
        let (first, last) = (days().next()?, days().last()?);
        let mut half_term = None;
        for one in breaks {
            let days: Vec<NaiveDate> = weekdays(one.from, one.to).collect();
            let (Some(from), Some(to)) = (days.first().copied(), days.last().copied()) else {
                continue;
            };
            if half_term.is_none() && first < from && to < last {
                half_term = Some(DaysBody { from, to });
            } else {
                self.closures.push(closure(from, to, None, ClosureKind::Holiday, None));
                let text = format!(
                    "The holiday from {from} to {to} is not the only one of its term: it is a closure."
                );
                self.say(one.place.clone(), DatesNoticeKind::Assumed, text);
            }
        }
        Some(TermBody { name: String::new(), from: first, to: last, half_term })
    }

    /// The closures in term.
    fn close(&mut self, terms: &[TermBody]) {
        let national: BTreeSet<NaiveDate> =
            bank_holidays(self.year).into_iter().map(|(date, _)| date).collect();
        for entry in std::mem::take(&mut self.entries) {
            let kind = match entry.kind {
                EntryKind::Inset => ClosureKind::Inset,
                EntryKind::Closure => ClosureKind::Closure,
                EntryKind::BankHoliday if !national.contains(&entry.from) => {
                    ClosureKind::BankHoliday
                }
                EntryKind::Break(_)
                    if weekdays(entry.from, entry.to).count() < SHORTEST_BREAK
                        || !entry.year_groups.is_empty() =>
                {
                    ClosureKind::Holiday
                }
                _ => continue,
            };
            let in_term = |day: NaiveDate| {
                terms.iter().any(|term| {
                    let off = term.half_term.is_some_and(|off| off.from <= day && day <= off.to);
                    term.from <= day && day <= term.to && !off
                })
            };
            if weekdays(entry.from, entry.to).any(in_term) {
                let note = Some(entry.label).filter(|label| !label.is_empty());
                let (from, to, session) = (entry.from, entry.to, entry.session);
                if entry.year_groups.is_empty() {
                    self.closures.push(closure(from, to, session, kind, note));
                } else {
                    let year_groups = entry.year_groups;
                    self.not_due.push(NotDueBody { year_groups, from, to, session, note });
                }
            } else if kind != ClosureKind::BankHoliday {
                let text = "It lies in a holiday or on a weekend, and needs no closure.";
                self.say(Some(entry.place), DatesNoticeKind::Assumed, text);
            }
        }
        self.closures.sort_by_key(|one| (one.from, one.to, one.session));
        self.closures.dedup_by(|b, a| {
            (a.from, a.to, a.session, a.kind) == (b.from, b.to, b.session, b.kind)
        });
    }

    fn finish(mut self, terms: Vec<TermBody>, named: &[Break]) -> Result<ProposedCalendar> {
        let in_term =
            |day: &NaiveDate| terms.iter().any(|term| term.from <= *day && *day <= term.to);
        let held: Vec<NaiveDate> =
            self.bank.intersection(&self.school).copied().filter(in_term).collect();
        for day in &held {
            let text = format!("{day} is a bank holiday and, by the file, a day of school.");
            self.say(None, DatesNoticeKind::Contradicts, text);
        }
        let calendar = CalendarBody {
            terms,
            closures: std::mem::take(&mut self.closures),
            bank_holidays: true,
            week: None,
            not_due: std::mem::take(&mut self.not_due),
        };
        let checked = calendar_of(self.year, &calendar)?;
        if !self.school.is_empty() {
            self.compare(|day| checked.is_school_day(day));
        }
        let sessions = checked.open_half_days().count();
        self.doubt(sessions, named, |day| checked.is_school_day(day));
        if let Some(more) = self.notices.len().checked_sub(MOST_NOTICES).filter(|more| *more > 0) {
            self.notices.truncate(MOST_NOTICES);
            self.say(
                None,
                DatesNoticeKind::NotUnderstood,
                format!("There are {more} more notices."),
            );
        }
        Ok(ProposedCalendar { calendar, sessions, notices: self.notices })
    }

    /// Says first of all when the calendar has too many sessions or too few, or school in the file's own holidays.
    fn doubt(&mut self, sessions: u32, named: &[Break], is_open: impl Fn(NaiveDate) -> bool) {
        let days = named.iter().flat_map(|one| weekdays(one.from, one.to));
        let open: Vec<String> =
            days.filter(|day| is_open(*day)).map(|day| day.to_string()).collect();
        let mut first = Vec::new();
        if !USUAL.contains(&sessions) {
            let text = format!(
                "This calendar has {sessions} sessions, and a school year has about 380: look at every term before you put it."
            );
            first.push(DatesNotice { place: None, kind: DatesNoticeKind::Asked, text });
        }
        if !open.is_empty() {
            let days = open[..open.len().min(MOST)].join(", ");
            let text =
                format!("By this calendar there is school in the file's own holidays: {days}.");
            first.push(DatesNotice { place: None, kind: DatesNoticeKind::Contradicts, text });
        }
        self.notices.splice(0..0, first);
    }

    /// Says on which days the calendar and the days of school that the file lists do not agree.
    fn compare(&mut self, is_open: impl Fn(NaiveDate) -> bool) {
        let days = weekdays(self.year.first_day(), self.year.last_day());
        let differing: Vec<NaiveDate> =
            days.filter(|day| is_open(*day) != self.school.contains(day)).collect();
        for day in differing.iter().take(MOST) {
            let text = if is_open(*day) {
                format!("{day} is a day of school by the holidays, and not by the list of days.")
            } else {
                format!("{day} is a day of school by the list of days, and not by the holidays.")
            };
            self.say(None, DatesNoticeKind::Contradicts, text);
        }
        if let Some(more) = differing.len().checked_sub(MOST).filter(|more| *more > 0) {
            let text = format!("So it is with {more} more days.");
            self.say(None, DatesNoticeKind::Contradicts, text);
        }
    }
}

/// What the terms of a year of three are called.
const SEASONS: [&str; 3] = ["Autumn", "Spring", "Summer"];

/// A closure of a calendar.
pub(super) fn closure(
    from: NaiveDate,
    to: NaiveDate,
    session: Option<Session>,
    kind: ClosureKind,
    note: Option<String>,
) -> ClosureBody {
    ClosureBody { from, to, session, kind, note }
}
