//! When something regular is due, from the school's own calendar.

use chrono::{Datelike, Days as DayCount, NaiveDate, Weekday};

use crate::policy::model::Moment;
use crate::policy::word::{Every, On};
use crate::year::monday_of;
use crate::{Calendar, Window, WindowKind};

/// The days of a school year on which something is due, in order.
#[must_use]
pub fn days(moment: Moment, calendar: &Calendar) -> Vec<NaiveDate> {
    let spans = spans(moment.every, calendar);
    let mut days: Vec<NaiveDate> =
        spans.iter().filter_map(|(from, to)| day(moment.on, *from, *to, calendar)).collect();
    days.dedup();
    days
}

/// Whether it is due on a day.
#[must_use]
pub fn is_due(moment: Moment, day: NaiveDate, calendar: &Calendar) -> bool {
    days(moment, calendar).contains(&day)
}

fn spans(every: Every, calendar: &Calendar) -> Vec<(NaiveDate, NaiveDate)> {
    let windows = |kind| calendar.windows(kind).iter().map(span).collect::<Vec<_>>();
    let weeks = |step| {
        calendar.windows(WindowKind::Week).iter().map(span).skip(step - 1).step_by(step).collect()
    };
    match every {
        Every::Day => {
            let year = calendar.year();
            let days = year.first_day().iter_days().take_while(|day| *day <= year.last_day());
            days.filter(|day| calendar.is_school_day(*day)).map(|day| (day, day)).collect()
        }
        Every::Week => weeks(1),
        Every::Fortnight => weeks(2),
        Every::FourWeeks => weeks(4),
        Every::HalfTerm => windows(WindowKind::HalfTerm),
        Every::HalfTermHoliday => {
            let ends: Vec<NaiveDate> = calendar.terms().iter().map(|term| term.to).collect();
            let mut halves = windows(WindowKind::HalfTerm);
            halves.retain(|(_, to)| !ends.contains(to));
            halves
        }
        Every::Term => windows(WindowKind::Term),
        Every::Year => windows(WindowKind::YearToDate),
    }
}

fn span(window: &Window) -> (NaiveDate, NaiveDate) {
    (window.from, window.to)
}

/// The day within the last school week of a span, or after it.
fn day(on: On, from: NaiveDate, to: NaiveDate, calendar: &Calendar) -> Option<NaiveDate> {
    let school_days = || {
        let days = from.iter_days().take_while(|day| *day <= to);
        days.filter(|day| calendar.is_school_day(*day))
    };
    let last = school_days().last()?;
    let weekday = match on {
        On::LastDay => return Some(last),
        On::NextTerm => return first_full_week(to, calendar),
        On::Monday => Weekday::Mon,
        On::Tuesday => Weekday::Tue,
        On::Wednesday => Weekday::Wed,
        On::Thursday => Weekday::Thu,
        On::Friday => Weekday::Fri,
    };
    let monday = monday_of(last);
    let wanted = monday + DayCount::new(u64::from(weekday.num_days_from_monday()));
    school_days().filter(|day| monday <= *day && *day <= wanted).last()
}

/// The Monday of the first week after a day in which the school is open Monday to Friday.
fn first_full_week(after: NaiveDate, calendar: &Calendar) -> Option<NaiveDate> {
    calendar.school_weeks().into_iter().find(|monday| {
        let mut week = monday.iter_days().take(5);
        *monday > after
            && monday.weekday() == Weekday::Mon
            && week.all(|day| calendar.is_school_day(day))
    })
}
