//! The figure at a decision and what is counted since always add up to the year to date, by half day, whenever the
//! decision was taken and whatever registers came late.

use serde_json::{Value, json};

use crate::support::build::id;
use crate::support::dice::Dice;
use crate::support::office::Office;
use crate::support::weeks::send_marks;

const PUPILS: [u32; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

/// The sessions attended and possible that a line of an item tells.
fn told(item: &Value, what: &str) -> Option<(u64, u64)> {
    let lines = item["because"].as_array().unwrap().iter();
    let line = lines.filter_map(|line| line.as_str()?.strip_prefix(what)).next()?;
    let numbers: Vec<u64> =
        line.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect();
    Some((numbers[0], numbers[1]))
}

/// How many items of a review tell all three figures; in each they add up.
fn add_up(office: &Office, review: i64) -> usize {
    let items = office.lead.get(&format!("/v1/reviews/{review}/items?limit=500")).expect(200);
    let mut many = 0;
    for item in items["items"].as_array().unwrap() {
        let (Some(then), Some(since), Some(now)) = (
            told(item, "at that decision: "),
            told(item, "since the last decision: "),
            told(item, "over the year to date: "),
        ) else {
            continue;
        };
        assert_eq!((then.0 + since.0, then.1 + since.1), now, "{item:#}");
        many += 1;
    }
    many
}

/// Marks of random days, with some that are never taken.
fn days(office: &Office, dice: &mut Dice, from: &str, to: &str) {
    let codes = [None, None, None, None, None, Some("I"), Some("O"), Some("-")];
    let chance: Vec<Option<&'static str>> = (0..800).map(|_| *dice.pick(&codes)).collect();
    let mark = |pupil: u32, day: usize| chance[(day * 8 + pupil as usize) % chance.len()];
    send_marks(&office.lead, office.school, &PUPILS, (from, to), mark);
}

/// The register of one session, of random marks.
fn register(office: &Office, dice: &mut Dice, class: i32, when: &str) {
    let mark = |pupil: &i32| {
        let mark = *dice.pick(&["/", "/", "I", "O"]);
        let mark = if mark == "/" && when.ends_with("PM") { "\\" } else { mark };
        json!({ "pupil_id": pupil, "mark": mark })
    };
    let marks: Vec<Value> = office.pupils.iter().map(mark).collect();
    let place = format!("/v1/classes/{class}/registers/{when}");
    office.lead.put(&place, &json!({ "marks": marks })).expect(200);
}

#[test]
fn the_figure_at_a_decision_and_what_came_since_are_the_year_to_date() {
    let mut many = 0;
    for seed in 0..4 {
        let mut dice = Dice(seed);
        let office = Office::that_follows(&json!({ "policy": "improvement-process" }), 8);
        let classes =
            office.lead.get(&format!("/v1/classes?school_id={}", office.school)).expect(200);
        let class = id(&classes["items"][0], "class_id");
        office.on("2026-10-23");
        days(&office, &mut dice, "2026-09-02", "2026-10-22");
        register(&office, &mut dice, class, "2026-10-23/AM");
        let review = office.review("2026-10-23");
        // The afternoon's register comes after the review, or never.
        if seed % 2 == 0 {
            register(&office, &mut dice, class, "2026-10-23/PM");
            office.rests();
        }
        // Decided on the day, or when weeks have gone by.
        let decided = ["2026-10-23", "2026-11-20", "2026-11-06", "2026-12-04"][seed as usize];
        if decided > "2026-11" {
            office.on(decided);
            days(&office, &mut dice, "2026-11-02", decided);
        }
        office.send_all(review);
        let next = if decided > "2026-11" { decided } else { "2026-11-02" };
        let from = next.parse::<chrono::NaiveDate>().unwrap() + chrono::Days::new(1);
        office.on("2026-12-18");
        days(&office, &mut dice, &from.to_string(), "2026-12-17");
        register(&office, &mut dice, class, "2026-12-18/AM");
        let review = office.review("2026-12-18");
        many += add_up(&office, review);
        office.on("2027-01-08");
        office.send_all(review);
        office.on("2027-02-12");
        register(&office, &mut dice, class, "2026-12-18/PM");
        office.rests();
        days(&office, &mut dice, "2027-01-04", "2027-02-11");
        let review = office.review("2027-02-12");
        many += add_up(&office, review);
    }
    assert!(many > 20, "{many} figures: too little happened");
}
