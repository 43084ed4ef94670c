//! Every end falls due once, at the right hour in the school's time zone, however the clock is moved.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days as DayCount};
use chrono_tz::Europe::London;
use chrono_tz::{Asia, Europe};
use proptest::prelude::*;

use super::*;
use crate::policy::{Answers, built_in, example_calendars, parse};
use crate::year::monday_of;
use crate::{AcademicYear, Closure, ClosureKind, Days, SchoolWeek, Term};

/// The key that tells runs of a school apart.
fn key(due: &Due) -> (Occasion, String) {
    (due.occasion, due.period.clone())
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Calendars of 2025/26: one to six terms of any length, some with a break, closures anywhere, any week.
fn calendars() -> impl Strategy<Value = Calendar> {
    let cuts = prop::collection::btree_set(0_u64..365, 2..=12);
    let closures = prop::collection::vec((0_u64..365, 0_u64..20), 0..12);
    let week = prop::array::uniform7(prop::array::uniform2(any::<bool>()));
    let breaks = prop::collection::vec(any::<bool>(), 6);
    (cuts, closures, week, breaks).prop_filter_map("no term", |(cuts, closures, week, breaks)| {
        let year = AcademicYear::new(2025)?;
        let at = |number: u64| (year.first_day() + DayCount::new(number)).min(year.last_day());
        let cuts: Vec<u64> = cuts.into_iter().collect();
        let term = |(pair, with_break): (&[u64], bool)| {
            let (from, to) = (at(pair[0]), at(pair[1] - 1));
            let long = (to - from).num_days() > 30;
            let half_term = (with_break && long)
                .then(|| Days { from: from + DayCount::new(10), to: from + DayCount::new(16) });
            Term { name: format!("Term from {from}"), from, to, half_term }
        };
        let terms = cuts.chunks_exact(2).zip(breaks).map(term).filter(|t| t.from <= t.to).collect();
        let closure = |(from, days)| Closure {
            from: at(from),
            to: at(from + days),
            session: None,
            kind: ClosureKind::Closure,
            note: None,
        };
        let closures = closures.into_iter().map(closure).collect();
        Calendar::new(year, terms, closures, SchoolWeek(week)).ok()
    })
}

/// The last school day of every half term that has one, found by walking through the year.
fn last_days_of_half_terms(calendar: &Calendar) -> Vec<NaiveDate> {
    let mut by_half_term: BTreeMap<(usize, bool), NaiveDate> = BTreeMap::new();
    let year = calendar.year();
    let days = year.first_day().iter_days().take_while(|day| *day <= year.last_day());
    for day in days.filter(|day| calendar.is_school_day(*day)) {
        let (number, term) = calendar
            .terms()
            .iter()
            .enumerate()
            .find(|(_, term)| term.from <= day && day <= term.to)
            .unwrap();
        let after_break = term.half_term.is_some_and(|half_term| day > half_term.to);
        by_half_term.insert((number, after_break), day);
    }
    by_half_term.into_values().collect()
}

proptest! {
    #[test]
    fn every_end_is_unique_and_in_order(calendar in calendars()) {
        let all = ends(&calendar, London);
        let keys: BTreeSet<_> = all.iter().map(key).collect();
        prop_assert_eq!(keys.len(), all.len());
        prop_assert!(all.is_sorted_by_key(|due| due.at));
        for due in &all {
            let (year, key) = split_period(&due.period).unwrap();
            let windows = calendar.windows(due.occasion.ends().unwrap());
            let window = windows.iter().find(|window| window.key == key).unwrap();
            prop_assert_eq!((year, window.from, window.to), (calendar.year(), due.from, due.to));
        }
    }

    #[test]
    fn every_half_term_ends_once_on_its_last_school_day(calendar in calendars()) {
        let all = ends(&calendar, London);
        let found: Vec<NaiveDate> = all
            .iter()
            .filter(|due| due.occasion == Occasion::EndOfHalfTerm)
            .map(|due| due.local.date())
            .collect();
        prop_assert_eq!(found, last_days_of_half_terms(&calendar));
    }

    #[test]
    fn every_school_day_lies_in_a_week_that_ends(calendar in calendars()) {
        let weeks: BTreeSet<NaiveDate> = ends(&calendar, London)
            .iter()
            .filter(|due| due.occasion == Occasion::EndOfWeek)
            .map(|due| monday_of(due.local.date()))
            .collect();
        prop_assert_eq!(weeks, calendar.school_weeks().into_iter().collect());
    }

    #[test]
    fn the_clock_moved_in_any_steps_runs_what_it_runs_in_one(
        calendar in calendars(),
        known in 0_i64..400,
        steps in prop::collection::vec(1_i64..60 * 24 * 60, 1..80),
    ) {
        let from = day("2025-08-01").and_time(NaiveTime::MIN).and_utc();
        let known_from = from + TimeDelta::days(known);
        let tick = |now: DateTime<Utc>, there: &mut Vec<(Occasion, String)>| {
            let is_there = |due: &Due| there.contains(&key(due));
            let (fallen, next) = fallen_due(ends(&calendar, London), known_from, now, is_there);
            there.extend(fallen.iter().map(key));
            next
        };
        let (mut now, mut in_steps) = (from, Vec::new());
        let mut next = tick(now, &mut in_steps);
        for minutes in steps {
            now += TimeDelta::minutes(minutes);
            // As the clockwork does: before `next` there is nothing to look for.
            if next.is_some_and(|next| now >= next) {
                next = tick(now, &mut in_steps);
            }
        }
        let mut at_once = Vec::new();
        tick(now, &mut at_once);
        at_once.sort();
        in_steps.sort();
        prop_assert_eq!(in_steps, at_once);
    }

    #[test]
    fn the_wall_shows_six_in_the_evening_in_summer_and_in_winter(calendar in calendars()) {
        for zone in [London, Europe::Berlin, Asia::Nicosia] {
            for due in ends(&calendar, zone) {
                let wall = due.at.with_timezone(&zone).naive_local();
                prop_assert_eq!((wall, wall.time()), (due.local, EVENING));
                prop_assert!(calendar.is_school_day(wall.date()));
            }
        }
    }
}

#[test]
fn a_plain_year_has_its_ends_and_bst_and_gmt_are_told_apart() {
    let all = ends(&crate::calendar::example(), London);
    let of = |occasion| -> Vec<String> {
        let found = all.iter().filter(|due| due.occasion == occasion);
        found.map(|due| format!("{} {}", due.period, due.at.format("%F %H"))).collect()
    };
    assert_eq!(
        of(Occasion::EndOfHalfTerm),
        [
            "2025/half-term-1 2025-10-24 17",
            "2025/half-term-2 2025-12-19 18",
            "2025/half-term-3 2026-02-13 18",
            "2025/half-term-4 2026-03-27 18",
            "2025/half-term-5 2026-05-22 17",
            "2025/half-term-6 2026-07-21 17",
        ]
    );
    assert_eq!(
        of(Occasion::EndOfTerm),
        ["2025/term-1 2025-12-19 18", "2025/term-2 2026-03-27 18", "2025/term-3 2026-07-21 17"]
    );
    assert_eq!(of(Occasion::EndOfYear), ["2025/year-to-date 2026-07-21 17"]);
    let weeks = of(Occasion::EndOfWeek);
    assert_eq!((weeks.len(), weeks[0].as_str()), (40, "2025/2025-W36 2025-09-05 17"));
}

#[test]
fn an_hour_that_the_wall_shows_twice_is_the_first_and_one_that_it_skips_is_the_next() {
    let at = |text: &str| text.parse::<NaiveDateTime>().unwrap();
    let said = |text: &str| instant(at(text), London).format("%F %H:%M").to_string();
    assert_eq!(said("2026-10-25T01:30:00"), "2026-10-25 00:30");
    assert_eq!(said("2026-03-29T01:30:00"), "2026-03-29 01:00");
}

#[test]
fn every_built_in_policy_names_days_and_each_once() {
    let calendars = example_calendars();
    for (name, folder) in built_in() {
        let (policy, _) = parse(&folder.policy, Answers::Examples);
        let days = policy_days(name, &policy, &calendars, London);
        let keys: BTreeSet<_> = days.iter().map(key).collect();
        assert_eq!(keys.len(), days.len(), "{name}");
        assert!(days.iter().any(|due| due.occasion == Occasion::Review), "{name}");
        assert!(days.iter().all(|due| due.local.weekday().num_days_from_monday() < 5), "{name}");
        assert!(days.iter().all(|due| due.occasion.ends().is_none()), "{name}");
    }
}

#[test]
fn every_occasion_has_a_name_of_its_own() {
    for occasion in Occasion::ALL {
        assert_eq!(Occasion::read(occasion.text()), Some(occasion));
        assert_eq!(serde_json::to_value(occasion).unwrap(), occasion.text());
    }
    assert_eq!(Occasion::read("easter"), None);
}
