//! Broken weeks: a pupil's marks week by week, and the patterns in them.
//!
//! A pattern is a question to ask the family, never an accusation; it is named with its counts.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days as DayCount, NaiveDate, Weekday};

use crate::year::monday_of;
use crate::{Calendar, Session};

/// What became of a session the school was open for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// In school in time.
    Present,
    /// Late.
    Late,
    /// Absent.
    Absent,
}

/// A week in which the pupil missed something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenWeek {
    /// Its Monday.
    pub monday: NaiveDate,
    /// Sessions missed.
    pub absent: usize,
    /// Possible sessions.
    pub possible: usize,
}

/// A pattern of absence, with the sessions behind it out of all that were missed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// At least half of at least 4 missed sessions fall on one weekday.
    Weekday(Weekday, usize),
    /// At least three quarters of at least 4 missed sessions are mornings, or afternoons.
    HalfDay(Session, usize),
    /// At least 2 absences on the first or last school day beside a holiday or half term.
    NextToHoliday(usize),
    /// Late at least 4 times.
    Late(usize),
    /// More was missed in the last 4 school weeks than in the 4 before.
    Growing,
}

/// The broken weeks of a pupil, in order, and the patterns in them.
pub fn broken_weeks(
    marks: &BTreeMap<(NaiveDate, Session), Presence>,
    calendar: &Calendar,
) -> (Vec<BrokenWeek>, Vec<Pattern>) {
    let mut weeks: BTreeMap<NaiveDate, BrokenWeek> = BTreeMap::new();
    for ((date, _), presence) in marks {
        let monday = monday_of(*date);
        let week = weeks.entry(monday).or_insert(BrokenWeek { monday, absent: 0, possible: 0 });
        week.possible += 1;
        week.absent += usize::from(*presence == Presence::Absent);
    }
    let all: Vec<BrokenWeek> = weeks.into_values().collect();
    let patterns = patterns(marks, &all, calendar);
    (all.into_iter().filter(|week| week.absent > 0).collect(), patterns)
}

fn patterns(
    marks: &BTreeMap<(NaiveDate, Session), Presence>,
    weeks: &[BrokenWeek],
    calendar: &Calendar,
) -> Vec<Pattern> {
    let absent: Vec<(NaiveDate, Session)> = marks
        .iter()
        .filter(|(_, presence)| **presence == Presence::Absent)
        .map(|(at, _)| *at)
        .collect();
    let mut found = Vec::new();
    if absent.len() >= 4 {
        let on =
            |weekday: Weekday| absent.iter().filter(|(date, _)| date.weekday() == weekday).count();
        let days = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
        let often = days.into_iter().map(|day| (day, on(day)));
        found.extend(
            often
                .filter(|(_, count)| 2 * count >= absent.len())
                .map(|(day, count)| Pattern::Weekday(day, count)),
        );
        let half = |session| absent.iter().filter(|(_, at)| *at == session).count();
        let halves = Session::ALL.into_iter().map(|session| (session, half(session)));
        found.extend(
            halves
                .filter(|(_, count)| 4 * count >= 3 * absent.len())
                .map(|(session, count)| Pattern::HalfDay(session, count)),
        );
    }
    let beside: BTreeSet<NaiveDate> = absent
        .iter()
        .map(|(date, _)| *date)
        .filter(|date| next_to_holiday(*date, calendar))
        .collect();
    if beside.len() >= 2 {
        found.push(Pattern::NextToHoliday(beside.len()));
    }
    let late = marks.values().filter(|presence| **presence == Presence::Late).count();
    if late >= 4 {
        found.push(Pattern::Late(late));
    }
    let missed = |skip: usize| {
        let weeks: Vec<usize> =
            weeks.iter().rev().skip(skip).take(4).map(|week| week.absent).collect();
        (weeks.len() == 4).then(|| weeks.into_iter().sum::<usize>())
    };
    if let (Some(now), Some(before)) = (missed(0), missed(4))
        && now > before
    {
        found.push(Pattern::Growing);
    }
    found
}

/// Whether a week or more without school begins or ends beside the day, weekends left aside.
fn next_to_holiday(date: NaiveDate, calendar: &Calendar) -> bool {
    let is_open = |day: Option<NaiveDate>| day.is_some_and(|day| calendar.is_school_day(day));
    let mut week = 1..=7_u64;
    week.clone().all(|days| !is_open(date.checked_add_days(DayCount::new(days))))
        || week.all(|days| !is_open(date.checked_sub_days(DayCount::new(days))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(absent: &[(&str, Session)]) -> BTreeMap<(NaiveDate, Session), Presence> {
        let calendar = crate::calendar::example();
        let first: NaiveDate = "2025-09-01".parse().unwrap();
        let mut marks = BTreeMap::new();
        for day in first.iter_days().take(80).filter(|day| calendar.is_school_day(*day)) {
            for session in Session::ALL {
                let missed =
                    absent.iter().any(|(text, at)| day.to_string() == *text && *at == session);
                let presence = if missed { Presence::Absent } else { Presence::Present };
                marks.insert((day, session), presence);
            }
        }
        marks
    }

    #[test]
    fn four_monday_mornings_are_a_pattern_of_both() {
        let days = ["2025-09-08", "2025-09-15", "2025-09-22", "2025-09-29"];
        let absent = days.map(|day| (day, Session::Am));
        let (weeks, patterns) = broken_weeks(&marks(&absent), &crate::calendar::example());
        assert_eq!(weeks.len(), 4);
        assert_eq!((weeks[0].absent, weeks[0].possible), (1, 10));
        let expected = vec![Pattern::Weekday(Weekday::Mon, 4), Pattern::HalfDay(Session::Am, 4)];
        assert_eq!(patterns, expected);
    }

    #[test]
    fn days_beside_half_term_and_growing_absence_are_named() {
        let absent =
            [("2025-10-24", Session::Am), ("2025-11-03", Session::Pm), ("2025-11-05", Session::Pm)];
        let (_, patterns) = broken_weeks(&marks(&absent), &crate::calendar::example());
        assert_eq!(patterns, vec![Pattern::NextToHoliday(2), Pattern::Growing]);
    }

    #[test]
    fn a_pupil_who_is_always_there_has_no_broken_week() {
        let (weeks, patterns) = broken_weeks(&marks(&[]), &crate::calendar::example());
        assert!(weeks.is_empty() && patterns.is_empty());
    }
}
