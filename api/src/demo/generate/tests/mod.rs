//! Tests of the demonstration as a whole: that it repeats, grows, and looks like England.

mod calibration;
mod count;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use chrono::Days as DayCount;
use domain::{Session, Upn};

use super::*;
use count::{rows, split};

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The day of the whole demonstrations.
const TODAY: &str = "2026-11-22";

/// The whole demonstration of seed 42, made once for all tests that only look at it.
static WHOLE: LazyLock<Vec<File>> = LazyLock::new(|| whole(42));

fn whole(seed: u64) -> Vec<File> {
    files(&plan(seed, date(TODAY)), seed, date(TODAY))
}

/// A trust of a few of the schools, which is quicker to make.
fn part(seed: u64, today: &str) -> Vec<File> {
    let mut plan = plan(seed, date(today));
    plan.schools.retain(|school| ["990003", "990004", "990010", "990012"].contains(&&*school.urn));
    files(&plan, seed, date(today))
}

/// A pupil's week: UPN, Monday, and the file it is in.
type Week<'a> = (&'a str, &'a str, &'a str);

fn weeks(files: &[File]) -> BTreeMap<Week<'_>, &str> {
    let marks = files.iter().filter(|file| file.kind == "marks");
    marks
        .flat_map(|file| rows(file).map(|row| ((row[1], row[2], file.name.as_str()), row[3])))
        .collect()
}

#[test]
fn the_same_seed_and_day_give_the_same_bytes_and_another_seed_others() {
    let once = part(7, "2026-09-20");
    assert!(once == part(7, "2026-09-20"));
    assert!(once != part(8, "2026-09-20"));
}

/// Every mark made before `earlier` stands in the demonstration of `later`; only an N may have
/// been replaced.
fn assert_prolonged(earlier: &str, later: &str) {
    let (before, after) = (part(42, earlier), part(42, later));
    let later_weeks = weeks(&after);
    for ((upn, week, file), marks) in weeks(&before) {
        let now = later_weeks[&(upn, week, file)];
        if marks == now {
            continue;
        }
        for (place, (then, now)) in split(marks).into_iter().zip(split(now)).enumerate() {
            let day = date(week) + DayCount::new(place as u64 / 2);
            assert!(day >= date(earlier) || then == now || then == "N", "{upn} {day} {then} {now}");
        }
    }
    let without_last_day = |row: Vec<&str>| [&row[..7], &row[8..]].concat().join(",");
    let later_pupils: BTreeSet<String> = rows(&after[0]).map(without_last_day).collect();
    assert!(rows(&before[0]).map(without_last_day).all(|row| later_pupils.contains(&row)));
}

#[test]
fn tomorrows_demonstration_is_todays_with_a_day_more() {
    assert_prolonged("2026-11-18", "2026-11-19");
}

#[test]
fn the_past_stands_over_months() {
    assert_prolonged("2026-10-03", "2027-08-31");
}

#[test]
fn last_years_marks_are_the_same_in_summer_and_in_autumn() {
    let (summer, autumn) = (part(42, "2026-08-15"), part(42, "2026-10-03"));
    for name in ["marks-990003-2025.csv", "marks-990010-2025.csv", "marks-990012-2025.csv"] {
        let find = |files: &[File]| files.iter().find(|file| file.name == name).cloned();
        assert!(find(&summer).is_some() && find(&summer) == find(&autumn), "{name}");
    }
}

#[test]
fn marks_end_on_the_last_school_day_before_today() {
    for (today, last) in [("2026-11-22", "2026-11-20"), ("2026-11-18", "2026-11-17")] {
        let files = part(1, today);
        let all = weeks(&files);
        let last_week = all.keys().map(|(_, week, _)| *week).max().unwrap();
        let in_last_week = all.iter().filter(|((_, week, _), _)| *week == last_week);
        let last_place = in_last_week
            .filter_map(|(_, marks)| split(marks).iter().rposition(|mark| *mark != "-"))
            .max();
        let last_day = last_place.map(|place| date(last_week) + DayCount::new(place as u64 / 2));
        assert_eq!(last_day, Some(date(last)));
    }
}

#[test]
fn every_upn_is_valid_and_belongs_to_one_pupil_at_one_school_at_a_time() {
    let files = &*WHOLE;
    let mut people = BTreeMap::new();
    let mut times: BTreeMap<&str, BTreeSet<(NaiveDate, NaiveDate, &str)>> = BTreeMap::new();
    for row in rows(&files[0]) {
        let (urn, upn) = (row[0], row[1]);
        Upn::parse(upn).unwrap();
        let person = &row[2..6].join(",");
        assert_eq!(people.entry(upn).or_insert_with(|| person.clone()), person);
        let last = row[7].parse().unwrap_or(NaiveDate::MAX);
        times.entry(upn).or_default().insert((date(row[6]), last, urn));
    }
    let mut movers = 0;
    for (upn, times) in times {
        let times: Vec<_> = times.into_iter().collect();
        for pair in times.windows(2) {
            let ((_, left, from), (joined, _, to)) = (pair[0], pair[1]);
            assert!(left < joined && from != to, "{upn}");
            movers += usize::from(joined - left < chrono::TimeDelta::weeks(4));
        }
    }
    assert!((20..80).contains(&movers), "{movers} pupils moved inside the trust in 14 months");
}

#[test]
fn the_trust_has_about_seven_thousand_pupils_in_twelve_schools() {
    let (plan, files) = (plan(42, date(TODAY)), &*WHOLE);
    assert_eq!(plan.schools.len(), 12);
    assert_eq!(files.len(), 1 + 12 * 2);
    let mut on_roll: BTreeMap<&str, usize> = BTreeMap::new();
    let mut classes: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for row in rows(&files[0]).filter(|row| row[7].is_empty() && row[8] >= "2026-09-01") {
        *on_roll.entry(row[0]).or_default() += 1;
        *classes.entry((row[0], row[9])).or_default() += 1;
    }
    for school in &plan.schools {
        let expected = match school.phase {
            "primary" => 205..=425,
            "secondary" => 1040..=1410,
            _ => 115..=125,
        };
        assert!(expected.contains(&on_roll[school.urn.as_str()]), "{} {on_roll:?}", school.name);
    }
    assert!((6_500..=7_200).contains(&on_roll.values().sum::<usize>()), "{on_roll:?}");
    assert!(classes.values().all(|pupils| (8..=45).contains(pupils)), "{classes:?}");
    let bytes: usize = files.iter().map(|file| file.bytes.len()).sum();
    assert!((10_000_000..25_000_000).contains(&bytes), "{bytes} bytes");
}

#[test]
fn marks_stand_where_the_school_is_open_and_few_registers_are_missing() {
    let (plan, files) = (plan(42, date(TODAY)), &*WHOLE);
    for school in plan.schools.iter().filter(|school| ["990001", "990012"].contains(&&*school.urn))
    {
        let calendar = &school.calendars[0];
        let name = format!("marks-{}-2025.csv", school.urn);
        let file = files.iter().find(|file| file.name == name).unwrap();
        let (mut marked, mut missing) = (0, 0);
        for row in rows(file) {
            let monday = date(row[2]);
            for (place, mark) in split(row[3]).into_iter().enumerate() {
                let day = monday + DayCount::new(place as u64 / 2);
                match (calendar.is_open(day, Session::ALL[place % 2]), mark) {
                    (false, mark) => assert_eq!(mark, "-", "closed on {day}"),
                    (true, "-") => missing += 1,
                    (true, _) => marked += 1,
                }
            }
        }
        assert!((1..=6).contains(&(1000 * missing / marked)), "{missing} beside {marked}");
    }
}

#[test]
fn in_august_the_last_two_full_years_are_shown() {
    for (today, years) in [
        ("2026-07-31", [2024, 2025]),
        ("2026-08-01", [2024, 2025]),
        ("2026-08-31", [2024, 2025]),
        ("2026-09-01", [2025, 2026]),
        ("2027-01-01", [2025, 2026]),
    ] {
        for school in plan(1, date(today)).schools {
            assert!(school.calendars.iter().map(|calendar| calendar.year().number()).eq(years));
        }
    }
}

#[test]
fn a_demonstration_can_be_made_on_any_day() {
    for today in ["1970-01-01", "2026-09-01", "2029-02-28", "2190-12-31"] {
        assert_eq!(part(1, today).len(), 9, "{today}");
    }
}
