//! Tests of the demonstration as a whole: that it repeats, grows, and looks like England.

mod calibration;
mod count;
mod published;

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
    files(&plan(seed, Size::default(), date(TODAY)), seed, date(TODAY)).collect()
}

/// A trust of a few of the schools, which is quicker to make.
fn part(seed: u64, today: &str) -> Vec<File> {
    let mut plan = plan(seed, Size::default(), date(today));
    plan.schools.retain(|school| ["990003", "990004", "990010", "990012"].contains(&&*school.urn));
    files(&plan, seed, date(today)).collect()
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

/// First day, last day and school of a pupil's enrolments, in order.
type Stays<'a> = BTreeSet<(NaiveDate, NaiveDate, &'a str)>;

/// The enrolments of every pupil, those as the subsidiary school aside.
fn stays(file: &File) -> BTreeMap<&str, Stays<'_>> {
    let mut stays: BTreeMap<&str, Stays<'_>> = BTreeMap::new();
    for row in rows(file).filter(|row| row[11] != "S") {
        let last = row[7].parse().unwrap_or(NaiveDate::MAX);
        stays.entry(row[1]).or_default().insert((date(row[6]), last, row[0]));
    }
    stays
}

#[test]
fn every_upn_is_valid_and_belongs_to_one_pupil() {
    let mut people = BTreeMap::new();
    for row in rows(&WHOLE[0]) {
        Upn::parse(row[1]).unwrap();
        let person = &row[2..6].join(",");
        assert_eq!(people.entry(row[1]).or_insert_with(|| person.clone()), person);
    }
}

#[test]
fn pupils_join_leave_come_back_and_move_between_the_trusts_schools() {
    let (autumn, today) = (date("2025-09-10"), date(TODAY));
    let (mut joiners, mut leavers, mut returners, mut movers) = (0, 0, 0, 0);
    for (upn, stays) in stays(&WHOLE[0]) {
        let stays: Vec<_> = stays.into_iter().collect();
        let (first, last) = (stays[0].0, stays[stays.len() - 1].1);
        joiners += usize::from(first > autumn && first.month() != 9);
        leavers += usize::from(last < today && last.month() != 7);
        for pair in stays.windows(2) {
            let ((_, left, from), (joined, _, to)) = (pair[0], pair[1]);
            assert!(left < joined, "{upn} is on one roll at a time");
            returners += usize::from(from == to);
            movers += usize::from(from != to && joined - left < chrono::TimeDelta::weeks(4));
        }
    }
    assert!((80..250).contains(&joiners), "{joiners} joiners in 14 months");
    assert!((80..250).contains(&leavers), "{leavers} leavers");
    assert!((8..40).contains(&returners), "{returners} came back");
    assert!((20..80).contains(&movers), "{movers} moved inside the trust");
}

/// On the days on which one school writes D, the other has real marks.
#[test]
fn those_on_two_rolls_have_real_marks_at_one_school_a_time() {
    let registered = |text: &str| -> BTreeSet<&str> {
        rows(&WHOLE[0]).filter(|row| row[11] == text).map(|row| row[1]).collect()
    };
    let (main, subsidiary) = (registered("M"), registered("S"));
    assert!(subsidiary.is_subset(&main) && subsidiary.len() >= 4, "{}", subsidiary.len());
    assert!(main.len() > 2 * subsidiary.len(), "the others' second school is another trust's");
    let weeks = weeks(&WHOLE);
    let (mut here, mut there) = (0, 0);
    for ((upn, week, _), marks) in weeks
        .iter()
        .filter(|((upn, _, file), _)| subsidiary.contains(upn) && file.contains("990012"))
    {
        let at_main = weeks.iter().filter(|((other, monday, file), _)| {
            other == upn && monday == week && !file.contains("990012")
        });
        for (_, main_marks) in at_main {
            for (sub, main) in split(marks).into_iter().zip(split(main_marks)) {
                assert!(
                    sub == "-" || main == "-" || "DXY4".contains(sub) || "DXY4".contains(main),
                    "{upn} {week}"
                );
                here += usize::from(main == "D" && sub != "D" && sub != "-");
                there += usize::from(sub == "D" && main != "D" && main != "-");
            }
        }
    }
    assert!(
        here > 100 && there > here,
        "{here} sessions at the subsidiary, {there} at the main school"
    );
}

#[test]
fn what_is_known_of_pupils_changes_with_time() {
    let mut changed: BTreeMap<usize, usize> = BTreeMap::new();
    let mut before: BTreeMap<(&str, &str, &str), Vec<&str>> = BTreeMap::new();
    for row in rows(&WHOLE[0]) {
        let known = row[12..].to_vec();
        if let Some(before) = before.insert((row[0], row[1], row[6]), known.clone()) {
            for (column, (then, now)) in before.iter().zip(&known).enumerate() {
                assert!(
                    matches!(*then, "" | "N") || now == then || (*then, *now) == ("K", "E"),
                    "{row:?}"
                );
                *changed.entry(column).or_default() += usize::from(then != now);
            }
        }
    }
    // Free school meals, special needs, looked after, in need; language and service do not change.
    assert!([0, 1, 3, 4].iter().all(|column| changed[column] > 2), "{changed:?}");
    assert_eq!((changed[&2], changed[&5]), (0, 0));
}

#[test]
fn brothers_and_sisters_share_parents_across_schools() {
    let plan = plan(42, Size::default(), date(TODAY));
    let ParentsFiles { all, orders } = parents_files(&plan, 42, date(TODAY));
    let parents: Vec<Vec<&str>> = rows(&all).collect();
    let on_roll: BTreeSet<&str> =
        rows(&WHOLE[0]).filter(|row| row[7].is_empty()).map(|row| row[1]).collect();
    let with_parents: BTreeSet<&str> = parents.iter().map(|row| row[1]).collect();
    assert_eq!(with_parents, on_roll, "everybody on roll has a parent, and nobody else");
    let mut schools: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut reached: BTreeMap<[&str; 3], BTreeSet<&str>> = BTreeMap::new();
    for row in &parents {
        schools.entry(row[2]).or_default().insert(row[0]);
        for way in row[10..14].iter().filter(|way| !way.is_empty()) {
            reached.entry([row[4], row[5], way]).or_default().insert(row[2]);
        }
    }
    assert!(schools.values().filter(|schools| schools.len() > 1).count() > 200);
    let taken_for_one = reached.values().find(|people| people.len() > 1);
    assert_eq!(taken_for_one, None, "two of one name are reached in the same way");
    // Each school's lead sends what is ordered about the parents of its own pupils.
    let ordered: Vec<Vec<&str>> = orders.values().flat_map(rows).collect();
    assert!(orders.iter().all(|(urn, file)| rows(file).all(|row| row[0] == urn)));
    assert!(ordered.iter().all(|row| parents.contains(&row[..18].to_vec())));
    for order in [18, 20] {
        let of: BTreeSet<&str> =
            ordered.iter().filter(|row| !row[order].is_empty()).map(|row| row[2]).collect();
        assert_eq!(of.len(), 1, "a court order, and a father who must not be contacted");
    }
}

#[test]
fn a_trust_of_150_schools_has_60_000_pupils() {
    let size = Size::new(150, Some(60_000)).unwrap();
    let plan = plan(1, size, date(TODAY));
    let pupils = files(&plan, 1, date(TODAY)).next().unwrap();
    let on_roll =
        stays(&pupils).into_values().flatten().filter(|(_, last, _)| *last == NaiveDate::MAX);
    let on_roll = on_roll.count();
    assert_eq!(plan.schools.len(), 150);
    assert!((58_800..=61_200).contains(&on_roll), "{on_roll}");
}

#[test]
fn the_trust_has_about_seven_thousand_pupils_in_twelve_schools() {
    let (plan, files) = (plan(42, Size::default(), date(TODAY)), &*WHOLE);
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
            _ => 115..=140,
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
    let (plan, files) = (plan(42, Size::default(), date(TODAY)), &*WHOLE);
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
        for school in plan(1, Size::default(), date(today)).schools {
            assert!(school.calendars.iter().map(|calendar| calendar.year().number()).eq(years));
            let coming = school.coming.map(|calendar| calendar.year().number());
            assert_eq!(coming, Some(years[1] + 1), "the next one's calendar is published");
        }
    }
}

#[test]
fn a_demonstration_can_be_made_on_any_day() {
    // On the first morning of a school year there are no marks of it yet.
    for (today, files) in
        [("1970-01-01", 1), ("2026-09-01", 5), ("2029-02-28", 9), ("2190-12-31", 9)]
    {
        assert_eq!(part(1, today).len(), files, "{today}");
    }
}
