//! A school's calendar for one academic year: when it is open, and what windows its year has.
//!
//! Every school has its own, since dates differ by local authority and by trust. A session that
//! is not held is not a possible session, so everything that counts starts here. Nor is one that is
//! held, but for which the pupil's year group is not due: at a staggered start, for example.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days as DayCount, NaiveDate, Weekday};

use crate::year::monday_of;
use crate::{
    AcademicYear, Closure, Days, HalfDay, HalfDaySet, NotDue, SchoolWeek, Session, Term, Window,
    WindowKind,
};

/// A checked calendar: at least one term; terms in order inside the year; each half-term break
/// inside its term with at least a day of the term on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    year: AcademicYear,
    terms: Vec<Term>,
    closures: Vec<Closure>,
    week: SchoolWeek,
    not_due: Vec<NotDue>,
    /// Derived from the rest: the half days on which the school is open.
    open: HalfDaySet,
    /// Derived too: of those, the half days on which a year group is not due. Only year groups that have any.
    without: BTreeMap<i8, HalfDaySet>,
}

/// One fault of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarProblem {
    /// Where, as a JSON pointer into the calendar, such as `/terms/1/from`.
    pub place: String,
    /// What was expected there.
    pub expected: String,
}

impl Calendar {
    /// Checks a calendar that is the same for every year group, and puts it together. Errors: all problems at once.
    pub fn new(
        year: AcademicYear,
        terms: Vec<Term>,
        closures: Vec<Closure>,
        week: SchoolWeek,
    ) -> Result<Self, Vec<CalendarProblem>> {
        Self::with_not_due(year, terms, closures, week, Vec::new())
    }

    /// Checks a calendar, with the days on which some year groups are not due, and puts it together. Errors: all
    /// problems at once.
    pub fn with_not_due(
        year: AcademicYear,
        terms: Vec<Term>,
        closures: Vec<Closure>,
        week: SchoolWeek,
        not_due: Vec<NotDue>,
    ) -> Result<Self, Vec<CalendarProblem>> {
        let problems = crate::calendar_check::problems(year, &terms, &closures, week, &not_due);
        if !problems.is_empty() {
            return Err(problems);
        }
        let (open, without) = (HalfDaySet::new(), BTreeMap::new());
        let mut calendar = Self { year, terms, closures, week, not_due, open, without };
        calendar.open = HalfDay::all()
            .filter(|half_day| calendar.opens(half_day.date(year), half_day.session()))
            .collect();
        calendar.without = calendar.gaps();
        Ok(calendar)
    }

    /// The academic year.
    pub const fn year(&self) -> AcademicYear {
        self.year
    }

    /// The terms, in order.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The closures, as they were given.
    pub fn closures(&self) -> &[Closure] {
        &self.closures
    }

    /// The shape of an ordinary week.
    pub const fn week(&self) -> SchoolWeek {
        self.week
    }

    /// The days on which some year groups are not due, as they were given.
    pub fn not_due(&self) -> &[NotDue] {
        &self.not_due
    }

    /// Whether the school is open for that session: in a term, not in its half-term break, not
    /// closed, and on a half day of its ordinary week.
    pub fn is_open(&self, date: NaiveDate, session: Session) -> bool {
        HalfDay::of(self.year, date, session).is_some_and(|half_day| self.open.contains(half_day))
    }

    /// Whether the school is open for at least one session of the day.
    pub fn is_school_day(&self, date: NaiveDate) -> bool {
        Session::ALL.into_iter().any(|session| self.is_open(date, session))
    }

    /// Why the school is closed for a session, in plain English; `None` when it is open: "it is a Sunday", "it is a bank
    /// holiday (Good Friday)".
    pub fn closed_because(&self, date: NaiveDate, session: Session) -> Option<String> {
        if self.is_open(date, session) {
            return None;
        }
        let closure = self.closures.iter().find(|closure| closure.covers(date, session));
        let term = self.terms.iter().find(|term| term.from <= date && date <= term.to);
        Some(match (closure, term) {
            _ if !Session::ALL.into_iter().any(|one| self.week.is_open(date.weekday(), one)) => {
                format!("it is a {}", date.format("%A"))
            }
            (_, None) => "it is a holiday: no term has the day".to_owned(),
            (_, Some(term)) if term.half_term.is_some_and(|days| days.contains(date)) => {
                format!("it is the half-term break of {}", term.name)
            }
            (Some(closure), _) => {
                let note = closure.note.as_ref().map(|note| format!(" ({note})"));
                format!("it is {}{}", closure.kind.named(), note.unwrap_or_default())
            }
            (None, _) => format!("the school's week has no {session} on a {}", date.format("%A")),
        })
    }

    /// The half days on which the school is open.
    pub const fn open_half_days(&self) -> HalfDaySet {
        self.open
    }

    /// Whether a pupil of that year group is due for the session: the school is open, and the year group is not left
    /// out that day. A pupil of no known year group is due whenever the school is open.
    pub fn is_due(&self, year_group: Option<i8>, date: NaiveDate, session: Session) -> bool {
        HalfDay::of(self.year, date, session).is_some_and(|half_day| {
            self.open.contains(half_day)
                && !year_group
                    .and_then(|year_group| self.without.get(&year_group))
                    .is_some_and(|without| without.contains(half_day))
        })
    }

    /// The year groups that are not due on a half day on which the school is open, in order: for them it is neither
    /// expected nor possible. Nearly always empty.
    pub fn year_groups_not_due(&self, half_day: HalfDay) -> Vec<i8> {
        let left_out = self.without.iter().filter(|(_, without)| without.contains(half_day));
        left_out.map(|(year_group, _)| *year_group).collect()
    }

    /// The Mondays of the school weeks: weeks with at least one open session.
    pub fn school_weeks(&self) -> Vec<NaiveDate> {
        let mut mondays: Vec<NaiveDate> =
            self.open.iter().map(|half_day| monday_of(half_day.date(self.year))).collect();
        mondays.dedup();
        mondays
    }

    /// The windows of a kind, in order.
    ///
    /// Weeks run from Monday to Sunday, a half term from the term's first day to the day before
    /// the break or from the day after it to the term's last day, and the year to date from the
    /// first term's first day to 31 July.
    pub fn windows(&self, kind: WindowKind) -> Vec<Window> {
        match kind {
            WindowKind::Week => self.school_weeks().into_iter().map(week_window).collect(),
            WindowKind::HalfTerm => self.half_terms(),
            WindowKind::Term => numbered("term", kind, self.terms.iter().map(whole_term)),
            WindowKind::YearToDate => vec![Window {
                kind,
                key: "year-to-date".to_owned(),
                label: "Year to date".to_owned(),
                from: self.terms.first().map_or(self.year.first_day(), |term| term.from),
                to: self.year.last_day(),
            }],
        }
    }

    /// The windows of a kind as they stand beside those of other schools: windows of one key are the same part of the
    /// year in all of them.
    ///
    /// So a term is named by its dates, as the first, second or third of the usual year: autumn, spring or summer. One
    /// that is none of these is named apart: the second of six is nobody's second of three. A half term is named by its
    /// term, and a term without a break has none.
    pub fn windows_across_schools(&self, kind: WindowKind) -> Vec<Window> {
        let window = |key, (label, Days { from, to })| Window { kind, key, label, from, to };
        let terms = self.terms.len();
        let placed = (1..).zip(&self.terms).map(|(at, term)| (at, self.usual_term(term), term));
        match kind {
            WindowKind::Week | WindowKind::YearToDate => self.windows(kind),
            WindowKind::Term => {
                let named = placed.map(|(at, usual, term)| {
                    let key = match usual {
                        Some(usual) => format!("term-{usual}"),
                        None => format!("term-{at}-of-{terms}"),
                    };
                    window(key, whole_term(term))
                });
                named.collect()
            }
            WindowKind::HalfTerm => {
                let broken = placed.filter(|(_, _, term)| term.half_term.is_some());
                let named = broken.flat_map(|(at, usual, term)| {
                    let first = 2 * usual.unwrap_or(at) - 1;
                    (first..).zip(halves(term)).map(move |(at, half)| match usual {
                        Some(_) => window(format!("half-term-{at}"), half),
                        None => window(format!("half-term-{at}-of-{}", 2 * terms), half),
                    })
                });
                named.collect()
            }
        }
    }

    /// Which term of the usual year a term is, counted from 1: each has the weeks around its half term, and does
    /// not reach into the next. `None` for a term of another kind of year.
    fn usual_term(&self, term: &Term) -> Option<usize> {
        let autumn = self.year.first_day().year();
        let day = |month: u32, day: u32| {
            let year = if month >= 8 { autumn } else { autumn + 1 };
            NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
        };
        let has = |from: NaiveDate, to: NaiveDate| term.from <= from && to <= term.to;
        let lies = |from: NaiveDate, to: NaiveDate| from <= term.from && term.to <= to;
        let usual = [
            has(day(10, 10), day(11, 20)) && lies(day(8, 1), day(1, 15)),
            has(day(2, 5), day(3, 5)) && lies(day(12, 15), day(5, 10)),
            has(day(5, 10), day(6, 15)) && lies(day(3, 15), day(7, 31)),
        ];
        usual.iter().position(|is| *is).map(|at| at + 1)
    }

    /// The half term that a date lies in, counted from 1; `None` in breaks and holidays.
    pub fn half_term_of(&self, date: NaiveDate) -> Option<usize> {
        self.half_terms().iter().position(|half_term| half_term.contains(date)).map(|n| n + 1)
    }

    /// The day on which a half term is reviewed: that weekday of its last school week.
    ///
    /// When the school is closed that day, it is the nearest earlier school day of that week in
    /// the half term; `None` when there is none, or no such half term. Half terms count from 1.
    pub fn review_day(&self, half_term_number: usize, weekday: Weekday) -> Option<NaiveDate> {
        let half_terms = self.half_terms();
        let half_term = half_terms.get(half_term_number.checked_sub(1)?)?;
        let school_days = || {
            half_term
                .from
                .iter_days()
                .take_while(|date| *date <= half_term.to)
                .filter(|date| self.is_school_day(*date))
        };
        let monday = monday_of(school_days().last()?);
        let wanted = monday + DayCount::new(u64::from(weekday.num_days_from_monday()));
        school_days().filter(|date| monday <= *date && *date <= wanted).last()
    }

    fn half_terms(&self) -> Vec<Window> {
        numbered("half-term", WindowKind::HalfTerm, self.terms.iter().flat_map(halves))
    }

    /// For each year group that is not always due, the open half days on which it is not.
    fn gaps(&self) -> BTreeMap<i8, HalfDaySet> {
        let named: BTreeSet<i8> =
            self.not_due.iter().flat_map(|not_due| not_due.year_groups.iter().copied()).collect();
        let gaps = named.into_iter().map(|year_group| {
            let is_left_out = |half_day: &HalfDay| {
                let (date, session) = (half_day.date(self.year), half_day.session());
                self.not_due.iter().any(|not_due| not_due.covers(year_group, date, session))
            };
            (year_group, self.open.iter().filter(is_left_out).collect::<HalfDaySet>())
        });
        gaps.filter(|(_, half_days)| !half_days.is_empty()).collect()
    }

    fn opens(&self, date: NaiveDate, session: Session) -> bool {
        let in_term = self.terms.iter().any(|term| {
            term.from <= date
                && date <= term.to
                && !term.half_term.is_some_and(|half_term| half_term.contains(date))
        });
        in_term
            && self.week.is_open(date.weekday(), session)
            && !self.closures.iter().any(|closure| closure.covers(date, session))
    }
}

fn week_window(monday: NaiveDate) -> Window {
    Window {
        kind: WindowKind::Week,
        key: monday.format("%G-W%V").to_string(),
        label: format!("week of {}", monday.format("%-d %B %Y")),
        from: monday,
        to: monday + DayCount::new(6),
    }
}

fn whole_term(term: &Term) -> (String, Days) {
    (term.name.clone(), Days { from: term.from, to: term.to })
}

/// The half terms of a term: two when it has a break, else one.
fn halves(term: &Term) -> Vec<(String, Days)> {
    let Some(half_term) = term.half_term else {
        return vec![whole_term(term)];
    };
    let first = Days { from: term.from, to: half_term.from - DayCount::new(1) };
    let second = Days { from: half_term.to + DayCount::new(1), to: term.to };
    vec![
        (format!("{}, first half", term.name), first),
        (format!("{}, second half", term.name), second),
    ]
}

fn numbered(
    key: &str,
    kind: WindowKind,
    parts: impl Iterator<Item = (String, Days)>,
) -> Vec<Window> {
    parts
        .zip(1..)
        .map(|((label, days), number)| Window {
            kind,
            key: format!("{key}-{number}"),
            label,
            from: days.from,
            to: days.to,
        })
        .collect()
}

/// The calendar that this crate's tests count on.
#[cfg(test)]
pub(crate) use tests::example;

#[cfg(test)]
mod tests;
