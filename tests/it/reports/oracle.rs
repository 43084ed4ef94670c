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

/// The first and the last day.
type Period = (NaiveDate, NaiveDate);

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

    /// What was known on a day, of the days until then.
    fn known_on(&self, day: NaiveDate) -> Self {
        let marks = self.marks.iter().filter(|((date, _), _)| *date <= day);
        Self { marks: marks.map(|(key, mark)| (*key, *mark)).collect(), ..*self }
    }

    /// Whether ten unauthorised sessions lie in ten school weeks running of which the last meets a period.
    fn is_irregular(&self, (from, to): Period) -> bool {
        let (weeks, unauthorised) = (school_weeks(), self.sessions_of(&UNAUTHORISED));
        let mut ends =
            (0..weeks.len()).filter(|at| weeks[*at] <= to && from <= weeks[*at] + Days::new(6));
        ends.any(|at| {
            let ten = &weeks[(at + 1).saturating_sub(10)..=at];
            unauthorised.iter().filter(|day| ten.contains(&monday(**day))).count() >= 10
        })
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
    list: impl Fn(&Value) -> Value,
    of: impl Fn(&Value) -> T,
) -> Vec<(i32, T)> {
    let answer = hall.asked(report).expect(200);
    let mut found: Vec<(i32, T)> = list(&answer)
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["pupil_id"].as_i64().unwrap().try_into().unwrap(), of(item)))
        .collect();
    found.sort_by_key(|(pupil, _)| *pupil);
    found
}

/// What the returns of a period say: who was away continuously and when, who irregularly, and who was ill, for how many
/// sessions and from when on enough of them.
#[derive(Debug, Default, PartialEq)]
struct Returned {
    continuous: Vec<(i32, Vec<Value>)>,
    irregular: BTreeSet<i32>,
    sick: Vec<(i32, (u64, Value))>,
}

impl Returned {
    /// What the marks say, as the school knows them on the last day of the period.
    fn expected(children: &[Child], (from, to): Period) -> Self {
        let mut expected = Self::default();
        let there =
            |child: &&Child| child.first <= to && child.last.is_none_or(|last| from <= last);
        for child in children.iter().filter(there).map(|child| child.known_on(to)) {
            let runs = child.runs(&UNAUTHORISED, 10).into_iter().filter(|(_, end, _)| from <= *end);
            let runs: Vec<Value> =
                runs.map(|(begin, end, days)| json!([begin, end, days])).collect();
            if !runs.is_empty() {
                expected.continuous.push((child.id, runs));
            }
            if child.is_irregular((from, to)) {
                expected.irregular.insert(child.id);
            }
            let ill = child.sessions_of(&["I"]);
            if let Some(reached) = ill.get(29).filter(|day| from <= **day) {
                expected.sick.push((child.id, (ill.len() as u64, json!(reached))));
            }
        }
        expected
    }

    /// What the school is answered.
    fn answered(hall: &Hall, (from, to): Period) -> Self {
        let entries = |answer: &Value| answer["entries"].clone();
        let attendance =
            all(hall, &format!("returns/attendance?from={from}&to={to}"), entries, |entry| {
                entry["reasons"].as_array().unwrap().clone()
            });
        let mut answered = Self::default();
        for (pupil, reasons) in attendance {
            let runs = reasons.iter().filter(|one| one["kind"] == "continuous");
            let runs: Vec<Value> = runs
                .map(|one| json!([one["first_day"], one["last_day"], one["school_days"]]))
                .collect();
            if !runs.is_empty() {
                answered.continuous.push((pupil, runs));
            }
            if reasons.iter().any(|one| one["kind"] == "irregular") {
                answered.irregular.insert(pupil);
            }
        }
        answered.sick =
            all(hall, &format!("returns/sickness?from={from}&to={to}"), entries, |entry| {
                (entry["sessions"].as_u64().unwrap(), entry["reached_on"].clone())
            });
        answered
    }
}

#[test]
fn the_attendance_and_the_sickness_return_are_what_the_marks_say() {
    let mut seen = [0; 4];
    for seed in [3, 17] {
        let (hall, children) = world(seed);
        for (from, to) in
            [("2026-09-02", "2026-10-23"), ("2026-11-02", "2026-12-18"), ("2027-01-04", LAST)]
        {
            let period = (date(from), date(to));
            let expected = Returned::expected(&children, period);
            assert_eq!(Returned::answered(&hall, period), expected, "seed {seed}, {from} to {to}");
            seen[0] += expected.continuous.len();
            seen[1] += expected.irregular.len();
            seen[2] += expected.sick.len();
        }
        // Across the winter holiday: a run that began in December and ended in January.
        let across = children.iter().flat_map(|child| child.runs(&UNAUTHORISED, 10));
        seen[3] += across
            .filter(|(begin, end, _)| *begin < date("2026-12-20") && date("2027-01-03") < *end)
            .count();
    }
    assert!(seen.iter().all(|times| *times > 0), "the dice never showed one of them: {seen:?}");
}

/// The strategy's band of so many sessions.
fn band(attended: u64, possible: u64) -> &'static str {
    // By lowest thousandth of a percent.
    const BANDS: [(u64, &str); 4] = [
        (98_000, "100%-98%"),
        (95_000, "97.9%-95%"),
        (92_000, "94.9%-92%"),
        (0, "91.9%-90% and below"),
    ];
    BANDS.iter().find(|(from, _)| attended * 100_000 >= from * possible).unwrap().1
}

/// Those who are on roll on a day, and the school weeks begun by then.
struct Known<'a> {
    day: NaiveDate,
    there: Vec<&'a Child>,
    begun: Vec<NaiveDate>,
}

impl<'a> Known<'a> {
    fn on(day: NaiveDate, children: &'a [Child]) -> Self {
        let there = children.iter().filter(|child| child.on_roll(day));
        let there = there.filter(|child| child.counts(date("2026-09-01"), day).1 > 0).collect();
        let begun = school_weeks().into_iter().filter(|monday| *monday <= day).collect();
        Self { day, there, begun }
    }

    /// Sessions attended and possible this year.
    fn year(&self, child: &Child) -> (u64, u64) {
        child.counts(date("2026-09-01"), self.day)
    }

    fn week(&self, child: &Child, monday: NaiveDate) -> (u64, u64) {
        child.counts(monday, self.day.min(monday + Days::new(6)))
    }

    /// Those of whom something can be said, in the order of their ids.
    fn those<T>(&self, said: impl Fn(&Child) -> Option<T>) -> Vec<(i32, T)> {
        let said = self.there.iter().filter_map(|child| Some((child.id, said(child)?)));
        let mut those: Vec<(i32, T)> = said.collect();
        those.sort_by_key(|(pupil, _)| *pupil);
        those
    }

    /// After how many more missed sessions a child leaves the band.
    fn leaves_after(&self, child: &Child) -> Option<u64> {
        let (attended, possible) = self.year(child);
        (1..=5).find(|more| band(attended, possible + more) != band(attended, possible))
    }

    /// The last four weeks, where they are below the four before.
    fn declined(&self, child: &Child) -> Option<(u64, u64)> {
        let eight = &self.begun[self.begun.len().checked_sub(8)?..];
        let [earlier, recent] = [&eight[..4], &eight[4..]].map(|weeks| {
            let counts = weeks.iter().map(|monday| self.week(child, *monday));
            counts.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
        });
        let below = recent.0 * earlier.1 < earlier.0 * recent.1;
        (recent.1 > 0 && earlier.1 > 0 && below).then_some(recent)
    }

    /// Whether a child whom the leadership looks at is severely absent.
    fn severe(&self, child: &Child) -> Option<bool> {
        let (attended, possible) = self.year(child);
        let absent = possible - attended;
        let listed = 10 * absent >= possible || attended * 100 < 95 * possible;
        listed.then_some(2 * absent >= possible)
    }

    /// How many weeks are broken, and the sessions missed.
    fn broken(&self, child: &Child) -> Option<(u64, u64)> {
        let missed = |monday: &&NaiveDate| {
            let (attended, possible) = self.week(child, **monday);
            attended < possible
        };
        let (attended, possible) = self.year(child);
        let weeks = self.begun.iter().filter(missed).count() as u64;
        (weeks > 0).then_some((weeks, possible - attended))
    }
}

#[test]
fn the_lists_of_a_day_are_what_the_marks_say() {
    let (hall, children) = world(29);
    let items = |answer: &Value| answer["pupils"]["items"].clone();
    let number = |value: &Value| value.as_u64().unwrap();
    for day in ["2026-10-21", "2026-12-18", LAST] {
        let known = Known::on(date(day), &children);
        let at_risk = format!("reports/at-risk?day={day}&sessions=5");
        let found = all(&hall, &at_risk, items, |one| number(&one["leaves_after"]));
        assert_eq!(found, known.those(|child| known.leaves_after(child)), "{day}");

        let declined = format!("reports/declined?day={day}");
        let recent =
            |one: &Value| (number(&one["recent"]["attended"]), number(&one["recent"]["possible"]));
        let found = all(&hall, &declined, items, recent);
        assert_eq!(found, known.those(|child| known.declined(child)), "{day}");

        let slt = format!("reports/slt?day={day}");
        let found = all(&hall, &slt, items, |one| one["severe"].as_bool().unwrap());
        assert_eq!(found, known.those(|child| known.severe(child)), "{day}");

        let broken = format!("reports/broken-weeks?to={day}");
        let weeks = |one: &Value| (number(&one["broken"]), number(&one["absent"]));
        let found = all(&hall, &broken, items, weeks);
        assert_eq!(found, known.those(|child| known.broken(child)), "{day}");
    }
}

#[test]
fn who_came_and_who_went_is_what_the_roll_says() {
    let (hall, children) = world(29);
    let entries = |answer: &Value| answer["entries"].clone();
    let due = |one: &Value| one["due"].clone();
    let by_id = |mut those: Vec<(i32, Value)>| {
        those.sort_by_key(|(pupil, _)| *pupil);
        those
    };
    let new = all(&hall, "returns/new-pupils?from=2026-09-03", entries, due);
    let came = children.iter().filter(|child| child.first > date("2026-09-02"));
    let came = came.map(|child| (child.id, json!(child.first + Days::new(5))));
    assert_eq!(new, by_id(came.collect()));
    let gone = all(&hall, "returns/deletions?from=2026-09-01&to=2027-07-31", entries, due);
    let went = children.iter().filter_map(|child| Some((child.id, json!(child.last?))));
    assert_eq!(gone, by_id(went.collect()));
    assert!(new.len() > 2 && gone.len() > 2);
}
