//! The trust's term dates for any academic year, and each school's calendar made from them.
//!
//! The dates follow the habits of English local authorities: six half terms, 190 days for pupils
//! and five for the training of staff. Any year can be asked for, since pupils have joined long
//! before the years that are shown.

use chrono::{Datelike, Days as DayCount, NaiveDate, Weekday};
use domain::{AcademicYear, Calendar, Closure, ClosureKind, Days, SchoolWeek, Term, bank_holidays};

use super::rng::Key;

/// Days in the terms of a year, bank holidays aside: 190 for pupils and five for training.
const DAYS_IN_TERM: usize = 195;

/// Days for the training of staff ("INSET") in a year.
const INSET_DAYS: usize = 5;

/// The dates of one academic year, the same in all schools of the trust.
#[derive(Debug)]
pub(super) struct Dates {
    pub(super) terms: Vec<Term>,
    /// The days in term that are no bank holidays, in order.
    pub(super) days: Vec<NaiveDate>,
    holidays: Vec<(NaiveDate, &'static str)>,
}

impl Dates {
    /// The dates of the academic year that starts in `year`.
    pub(super) fn of(year: i16) -> Self {
        let holidays = AcademicYear::new(year).map(bank_holidays).unwrap_or_default();
        let mut terms = terms(i32::from(year));
        let mut days: Vec<NaiveDate> = terms
            .iter()
            .flat_map(|term| term.from.iter_days().take_while(|date| *date <= term.to))
            .filter(|date| is_term_day(*date, &terms, &holidays))
            .collect();
        days.truncate(DAYS_IN_TERM);
        if let (Some(summer), Some(last)) = (terms.last_mut(), days.last()) {
            summer.to = *last;
        }
        Self { terms, days, holidays }
    }

    /// The first day of the autumn term.
    pub(super) fn first(&self) -> NaiveDate {
        self.days.first().copied().unwrap_or_default()
    }

    /// The last day of the summer term.
    pub(super) fn last(&self) -> NaiveDate {
        self.days.last().copied().unwrap_or_default()
    }

    /// The Mondays of the weeks with a day in term.
    pub(super) fn mondays(&self) -> Vec<NaiveDate> {
        let mut mondays: Vec<NaiveDate> = self.days.iter().map(|date| monday_of(*date)).collect();
        mondays.dedup();
        mondays
    }

    fn from(&self, date: NaiveDate) -> Option<NaiveDate> {
        self.days.iter().copied().find(|day| *day >= date)
    }

    fn before(&self, date: NaiveDate) -> Option<NaiveDate> {
        self.days.iter().copied().rfind(|day| *day < date)
    }

    /// The training days of a school: the first day of the autumn and of the spring term, and
    /// three days of its own choice.
    fn inset_days(&self, school: Key) -> Vec<NaiveDate> {
        let [Some(autumn), Some(spring), Some(summer)] = [0, 1, 2].map(|n| self.terms.get(n))
        else {
            return Vec::new();
        };
        let half_terms = [autumn, spring, summer].map(|term| term.half_term);
        let after = |n: usize| half_terms.get(n).and_then(|half| self.from(half.as_ref()?.to));
        let choices = [
            self.days.get(1).copied(),
            after(0),
            half_terms.get(1).and_then(|half| self.before(half.as_ref()?.from)),
            self.from(summer.from),
            after(2),
            self.from(last_friday_of_june(summer.to.year())),
            self.days.last().copied(),
        ];
        // Two apart in a circle of seven, so that the three differ.
        let start = usize::try_from(school.about("training days").below(7)).unwrap_or(0);
        let own = (0..INSET_DAYS - 2)
            .filter_map(|n| choices.get((start + 2 * n) % choices.len()).copied());
        let fixed = [self.days.first().copied(), self.from(spring.from)];
        fixed.into_iter().chain(own).flatten().collect()
    }

    /// The calendar of a school. `None` only outside the years a calendar can be kept for.
    pub(super) fn calendar(&self, year: i16, school: Key, week: SchoolWeek) -> Option<Calendar> {
        let inset = self.inset_days(school.year(year));
        let inset = inset.into_iter().map(|date| (date, ClosureKind::Inset, "INSET day"));
        let holidays = self
            .holidays
            .iter()
            .filter(|(date, _)| is_term_day(*date, &self.terms, &[]))
            .map(|(date, name)| (*date, ClosureKind::BankHoliday, *name));
        let mut closures: Vec<Closure> = inset
            .chain(holidays)
            .map(|(date, kind, note)| Closure {
                from: date,
                to: date,
                session: None,
                kind,
                note: Some(note.to_owned()),
            })
            .collect();
        closures.sort_by_key(|closure| closure.from);
        Calendar::new(AcademicYear::new(year)?, self.terms.clone(), closures, week).ok()
    }
}

/// A special school's week: closed on Friday afternoons.
pub(super) fn short_week() -> SchoolWeek {
    let mut week = SchoolWeek::default();
    if let Some(friday) = week.0.get_mut(4) {
        *friday = [true, false];
    }
    week
}

/// The last Friday in June, on which the compulsory school age of year 11 ends.
pub(super) fn last_friday_of_june(year: i32) -> NaiveDate {
    on_or_after(date(year, 6, 24), Weekday::Fri)
}

/// The Monday of the week of `date`.
pub(super) fn monday_of(date: NaiveDate) -> NaiveDate {
    date - DayCount::new(u64::from(date.weekday().num_days_from_monday()))
}

/// A date that exists in every year; the default is never reached.
pub(super) fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

/// The three terms; the summer term ends on 31 July until its days are counted.
fn terms(year: i32) -> Vec<Term> {
    let first = date(year, 9, 1);
    let autumn_from = if is_weekend(first) { on_or_after(first, Weekday::Mon) } else { first };
    let autumn_to = on_or_after(date(year, 12, 15), Weekday::Fri);
    let spring_from = on_or_after(date(year + 1, 1, 3), Weekday::Mon);
    let spring_to = on_or_after(date(year + 1, 3, 25), Weekday::Fri);
    let summer_from = spring_to + DayCount::new(17);
    let term = |name: &str, from, to, half_term: NaiveDate| Term {
        name: format!("{name} term"),
        from,
        to,
        half_term: Some(Days { from: half_term, to: half_term + DayCount::new(4) }),
    };
    let monday_from = |year, month, day| on_or_after(date(year, month, day), Weekday::Mon);
    vec![
        term("Autumn", autumn_from, autumn_to, monday_from(year, 10, 25)),
        term("Spring", spring_from, spring_to, monday_from(year + 1, 2, 14)),
        term("Summer", summer_from, date(year + 1, 7, 31), monday_from(year + 1, 5, 25)),
    ]
}

fn is_term_day(date: NaiveDate, terms: &[Term], holidays: &[(NaiveDate, &'static str)]) -> bool {
    let in_term = terms.iter().any(|term| {
        term.from <= date
            && date <= term.to
            && !term.half_term.is_some_and(|half| half.contains(date))
    });
    in_term && !is_weekend(date) && !holidays.iter().any(|(holiday, _)| *holiday == date)
}

fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

fn on_or_after(date: NaiveDate, weekday: Weekday) -> NaiveDate {
    let wait = 7 + weekday.num_days_from_monday() - date.weekday().num_days_from_monday();
    date + DayCount::new(u64::from(wait % 7))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_year_has_190_days_for_pupils_and_ends_in_july() {
        for year in 2017..=2060 {
            let dates = Dates::of(year);
            for school in 0..20 {
                let calendar =
                    dates.calendar(year, Key::new(school), SchoolWeek::default()).unwrap();
                assert_eq!(calendar.open_half_days().count(), 380, "{year}");
            }
            assert_eq!(dates.last().month(), 7, "{year}");
        }
    }

    #[test]
    fn a_special_school_is_closed_on_friday_afternoons() {
        assert_eq!(short_week().sessions(), 9);
    }
}
