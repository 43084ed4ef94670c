//! The school days of one school and year, with all that chance or the calendar says about each:
//! looked up once, since thousands of pupils walk through the same days.

use chrono::{Datelike, Days as DayCount, NaiveDate};
use domain::{Calendar, Session};

use super::calendar::{Dates, last_friday_of_june, monday_of};
use super::figures;
use super::pupil::MILLION;
use super::rng::Key;
use super::schools::Phase;
use super::season::Seasons;

/// A day on which the school is open for at least one session.
#[derive(Debug, Clone)]
pub(super) struct Day {
    pub(super) date: NaiveDate,
    /// The date as a number to draw and count with.
    pub(super) number: u64,
    /// The week, from 0, among the weeks in [`Days::mondays`].
    pub(super) week: usize,
    /// Monday is 0.
    pub(super) weekday: usize,
    /// Whether the school is open in the morning and in the afternoon.
    pub(super) open: [bool; 2],
    /// How likely absence is in this week, per thousand of the year's average.
    pub(super) season: u64,
    pub(super) starts_week: bool,
    pub(super) ends_week: bool,
    /// How much of the year's holidays in term begin this week, per million.
    pub(super) holidays: u64,
    /// Which of the pairs of days of religious observance this day belongs to.
    pub(super) observance: Option<u64>,
    /// The school could not open.
    pub(super) shut: bool,
    /// The first fortnight of the autumn term, when reception comes in the mornings only.
    pub(super) settling_in: bool,
    pub(super) work_experience: bool,
    /// From the summer half-term break to the last Friday in June.
    pub(super) exams: bool,
    /// After the last Friday in June, when year 11 need not come any more.
    pub(super) after_exams: bool,
}

/// The school days of a school and year, up to the day before `today`.
#[derive(Debug)]
pub(super) struct Days {
    pub(super) mondays: Vec<NaiveDate>,
    pub(super) days: Vec<Day>,
}

impl Days {
    /// The days before `today`. `seed` is the trust's key and `school` the school's.
    pub(super) fn of(calendar: &Calendar, seed: Key, school: Key, today: NaiveDate) -> Self {
        let mondays = calendar.school_weeks();
        let around = Around::of(calendar, seed);
        let mut days = Vec::new();
        let first = calendar.terms().first().map(|term| term.from).unwrap_or_default();
        let dates = first.iter_days().take_while(|date| calendar.year().contains(*date));
        for date in dates.take_while(|date| *date < today) {
            let open = Session::ALL.map(|session| calendar.is_open(date, session));
            let monday = monday_of(date);
            if let (true, Ok(week)) = (open.contains(&true), mondays.binary_search(&monday)) {
                days.push(around.day(date, open, week, school));
            }
        }
        mark_week_ends(&mut days, calendar);
        Self { mondays, days }
    }
}

/// What is the same for the whole trust in a year.
struct Around {
    seasons: Seasons,
    /// Days of religious observance, each with the number of the pair it belongs to.
    observance: Vec<(u64, NaiveDate)>,
    /// The week's Monday and how likely a holiday begins in it, against other weeks.
    holidays: Vec<(NaiveDate, u64)>,
    work_week: Option<NaiveDate>,
    settled_in: NaiveDate,
    exams_from: Option<NaiveDate>,
    last_friday_of_june: NaiveDate,
}

impl Around {
    fn of(calendar: &Calendar, seed: Key) -> Self {
        let number = calendar.year().number();
        let dates = Dates::of(number);
        let mondays = dates.mondays();
        let key = seed.about("observance").year(number);
        Self {
            seasons: Seasons::of(calendar),
            observance: (0..2 * figures::OBSERVANCES)
                .filter_map(|n| Some((n / 2, key.with(n).pick(&dates.days)?)))
                .collect(),
            holidays: holiday_weights(&mondays),
            work_week: mondays.iter().rev().nth(3).copied(),
            settled_in: dates.first() + DayCount::new(14),
            exams_from: calendar.terms().last().and_then(|term| Some(term.half_term?.to)),
            last_friday_of_june: last_friday_of_june(i32::from(number) + 1),
        }
    }

    fn day(&self, date: NaiveDate, open: [bool; 2], week: usize, school: Key) -> Day {
        let monday = monday_of(date);
        let number = u64::try_from(date.num_days_from_ce()).unwrap_or(0);
        let all: u64 = self.holidays.iter().map(|(_, weight)| weight).sum();
        let weight = self.holidays.iter().find(|(week, _)| *week == monday).map_or(0, |(_, w)| *w);
        Day {
            date,
            number,
            week,
            weekday: usize::try_from(date.weekday().num_days_from_monday()).unwrap_or(0),
            open,
            season: self.seasons.on(date),
            starts_week: false,
            ends_week: false,
            holidays: MILLION * weight / all.max(1),
            observance: self.observance.iter().find(|(_, kept)| *kept == date).map(|(n, _)| *n),
            shut: school.about("shut").with(number).happens(figures::SHUT, 10_000),
            settling_in: date < self.settled_in,
            work_experience: self.work_week == Some(monday),
            exams: self.exams_from.is_some_and(|from| from < date)
                && date <= self.last_friday_of_june,
            after_exams: self.exams_from.is_some() && date > self.last_friday_of_june,
        }
    }
}

/// Families go away before and after breaks, and in September, June and July.
fn holiday_weights(mondays: &[NaiveDate]) -> Vec<(NaiveDate, u64)> {
    let weeks = mondays.iter().enumerate();
    let weight = |(place, monday): (usize, &NaiveDate)| {
        let next = mondays.get(place + 1);
        let before_break = next.is_none_or(|next| *next - *monday > chrono::TimeDelta::weeks(1));
        let month = monday.month();
        let weight = if before_break {
            6
        } else if matches!(month, 6 | 7 | 9) {
            4
        } else {
            2
        };
        (*monday, weight)
    };
    weeks.map(weight).collect()
}

/// The first and the last day of every week. The last week may still go on after the days given,
/// so its end comes from the calendar.
fn mark_week_ends(days: &mut [Day], calendar: &Calendar) {
    let mut week = None;
    for day in days.iter_mut() {
        day.starts_week = week != Some(day.week);
        week = Some(day.week);
        let rest = day
            .date
            .iter_days()
            .skip(1)
            .take_while(|date| date.weekday().num_days_from_monday() > 0);
        day.ends_week = !rest.into_iter().any(|date| calendar.is_school_day(date));
    }
}

/// Chances that concern a whole class on a day.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ClassDay {
    /// On a school visit.
    pub(super) visit: bool,
    /// Whether the morning's and the afternoon's register was never taken.
    pub(super) missing: [bool; 2],
}

/// What happens to a class on each of the days.
pub(super) fn class_days(days: &[Day], class: Key, phase: Phase) -> Vec<ClassDay> {
    let class_day = |day: &Day| {
        let key = class.with(day.number);
        ClassDay {
            visit: key.happens(figures::of(figures::VISITS, phase), 1000),
            missing: [1, 2].map(|n| key.with(n).happens(figures::MISSING_REGISTERS, 1000)),
        }
    };
    days.iter().map(class_day).collect()
}
