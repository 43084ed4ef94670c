//! The days on which a school's reviews open: those that its policy names, and those after which a case's stage is due.

use std::collections::BTreeMap;

use chrono::{DateTime, Days as DayCount, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{Due, EVENING, MORNING, Occasion, instant};
use crate::policy::word::{Every, Kind, On};
use crate::policy::{self, Policy};
use crate::{AcademicYear, Calendar};

/// The days on which a policy lists, responds and decides, each with the hour at which its review opens.
///
/// A weekday that the policy names begins before the first register; the last day of a period counts itself, and is
/// looked at when it is over. What a policy does every day of itself opens no review. The calendars are the school's,
/// in order.
pub fn review_days(policy: &Policy, calendars: &[Calendar]) -> BTreeMap<NaiveDate, NaiveTime> {
    let mut days: BTreeMap<NaiveDate, NaiveTime> = BTreeMap::new();
    for (row, regular) in policy.regular() {
        let moment = regular.moment;
        let opens = match row.kind {
            Kind::Review => true,
            Kind::Response => moment.every != Every::Day,
            _ => false,
        };
        if !opens {
            continue;
        }
        let hour = if moment.on == On::LastDay { EVENING } else { MORNING };
        for day in policy::due_days(moment, calendars) {
            days.entry(day).and_modify(|known| *known = hour.min(*known)).or_insert(hour);
        }
    }
    days
}

/// The day on which a case is looked at whose target, or wait after a letter or a plan, ended on a day: the next school
/// day of that academic year, before its first register; the very next day when the year has none left.
pub fn day_after_stage(ended: NaiveDate, calendars: &[Calendar]) -> NaiveDate {
    let next = ended + DayCount::new(1);
    let year = AcademicYear::of(ended);
    let calendar = calendars.iter().find(|calendar| Some(calendar.year()) == year);
    let school_day = calendar.and_then(|calendar| {
        let left = next.iter_days().take_while(|day| *day <= calendar.year().last_day());
        left.into_iter().find(|day| calendar.is_school_day(*day))
    });
    school_day.unwrap_or(next)
}

/// The review of a day, which the school opens at that hour.
pub fn review_due(label: String, day: NaiveDate, hour: NaiveTime, zone: Tz) -> Due {
    on_day(Occasion::Review, label, day, hour, zone)
}

/// What the clockwork does on the morning of a day, before the first register.
pub fn morning_of(occasion: Occasion, label: String, day: NaiveDate, zone: Tz) -> Due {
    on_day(occasion, label, day, MORNING, zone)
}

/// What a school's calendars leave open of an academic year, and from when on: there is none, or it has no summer term.
/// The calendars are the school's, in order; it follows a policy from a day on.
pub fn calendar_gap(
    calendars: &[Calendar],
    year: AcademicYear,
    follows_from: NaiveDate,
    zone: Tz,
) -> Option<Due> {
    if year.last_day() < follows_from {
        return None;
    }
    let of = |year: AcademicYear| calendars.iter().find(|calendar| calendar.year() == year);
    let end = |calendar: &Calendar| calendar.terms().iter().map(|term| term.to).max();
    let is_whole =
        |calendar: &&Calendar| end(calendar) >= Some(calendar.year().last_day() - SUMMER);
    let before = year.previous().and_then(of).filter(is_whole);
    let (label, from, hour) = match (of(year), before) {
        (Some(calendar), _) if is_whole(&calendar) => return None,
        (Some(calendar), _) => {
            let last = end(calendar)?;
            (format!("the calendar for {} has no term after {last}", year.label()), last, EVENING)
        }
        (None, Some(before)) => {
            let (ends, none) = (before.year().label(), year.label());
            let label = format!("the calendar for {ends} ends; there is none for {none}");
            (label, end(before)?, EVENING)
        }
        (None, None) => {
            let from = year.first_day().max(follows_from);
            (format!("there is no calendar for {}", year.label()), from, MORNING)
        }
    };
    let period = year.number().to_string();
    Some(Due {
        period,
        to: year.last_day(),
        ..on_day(Occasion::EndOfYear, label, from, hour, zone)
    })
}

/// The next instant at which it is an hour in the school's time zone at which reviews open.
pub fn next_look(now: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
    let today = now.with_timezone(&zone).date_naive();
    let days = today.iter_days().take(2);
    let hours = days.flat_map(|day| [day.and_time(MORNING), day.and_time(EVENING)]);
    hours.map(|local| instant(local, zone)).find(|at| *at > now)
}

fn on_day(occasion: Occasion, label: String, day: NaiveDate, hour: NaiveTime, zone: Tz) -> Due {
    let local = day.and_time(hour);
    Due {
        at: instant(local, zone),
        occasion,
        period: day.to_string(),
        label,
        from: day,
        to: day,
        local,
    }
}

/// A calendar that ends so long before 31 July has no summer term.
const SUMMER: TimeDelta = TimeDelta::weeks(8);

/// The hour at which a review opens because a stage has fallen due.
pub const STAGE_HOUR: NaiveTime = MORNING;
