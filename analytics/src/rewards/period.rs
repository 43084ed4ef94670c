//! The periods of rewards, and the stretches of days that rates are taken over.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::policy::spans_of;
use domain::policy::word::{Every, Over};
use domain::{Calendar, Days, Window, WindowKind, words};

use super::RewardRow;

words! {
    /// What a reward is given for.
    RewardPeriod {
        Day = "day": "a school day",
        Week = "week": "a school week",
        Fortnight = "fortnight": "two school weeks, counted from the first of the year",
        FourWeeks = "4 weeks": "four school weeks, counted from the first of the year",
        HalfTerm = "half term": "a half term",
        HalfTermHoliday = "half-term holiday": "a half term that ends in a half-term holiday",
        Term = "term": "a term",
        Year = "year": "the school year",
    }
}

impl RewardPeriod {
    /// The period of what is due so often; `None` on entry into a band, which has none.
    pub const fn of(every: Every) -> Option<Self> {
        Some(match every {
            Every::Day => Self::Day,
            Every::Week => Self::Week,
            Every::Fortnight => Self::Fortnight,
            Every::FourWeeks => Self::FourWeeks,
            Every::HalfTerm => Self::HalfTerm,
            Every::HalfTermHoliday => Self::HalfTermHoliday,
            Every::Term => Self::Term,
            Every::Year => Self::Year,
            Every::Entry => return None,
        })
    }

    /// Whether it is judged before its last school day: children leave then, and are to be handed what they earned.
    pub const fn is_cut_off(self) -> bool {
        matches!(self, Self::Term | Self::Year)
    }
}

/// One period of a row, and the days that its rate is taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Judged {
    pub(crate) row: usize,
    pub(crate) key: String,
    pub(crate) days: Days,
    pub(crate) over: Days,
}

/// A school's calendar, with the windows that follow from it.
pub(crate) struct Year<'a> {
    pub(crate) calendar: &'a Calendar,
    /// By kind, in the order of [`WindowKind::ALL`].
    pub(crate) windows: [&'a [Window]; WindowKind::ALL.len()],
}

impl Year<'_> {
    fn windows(&self, kind: WindowKind) -> &[Window] {
        self.windows[kind as usize]
    }
}

/// The periods of the rows that end, with their last school day or at their cut-off, on some days.
pub(crate) fn judged(
    year: &Year<'_>,
    rows: &[RewardRow],
    ending: Days,
    cut_off: usize,
) -> Vec<Judged> {
    let school_days = school_days(year.calendar);
    let last_of = |days: Days, before: usize| {
        let first = school_days.partition_point(|day| *day < days.from);
        let end = school_days.partition_point(|day| *day <= days.to);
        let last = end.checked_sub(1).map(|last| last.saturating_sub(before).max(first));
        let last = last.and_then(|at| school_days.get(at)).copied();
        last.filter(|last| days.contains(*last) && ending.contains(*last))
    };
    let mut known: BTreeMap<RewardPeriod, Vec<(String, Days, NaiveDate)>> = BTreeMap::new();
    let mut all = Vec::new();
    for (row, asked) in rows.iter().enumerate() {
        let periods = known.entry(asked.period).or_insert_with(|| {
            let before = if asked.period.is_cut_off() { cut_off } else { 0 };
            let periods = periods(year, &school_days, asked.period).into_iter();
            let ended = periods.filter_map(|days| Some((days, last_of(days, before)?)));
            ended.map(|(days, last)| (key(year, asked.period, days), days, last)).collect()
        });
        all.extend(periods.iter().map(|(key, days, last)| {
            let own = match asked.period.is_cut_off() {
                true => Days { from: days.from, to: *last },
                false => *days,
            };
            let over = asked.over.map_or(own, |over| so_far(year, over, *last, own));
            Judged { row, key: key.clone(), days: *days, over }
        }));
    }
    all
}

/// The days on which the school is open.
fn school_days(calendar: &Calendar) -> Vec<NaiveDate> {
    let year = calendar.year();
    let mut days: Vec<NaiveDate> =
        calendar.open_half_days().iter().map(|half_day| half_day.date(year)).collect();
    days.dedup();
    days
}

/// All periods of a kind.
fn periods(year: &Year<'_>, school_days: &[NaiveDate], period: RewardPeriod) -> Vec<Days> {
    let weeks = |number: usize| {
        let groups = year.windows(WindowKind::Week).chunks_exact(number);
        let groups = groups
            .filter_map(|weeks| Some(Days { from: weeks.first()?.from, to: weeks.last()?.to }));
        groups.collect()
    };
    match period {
        RewardPeriod::Day => school_days.iter().map(|day| Days { from: *day, to: *day }).collect(),
        RewardPeriod::Fortnight => weeks(2),
        RewardPeriod::FourWeeks => weeks(4),
        RewardPeriod::HalfTermHoliday => {
            let mut halves = windows(year, WindowKind::HalfTerm);
            halves.retain(|days| year.calendar.terms().iter().all(|term| term.to != days.to));
            halves
        }
        RewardPeriod::Week => windows(year, WindowKind::Week),
        RewardPeriod::HalfTerm => windows(year, WindowKind::HalfTerm),
        RewardPeriod::Term => windows(year, WindowKind::Term),
        RewardPeriod::Year => windows(year, WindowKind::YearToDate),
    }
}

fn windows(year: &Year<'_>, kind: WindowKind) -> Vec<Days> {
    let windows = year.windows(kind).iter();
    windows.map(|window| Days { from: window.from, to: window.to }).collect()
}

/// What names a period: its window, or its days where it is none.
fn key(year: &Year<'_>, period: RewardPeriod, days: Days) -> String {
    let kind = match period {
        RewardPeriod::Day => return days.from.to_string(),
        RewardPeriod::Fortnight | RewardPeriod::FourWeeks => {
            return format!("{}/{}", days.from, days.to);
        }
        RewardPeriod::Week => WindowKind::Week,
        RewardPeriod::HalfTerm | RewardPeriod::HalfTermHoliday => WindowKind::HalfTerm,
        RewardPeriod::Term => WindowKind::Term,
        RewardPeriod::Year => WindowKind::YearToDate,
    };
    let own = year.windows(kind).iter().find(|window| window.from == days.from);
    own.map(|window| window.key.clone()).unwrap_or_default()
}

/// From the start of what a rate is taken over to the end of the period.
fn so_far(year: &Year<'_>, over: Over, last: NaiveDate, own: Days) -> Days {
    let kind = match over {
        Over::Week => WindowKind::Week,
        Over::HalfTerm => WindowKind::HalfTerm,
        Over::Term => WindowKind::Term,
        Over::Year => WindowKind::YearToDate,
        Over::Fortnight => {
            let fortnights = spans_of(over, year.calendar);
            let fortnight = fortnights.into_iter().find(|days| days.contains(last));
            return fortnight.map_or(own, |days| Days { from: days.from, to: own.to });
        }
    };
    let window = year.windows(kind).iter().find(|window| window.contains(last));
    window.map_or(own, |window| Days { from: window.from, to: own.to })
}
