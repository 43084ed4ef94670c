//! Every list and return of a school drawn at random, against the same recomputed naively from the marks that were sent:
//! joiners, leavers, spells across weekends, half term and the winter holiday, half days, gaps, and every kind of code.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate};
use domain::Session;
use serde_json::{Value, json};

use super::Hall;
use crate::support::build::{unenrolled, upn};
use crate::support::dice::Dice;
use crate::support::weeks::story_calendar;

const LAST: &str = "2027-01-29";
/// Attended, authorised, unauthorised, and no possible session.
const ATTENDED: [&str; 4] = ["/", "\\", "L", "V"];
const UNAUTHORISED: [&str; 4] = ["G", "N", "O", "U"];
const NEUTRAL: [&str; 3] = ["Y7", "D", "X"];

/// What a child has: marks by day and session, and the days on roll.
struct Child {
    id: i32,
    first: NaiveDate,
    last: Option<NaiveDate>,
    /// The first day of compulsory school age.
    of_age: NaiveDate,
    marks: BTreeMap<(NaiveDate, Session), &'static str>,
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn school_days() -> Vec<NaiveDate> {
    let calendar = story_calendar();
    let days = date("2026-09-02").iter_days().take_while(|day| *day <= date(LAST));
    days.filter(|day| calendar.is_school_day(*day)).collect()
}

/// A child's marks: spells of one code with single half days and gaps between.
fn draw(dice: &mut Dice, days: &[NaiveDate]) -> BTreeMap<(NaiveDate, Session), &'static str> {
    let often = 6 + dice.below(30);
    let codes = ["O", "N", "G", "I", "I", "M", "U", "C", "Y7", "D"];
    let mut marks = BTreeMap::new();
    let (mut left, mut code) = (0, "O");
    for day in days {
        if left == 0 && dice.below(often) == 0 {
            (left, code) = (1 + dice.below(19), *dice.pick(&codes));
        }
        for session in Session::ALL {
            let present = if session == Session::Am { "/" } else { "\\" };
            let mut mark = if left > 0 { code } else { present };
            match dice.below(60) {
                0 => mark = *dice.pick(&["L", "I", "O", "N", "V", "X", "Y7"]),
                1 => continue,
                // A spell of absence that changes its code, or has an odd session in it.
                2 if left > 0 => mark = *dice.pick(&["O", "N", "I", "D"]),
                _ => {}
            }
            marks.insert((*day, session), mark);
        }
        left = left.saturating_sub(1);
    }
    marks
}

/// A school of thirty children on the last day of January, and what each of them has.
fn world(seed: u64) -> (Hall, Vec<Child>) {
    let mut hall = Hall::of(0).follows("strategy");
    hall.app.clock.set(&format!("{LAST}T17:00:00Z"));
    let (mut dice, days) = (Dice(seed), school_days());
    let mut children = Vec::new();
    let mut file = "upn,date,session,mark\n".to_owned();
    for number in 1..=30_u32 {
        // Of compulsory age all the time, from 31 December, or not before the summer.
        let (born, of_age) = *dice.pick(&[
            ("2015-03-14", "2021-01-01"),
            ("2015-03-14", "2021-01-01"),
            ("2021-11-05", "2026-12-31"),
            ("2022-02-05", "2027-03-31"),
        ]);
        let first = if dice.below(4) == 0 { days[dice.below(60)] } else { days[0] };
        let last = (dice.below(5) == 0).then(|| days[65 + dice.below(days.len() - 65)]);
        let pupil = unenrolled(&hall.admin, hall.school, number, born);
        let body = json!({
            "pupil_id": pupil, "class_id": hall.class, "year_group": 3, "first_day": first, "last_day": last,
        });
        hall.admin.post("/v1/enrolments", &body).expect(201);
        let there: Vec<NaiveDate> = days
            .iter()
            .filter(|day| first <= **day && last.is_none_or(|last| **day <= last))
            .copied()
            .collect();
        let marks = draw(&mut dice, &there);
        for ((day, session), mark) in &marks {
            let session = if *session == Session::Am { "AM" } else { "PM" };
            file += &format!("{},{day},{session},{mark}\n", upn(number));
        }
        hall.pupils.push(pupil);
        children.push(Child { id: pupil, first, last, of_age: date(of_age), marks });
    }
    let import =
        hall.admin.import(&format!("kind=marks&school_id={}", hall.school), file.as_bytes());
    assert_eq!(import["job"]["state"], "done", "{import:#}");
    (hall, children)
}

impl Child {
    fn on_roll(&self, day: NaiveDate) -> bool {
        self.first <= day && self.last.is_none_or(|last| day <= last)
    }

    /// Sessions attended and possible between two days.
    fn counts(&self, from: NaiveDate, to: NaiveDate) -> (u64, u64) {
        let marks = self.marks.iter().filter(|((day, _), _)| from <= *day && *day <= to);
        let possible: Vec<&str> =
            marks.map(|(_, mark)| *mark).filter(|mark| !NEUTRAL.contains(mark)).collect();
        let attended = possible.iter().filter(|mark| ATTENDED.contains(mark)).count();
        (attended as u64, possible.len() as u64)
    }

    /// The days of compulsory age that have a possible session, each with whether all of them have one of these codes.
    fn days_with(&self, codes: &[&str]) -> Vec<(NaiveDate, bool)> {
        let mut days: BTreeMap<NaiveDate, bool> = BTreeMap::new();
        for ((day, _), mark) in &self.marks {
            if *day >= self.of_age && !NEUTRAL.contains(mark) {
                let all = days.entry(*day).or_insert(true);
                *all = *all && codes.contains(mark);
            }
        }
        days.into_iter().collect()
    }

    /// Every longest run of at least so many such days: its first and last day, and how many days.
    fn runs(&self, codes: &[&str], least: usize) -> Vec<(NaiveDate, NaiveDate, usize)> {
        let days = self.days_with(codes);
        let all = |from: usize, to: usize| days[from..=to].iter().all(|(_, all)| *all);
        let mut found = Vec::new();
        for from in 0..days.len() {
            for to in from..days.len() {
                let begins = from == 0 || !days[from - 1].1;
                let ends = to + 1 == days.len() || !days[to + 1].1;
                if begins && ends && to + 1 - from >= least && all(from, to) {
                    found.push((days[from].0, days[to].0, to + 1 - from));
                }
            }
        }
        found
    }

    /// Days of compulsory age with sessions of a code, a day for each of them.
    fn sessions_of(&self, codes: &[&str]) -> Vec<NaiveDate> {
        let marks = self
            .marks
            .iter()
            .filter(|((day, _), mark)| *day >= self.of_age && codes.contains(mark));
        marks.map(|((day, _), _)| *day).collect()
    }
}

fn monday(day: NaiveDate) -> NaiveDate {
    day - Days::new(day.weekday().num_days_from_monday().into())
}

fn school_weeks() -> Vec<NaiveDate> {
    school_days().into_iter().map(monday).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The pupils of a page or a return, all of them, each with something of the entry.
fn all<T>(
    hall: &Hall,
    report: &str,
    list: fn(&Value) -> &Value,
    of: impl Fn(&Value) -> T,
) -> Vec<(i32, T)> {
    let answer = hall.asked(report).expect(200);
    let items = list(&answer).as_array().unwrap();
    let mut found: Vec<(i32, T)> = items
        .iter()
        .map(|item| (item["pupil_id"].as_i64().unwrap().try_into().unwrap(), of(item)))
        .collect();
    found.sort_by_key(|(pupil, _)| *pupil);
    found
}

#[test]
fn the_attendance_and_the_sickness_return_are_what_the_marks_say() {
    let mut seen = [0; 4];
    for seed in [3, 17] {
        let (hall, children) = world(seed);
        for (from, to) in
            [("2026-09-02", "2026-10-23"), ("2026-11-02", "2026-12-18"), ("2027-01-04", LAST)]
        {
            let (from, to) = (date(from), date(to));
            let mut continuous: Vec<(i32, Vec<Value>)> = Vec::new();
            let mut irregular: BTreeSet<i32> = BTreeSet::new();
            let mut sick: Vec<(i32, (u64, Value))> = Vec::new();
            for child in children
                .iter()
                .filter(|child| child.first <= to && child.last.is_none_or(|last| from <= last))
            {
                // As the school knows it on the last day of the period.
                let known = Child {
                    id: child.id,
                    first: child.first,
                    last: child.last,
                    of_age: child.of_age,
                    marks: child
                        .marks
                        .iter()
                        .filter(|((day, _), _)| *day <= to)
                        .map(|(k, v)| (*k, *v))
                        .collect(),
                };
                let runs: Vec<Value> = known
                    .runs(&UNAUTHORISED, 10)
                    .into_iter()
                    .filter(|(_, end, _)| from <= *end)
                    .map(|(begin, end, days)| json!([begin, end, days]))
                    .collect();
                seen[0] += runs.len();
                if !runs.is_empty() {
                    continuous.push((child.id, runs));
                }
                let unauthorised = known.sessions_of(&UNAUTHORISED);
                let weeks = school_weeks();
                let ends = (0..weeks.len())
                    .filter(|at| weeks[*at] <= to && from <= weeks[*at] + Days::new(6));
                let reached = |at: usize| {
                    let ten = &weeks[(at + 1).saturating_sub(10)..=at];
                    unauthorised.iter().filter(|day| ten.contains(&monday(**day))).count() >= 10
                };
                if ends.clone().any(reached) {
                    seen[1] += 1;
                    irregular.insert(child.id);
                }
                let ill = known.sessions_of(&["I"]);
                if let Some(reached) = ill.get(29).filter(|day| from <= **day) {
                    seen[2] += 1;
                    sick.push((child.id, (ill.len() as u64, json!(reached))));
                }
            }
            let period = format!("from={from}&to={to}");
            let found = all(
                &hall,
                &format!("returns/attendance?{period}"),
                |answer| &answer["entries"],
                |entry| entry["reasons"].as_array().unwrap().clone(),
            );
            let is = |kind: &'static str| move |reason: &&Value| reason["kind"] == kind;
            let runs: Vec<(i32, Vec<Value>)> = found
                .iter()
                .map(|(pupil, reasons)| {
                    let runs = reasons
                        .iter()
                        .filter(is("continuous"))
                        .map(|one| json!([one["first_day"], one["last_day"], one["school_days"]]));
                    (*pupil, runs.collect::<Vec<_>>())
                })
                .filter(|(_, runs)| !runs.is_empty())
                .collect();
            assert_eq!(runs, continuous, "seed {seed}, {period}");
            let by_weeks = found
                .iter()
                .filter(|(_, reasons)| reasons.iter().any(|one| one["kind"] == "irregular"));
            assert_eq!(
                by_weeks.map(|(pupil, _)| *pupil).collect::<BTreeSet<_>>(),
                irregular,
                "seed {seed}, {period}"
            );
            let found = all(
                &hall,
                &format!("returns/sickness?{period}"),
                |answer| &answer["entries"],
                |entry| (entry["sessions"].as_u64().unwrap(), entry["reached_on"].clone()),
            );
            assert_eq!(found, sick, "seed {seed}, {period}");
        }
        // Across the winter holiday: a run that began in December and ended in January.
        let across = children.iter().flat_map(|child| child.runs(&UNAUTHORISED, 10));
        seen[3] += across
            .filter(|(begin, end, _)| *begin < date("2026-12-20") && date("2027-01-03") < *end)
            .count();
    }
    assert!(seen.iter().all(|times| *times > 0), "the dice never showed one of them: {seen:?}");
}

#[test]
fn the_lists_of_a_day_are_what_the_marks_say() {
    // The strategy's bands, by lowest thousandth of a percent.
    const BANDS: [(u64, &str); 4] = [
        (98_000, "100%-98%"),
        (95_000, "97.9%-95%"),
        (92_000, "94.9%-92%"),
        (0, "91.9%-90% and below"),
    ];
    let band = |attended: u64, possible: u64| {
        BANDS.iter().find(|(from, _)| attended * 100_000 >= from * possible).unwrap().1
    };
    let (hall, children) = world(29);
    let weeks = school_weeks();
    for day in ["2026-10-21", "2026-12-18", LAST] {
        let day = date(day);
        let there: Vec<&Child> = children
            .iter()
            .filter(|child| child.on_roll(day) && child.counts(date("2026-09-01"), day).1 > 0)
            .collect();
        let year = |child: &Child| child.counts(date("2026-09-01"), day);

        let mut at_risk: Vec<(i32, u64)> = Vec::new();
        for child in &there {
            let (attended, possible) = year(child);
            let leaves = |more: &u64| band(attended, possible + more) != band(attended, possible);
            at_risk.extend((1..=5).find(leaves).map(|more| (child.id, more)));
        }
        at_risk.sort_unstable();
        let found = all(
            &hall,
            &format!("reports/at-risk?day={day}&sessions=5"),
            |answer| &answer["pupils"]["items"],
            |one| one["leaves_after"].as_u64().unwrap(),
        );
        assert_eq!(found, at_risk, "{day}");

        // The weeks begun by then; the last four and the four before.
        let begun: Vec<NaiveDate> =
            weeks.iter().filter(|monday| **monday <= day).copied().collect();
        let in_weeks = |child: &Child, weeks: &[NaiveDate]| {
            let sums =
                weeks.iter().map(|monday| child.counts(*monday, day.min(*monday + Days::new(6))));
            sums.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
        };
        let mut declined: Vec<(i32, (u64, u64))> = Vec::new();
        if begun.len() >= 8 {
            for child in &there {
                let recent = in_weeks(child, &begun[begun.len() - 4..]);
                let earlier = in_weeks(child, &begun[begun.len() - 8..begun.len() - 4]);
                if recent.1 > 0 && earlier.1 > 0 && recent.0 * earlier.1 < earlier.0 * recent.1 {
                    declined.push((child.id, recent));
                }
            }
        }
        declined.sort_unstable();
        let found = all(
            &hall,
            &format!("reports/declined?day={day}"),
            |answer| &answer["pupils"]["items"],
            |one| {
                (
                    one["recent"]["attended"].as_u64().unwrap(),
                    one["recent"]["possible"].as_u64().unwrap(),
                )
            },
        );
        assert_eq!(found, declined, "{day}");

        let mut slt: Vec<(i32, bool)> = there
            .iter()
            .map(|child| (child.id, year(child)))
            .filter(|(_, (attended, possible))| {
                10 * (possible - attended) >= *possible || attended * 100 < 95 * possible
            })
            .map(|(id, (attended, possible))| (id, 2 * (possible - attended) >= possible))
            .collect();
        slt.sort_unstable();
        let found = all(
            &hall,
            &format!("reports/slt?day={day}"),
            |answer| &answer["pupils"]["items"],
            |one| one["severe"].as_bool().unwrap(),
        );
        assert_eq!(found, slt, "{day}");

        let mut broken: Vec<(i32, (u64, u64))> = Vec::new();
        for child in &there {
            let missed = |monday: &&NaiveDate| {
                let (attended, possible) = child.counts(**monday, day.min(**monday + Days::new(6)));
                attended < possible
            };
            let (attended, possible) = year(child);
            let weeks = begun.iter().filter(missed).count() as u64;
            if weeks > 0 {
                broken.push((child.id, (weeks, possible - attended)));
            }
        }
        broken.sort_unstable();
        let found = all(
            &hall,
            &format!("reports/broken-weeks?to={day}"),
            |answer| &answer["pupils"]["items"],
            |one| (one["broken"].as_u64().unwrap(), one["absent"].as_u64().unwrap()),
        );
        assert_eq!(found, broken, "{day}");
    }
    // Who came and who went.
    let new = all(
        &hall,
        "returns/new-pupils?from=2026-09-03",
        |answer| &answer["entries"],
        |one| one["due"].clone(),
    );
    let mut came: Vec<(i32, Value)> = children
        .iter()
        .filter(|child| child.first > date("2026-09-02"))
        .map(|child| (child.id, json!(child.first + Days::new(5))))
        .collect();
    came.sort_by_key(|(pupil, _)| *pupil);
    assert_eq!(new, came);
    let gone = all(
        &hall,
        "returns/deletions?from=2026-09-01&to=2027-07-31",
        |answer| &answer["entries"],
        |one| one["due"].clone(),
    );
    let mut went: Vec<(i32, Value)> =
        children.iter().filter_map(|child| Some((child.id, json!(child.last?)))).collect();
    went.sort_by_key(|(pupil, _)| *pupil);
    assert_eq!(gone, went);
    assert!(new.len() > 2 && gone.len() > 2);
}
