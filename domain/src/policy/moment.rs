//! When something regular is due, from the school's own calendar.

use std::collections::BTreeSet;

use chrono::{Datelike, Days as DayCount, NaiveDate, Weekday};

use crate::policy::model::{Moment, Policy};
use crate::policy::word::{Every, On, Over};
use crate::year::monday_of;
use crate::{Calendar, Days, Window, WindowKind};

/// Whether it is due on a day. The calendars are the school's, in order.
pub fn is_due(moment: Moment, day: NaiveDate, calendars: &[Calendar]) -> bool {
    let Some(here) = calendars.iter().position(|calendar| calendar.year().contains(day)) else {
        return false;
    };
    // What follows the last term of a year falls into the next.
    let from = if moment.on == On::NextTerm { here.saturating_sub(1) } else { here };
    calendars.iter().skip(from).take(here + 1 - from).any(|calendar| {
        // Of the single days of a year only this one matters, unless something follows one of them.
        let first = if moment.on == On::NextTerm { calendar.year().first_day() } else { day };
        spans(moment.every, calendar, (first, day)).into_iter().any(|(from, to)| {
            let near = from <= day && (day <= to || moment.on == On::NextTerm);
            near && self::day(moment.on, (from, to), calendar, calendars) == Some(day)
        })
    })
}

/// Every day on which it is due. The calendars are the school's, in order.
pub fn due_days(moment: Moment, calendars: &[Calendar]) -> BTreeSet<NaiveDate> {
    let days = calendars.iter().flat_map(|calendar| {
        let year = (calendar.year().first_day(), calendar.year().last_day());
        let spans = spans(moment.every, calendar, year).into_iter();
        spans.filter_map(move |span| day(moment.on, span, calendar, calendars))
    });
    // Some days need a calendar that is not there yet; `is_due` knows which of the found ones hold.
    days.filter(|day| is_due(moment, *day, calendars)).collect()
}

/// The day up to which figures are taken when a policy is carried out on a day: that day itself, or, when something is
/// due that looks back on a term that closed, the last school day of that term.
pub fn figures_day(policy: &Policy, day: NaiveDate, calendars: &[Calendar]) -> NaiveDate {
    let looks_back = |moment: Moment| moment.on == On::NextTerm && is_due(moment, day, calendars);
    if !policy.regular().any(|(_, regular)| looks_back(regular.moment)) {
        return day;
    }
    let terms = calendars.iter().flat_map(Calendar::terms).map(|term| term.to);
    terms.filter(|last| *last < day).max().unwrap_or(day)
}

/// The days that a rate is taken over, as often as they come in a year: fortnights are counted from its first school week.
pub fn spans_of(over: Over, calendar: &Calendar) -> Vec<Days> {
    let kind = match over {
        Over::Week => WindowKind::Week,
        Over::HalfTerm => WindowKind::HalfTerm,
        Over::Term => WindowKind::Term,
        Over::Year => WindowKind::YearToDate,
        Over::Fortnight => {
            let weeks = calendar.school_weeks();
            let fortnight = |pair: &[NaiveDate]| {
                let (from, last) = (*pair.first()?, *pair.last()?);
                Some(Days { from, to: last + DayCount::new(6) })
            };
            return weeks.chunks(2).filter_map(fortnight).collect();
        }
    };
    let days = |window: &Window| Days { from: window.from, to: window.to };
    calendar.windows(kind).iter().map(days).collect()
}

/// The day that is so many school days after a day. In a school year whose calendar is not there yet Mondays to Fridays
/// count, August left aside: what somebody is to do by then is not to be without a day.
pub fn school_days_after(day: NaiveDate, days: u32, calendars: &[Calendar]) -> NaiveDate {
    let is_school_day = |day: &NaiveDate| {
        let calendar = calendars.iter().find(|calendar| calendar.year().contains(*day));
        calendar.map_or_else(
            || day.month() != 8 && day.weekday().num_days_from_monday() < 5,
            |calendar| calendar.is_school_day(*day),
        )
    };
    let mut school_days = day.iter_days().skip(1).filter(is_school_day);
    match usize::try_from(days).unwrap_or(usize::MAX).checked_sub(1) {
        None => day,
        Some(more) => school_days.nth(more).unwrap_or(day),
    }
}

/// The spans of a year that something falls in or follows; of its single days only these.
fn spans(
    every: Every,
    calendar: &Calendar,
    (first, last): (NaiveDate, NaiveDate),
) -> Vec<(NaiveDate, NaiveDate)> {
    let windows = |kind| calendar.windows(kind).iter().map(span).collect::<Vec<_>>();
    let weeks = |step| {
        let mondays = calendar.school_weeks().into_iter().skip(step - 1).step_by(step);
        mondays.map(|monday| (monday, monday + DayCount::new(6))).collect()
    };
    match every {
        Every::Day => {
            let days = first.iter_days().take_while(|day| *day <= last);
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
        // Of no calendar: it is different for each pupil.
        Every::Entry => Vec::new(),
    }
}

fn span(window: &Window) -> (NaiveDate, NaiveDate) {
    (window.from, window.to)
}

/// The day within the last school week of a span, or after it.
fn day(
    on: On,
    (from, to): (NaiveDate, NaiveDate),
    calendar: &Calendar,
    calendars: &[Calendar],
) -> Option<NaiveDate> {
    let school_days = || {
        let days = from.iter_days().take_while(|day| *day <= to);
        days.filter(|day| calendar.is_school_day(*day))
    };
    let last = school_days().last()?;
    let weekday = match on {
        On::LastDay => return Some(last),
        On::NextTerm => return first_full_week(to, calendars),
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
fn first_full_week(after: NaiveDate, calendars: &[Calendar]) -> Option<NaiveDate> {
    let mut weeks = calendars.iter().flat_map(|calendar| {
        calendar.school_weeks().into_iter().map(move |monday| (monday, calendar))
    });
    let full = |monday: NaiveDate, calendar: &Calendar| {
        monday.iter_days().take(5).all(|day| calendar.is_school_day(day))
    };
    let found = weeks.find(|(monday, calendar)| *monday > after && full(*monday, calendar));
    found.map(|(monday, _)| monday)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::example_calendars;

    #[track_caller]
    fn due(every: Every, on: On, days: &[&str]) {
        let calendars = example_calendars();
        let first: NaiveDate = "2025-09-01".parse().unwrap();
        let all = first.iter_days().take_while(|day| day.to_string().as_str() <= "2026-10-01");
        let found: Vec<String> = all
            .filter(|day| is_due(Moment { every, on }, *day, &calendars))
            .map(|day| day.to_string())
            .collect();
        assert_eq!(found, days);
        let listed = due_days(Moment { every, on }, &calendars).into_iter().map(|d| d.to_string());
        let listed: Vec<String> = listed.filter(|day| day.as_str() <= "2026-10-01").collect();
        assert_eq!(listed, days);
    }

    #[test]
    fn half_terms_end_on_the_wednesday_of_their_last_week() {
        let six =
            ["2025-10-22", "2025-12-17", "2026-02-11", "2026-03-25", "2026-05-20", "2026-07-22"];
        due(Every::HalfTerm, On::Wednesday, &six);
        due(Every::HalfTermHoliday, On::Wednesday, &["2025-10-22", "2026-02-11", "2026-05-20"]);
    }

    #[test]
    fn school_days_are_those_of_the_calendar_and_without_one_mondays_to_fridays_but_for_august() {
        let calendars = example_calendars();
        let after = |day: &str, days| school_days_after(day.parse().unwrap(), days, &calendars);
        // Over the half-term holiday; the same day; and beyond the last calendar.
        assert_eq!(after("2025-10-23", 2).to_string(), "2025-11-03");
        assert_eq!(after("2025-10-25", 0).to_string(), "2025-10-25");
        let last = calendars.last().unwrap().year();
        let beyond = last.last_day();
        let expected: NaiveDate = format!("{}-09-01", last.number() + 1).parse().unwrap();
        let weekday = expected.iter_days().find(|day| day.weekday().num_days_from_monday() < 5);
        assert_eq!(Some(school_days_after(beyond, 1, &calendars)), weekday);
        assert_eq!(
            school_days_after("2031-01-01".parse().unwrap(), 5, &[]).to_string(),
            "2031-01-08"
        );
    }

    #[test]
    fn a_fortnight_s_figure_ends_where_the_fortnight_is_due() {
        let calendars = example_calendars();
        let fortnights = spans_of(Over::Fortnight, &calendars[0]);
        let all: Vec<String> =
            fortnights.iter().take(4).map(|days| format!("{} {}", days.from, days.to)).collect();
        // Over the half-term holiday, too.
        assert_eq!(
            all,
            [
                "2025-09-01 2025-09-14",
                "2025-09-15 2025-09-28",
                "2025-09-29 2025-10-12",
                "2025-10-13 2025-10-26"
            ]
        );
        let due = due_days(Moment { every: Every::Fortnight, on: On::LastDay }, &calendars[..1]);
        let ends = |days: &Days| due.iter().any(|day| days.from < *day && *day <= days.to);
        let single = fortnights.iter().filter(|days| !ends(days)).count();
        assert!(single <= 1, "a last week without a second one");
    }

    #[test]
    fn the_termly_review_of_the_summer_opens_in_september() {
        due(Every::Term, On::NextTerm, &["2026-01-05", "2026-04-13", "2026-09-07"]);
        due(Every::Year, On::LastDay, &["2026-07-22"]);
    }
}
