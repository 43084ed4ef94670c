//! The schedule: what falls due at a school by itself, and when.
//!
//! Everything follows from the school's own calendar and time zone. A period ends when its last
//! school day is over; a policy's day begins before its first register.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use crate::policy::word::Kind;
use crate::policy::{self, Body, Policy};
use crate::{AcademicYear, Calendar, Window, WindowKind, Word, words};

mod reviews;

pub use reviews::{
    STAGE_HOUR, calendar_gap, day_after_stage, morning_of, next_look, review_days, review_due,
};

/// When a school day is over, in the school's time zone: its last register has closed.
const EVENING: NaiveTime = hour(18);
/// When a policy's day begins, in the school's time zone: before the first register.
const MORNING: NaiveTime = hour(6);

const fn hour(hour: u32) -> NaiveTime {
    match NaiveTime::from_hms_opt(hour, 0, 0) {
        Some(time) => time,
        None => NaiveTime::MIN,
    }
}

words! {
    /// What falls due at a school.
    Occasion as "RunKind" {
        EndOfWeek = "end_of_week": "a school week is over",
        EndOfHalfTerm = "end_of_half_term": "a half term is over",
        EndOfTerm = "end_of_term": "a term is over",
        EndOfYear = "end_of_year": "the school year is over",
        Review = "review": "a policy lists pupils, and perhaps decides cases; or a case's stage is due",
        Deadlines = "deadlines": "actions fall due, or are overdue",
        Leavers = "leavers": "pupils with a case have left the roll, or moved inside the trust",
        Joiners = "joiners": "pupils have their first or last day at a school: another one has them, and its drafts go live",
        DrawsPrepared = "draws_prepared": "a period begins for which a policy holds prize draws",
        DrawOpened = "draw_opened": "a prize draw is opened: what it is, is published",
        DrawFrozen = "draw_frozen": "a prize draw's entries are frozen",
        DrawHeld = "draw_held": "a prize draw is drawn, or voided because a party has stayed away",
        Response = "response": "a policy does what it regularly does for pupils in a band",
        Reward = "reward": "what a week, a half term, a term or the year has earned is judged",
        RewardAgain = "reward_again": "marks have changed on which rewards rest: they are judged again",
        Draw = "draw": "a policy holds a prize draw",
        Calendar = "calendar": "a calendar is missing, or has no summer term: nothing is due without it",
    }
}

impl Occasion {
    /// The kind of window that it ends; `None` for a policy's own days.
    pub const fn ends(self) -> Option<WindowKind> {
        match self {
            Occasion::EndOfWeek => Some(WindowKind::Week),
            Occasion::EndOfHalfTerm => Some(WindowKind::HalfTerm),
            Occasion::EndOfTerm => Some(WindowKind::Term),
            Occasion::EndOfYear => Some(WindowKind::YearToDate),
            Occasion::Review
            | Occasion::Deadlines
            | Occasion::Leavers
            | Occasion::Joiners
            | Occasion::DrawsPrepared
            | Occasion::DrawOpened
            | Occasion::DrawFrozen
            | Occasion::DrawHeld
            | Occasion::Response
            | Occasion::Reward
            | Occasion::RewardAgain
            | Occasion::Draw
            | Occasion::Calendar => None,
        }
    }

    fn of(kind: Kind) -> Option<Self> {
        Self::read(kind.text())
    }
}

/// Something that falls due at a school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The instant.
    pub at: DateTime<Utc>,
    /// What it is.
    pub occasion: Occasion,
    /// What tells it from all others of its kind at the school: `2026/half-term-1`, `2026/2026-W47`;
    /// for a day that a policy announces its folder and the date, `our-policy/2026-10-21`; for a review that opens, and
    /// for deadlines, leavers and joiners, the date.
    pub period: String,
    /// What people call it: `Autumn term, first half`.
    pub label: String,
    /// The first day that it is about.
    pub from: NaiveDate,
    /// The last day that it is about.
    pub to: NaiveDate,
    /// The same instant in the school's time zone.
    pub local: NaiveDateTime,
}

/// The ends of a calendar's weeks, half terms, terms and of its year, in order.
///
/// Each is due in the evening of the period's last school day. A period without a single school day
/// has no end: there is nothing to close.
pub fn ends(calendar: &Calendar, zone: Tz) -> Vec<Due> {
    let mut all: Vec<Due> = Occasion::ALL
        .into_iter()
        .filter_map(|occasion| Some((occasion, occasion.ends()?)))
        .flat_map(|(occasion, kind)| {
            let windows = calendar.windows(kind).into_iter();
            windows.filter_map(move |window| end(calendar, zone, occasion, window))
        })
        .collect();
    all.sort_by(|a, b| (a.at, a.occasion, &a.period).cmp(&(b.at, b.occasion, &b.period)));
    all
}

/// When what a calendar's weeks, half terms, terms and its year have earned is judged, in order: as [`ends`], but a term
/// and the year so many school days before their last, so that children are still there.
pub fn rewards_due(calendar: &Calendar, zone: Tz, cut_off: usize) -> Vec<Due> {
    let due = |end: Due| {
        let before = match end.occasion {
            Occasion::EndOfTerm | Occasion::EndOfYear => cut_off,
            _ => 0,
        };
        let days = end.from.iter_days().take_while(|day| *day <= end.local.date());
        let days: Vec<NaiveDate> = days.filter(|day| calendar.is_school_day(*day)).collect();
        let day = days.get(days.len().saturating_sub(before + 1)).copied()?;
        let local = day.and_time(EVENING);
        Some(Due { at: instant(local, zone), occasion: Occasion::Reward, local, ..end })
    };
    let mut all: Vec<Due> = ends(calendar, zone).into_iter().filter_map(due).collect();
    all.sort_by(|a, b| (a.at, &a.period).cmp(&(b.at, &b.period)));
    all
}

/// The academic year and the window's key of an end's period: the opposite of what [`ends`] puts
/// together.
pub fn split_period(period: &str) -> Option<(AcademicYear, &str)> {
    let (year, key) = period.split_once('/')?;
    Some((AcademicYear::new(year.parse().ok()?)?, key))
}

fn end(calendar: &Calendar, zone: Tz, occasion: Occasion, window: Window) -> Option<Due> {
    let year = calendar.year();
    // A week may reach over the ends of the academic year: its days there belong to another calendar.
    let days = window.from.iter_days().take_while(|day| *day <= window.to);
    let last = days.filter(|day| calendar.is_school_day(*day)).last();
    let local = last?.and_time(EVENING);
    Some(Due {
        at: instant(local, zone),
        occasion,
        period: format!("{}/{}", year.number(), window.key),
        label: match occasion {
            Occasion::EndOfYear => year.label(),
            _ => window.label,
        },
        from: window.from,
        to: window.to,
        local,
    })
}

/// The days that a policy names itself: its reviews, responses, rewards and draws, in order. Several
/// rows of one kind for one day are one.
///
/// `folder` names the policy; the calendars are the school's, in order.
pub fn policy_days(folder: &str, policy: &Policy, calendars: &[Calendar], zone: Tz) -> Vec<Due> {
    let mut days: BTreeSet<(NaiveDate, Occasion)> = BTreeSet::new();
    for row in &policy.rows {
        let moment = match &row.body {
            Body::Regular(regular) => regular.moment,
            Body::Draw(draw) => draw.moment,
            _ => continue,
        };
        let Some(occasion) = Occasion::of(row.kind) else { continue };
        days.extend(policy::due_days(moment, calendars).into_iter().map(|day| (day, occasion)));
    }
    let due = |(day, occasion): (NaiveDate, Occasion)| {
        let local = day.and_time(MORNING);
        Due {
            at: instant(local, zone),
            occasion,
            period: format!("{folder}/{day}"),
            label: format!("{}: {}", policy.name, occasion.text()),
            from: day,
            to: day,
            local,
        }
    };
    days.into_iter().map(due).collect()
}

/// What has fallen due by now and is not there yet, in order; and the next instant at which anything does.
///
/// What fell due before the calendar was known is nobody's: `known_from` is the instant at which a
/// calendar for that school year was first recorded.
pub fn fallen_due(
    dues: Vec<Due>,
    known_from: DateTime<Utc>,
    now: DateTime<Utc>,
    is_there: impl Fn(&Due) -> bool,
) -> (Vec<Due>, Option<DateTime<Utc>>) {
    let next = dues.iter().map(|due| due.at).filter(|at| *at > now).min();
    let mut fallen = dues;
    fallen.retain(|due| known_from < due.at && due.at <= now && !is_there(due));
    (fallen, next)
}

/// The instant at which it is this time in the school's time zone. Of two, when the clocks go back, the
/// first; of none, when they go forward, the first after the gap.
fn instant(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    let quarter = TimeDelta::minutes(15);
    let candidates = std::iter::successors(Some(local), |local| local.checked_add_signed(quarter));
    let mut instants =
        candidates.take(100).filter_map(|local| zone.from_local_datetime(&local).earliest());
    instants.next().map_or_else(|| local.and_utc(), |instant| instant.with_timezone(&Utc))
}

#[cfg(test)]
mod tests;
