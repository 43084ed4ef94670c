//! The days on which a school's reviews open: those that its policy names, and those after which a case's stage is due.

use std::collections::BTreeMap;

use chrono::{DateTime, Days as DayCount, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;

use super::{Due, EVENING, MORNING, Occasion, instant};
use crate::policy::word::{Every, Kind, On};
use crate::policy::{self, Policy};
use crate::{AcademicYear, Calendar};

/// The days on which a policy lists, responds and decides, each with the hour at which its review opens.
///
/// A weekday that the policy names begins before the first register; the last day of a period counts itself, and is
/// looked at when it is over. What a policy does every day of itself opens no review. The calendars are the school's, in
/// order.
#[must_use]
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
#[must_use]
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
#[must_use]
pub fn review_due(label: String, day: NaiveDate, hour: NaiveTime, zone: Tz) -> Due {
    on_day(Occasion::Review, label, day, hour, zone)
}

/// What the clockwork does on the morning of a day, before the first register.
#[must_use]
pub fn morning_of(occasion: Occasion, label: String, day: NaiveDate, zone: Tz) -> Due {
    on_day(occasion, label, day, MORNING, zone)
}

/// The end of the last term of a calendar: what comes after it needs the next year's.
#[must_use]
pub fn calendar_ends(calendar: &Calendar, zone: Tz) -> Option<Due> {
    let last = calendar.terms().iter().map(|term| term.to).max()?;
    let label = match calendar.year().next() {
        Some(next) => format!(
            "the calendar for {} ends; there is none for {}",
            calendar.year().label(),
            next.label()
        ),
        None => format!("the calendar for {} ends", calendar.year().label()),
    };
    Some(on_day(Occasion::EndOfYear, label, last, EVENING, zone))
}

/// The next instant at which the school's wall shows an hour at which reviews open.
#[must_use]
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

/// The hour at which a review opens because a stage has fallen due.
pub const STAGE_HOUR: NaiveTime = MORNING;
