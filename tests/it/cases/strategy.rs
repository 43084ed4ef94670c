//! The attendance strategy: a year of reviews at each week's end, with what is celebrated, what is talked about, and one
//! family's four-weekly meetings up to the letter with intent to fast-track (rules S-01, S-05 to S-32; S-02 to S-04 and
//! S-19 are the day's, and stand in the stories of contacts).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::Office;
use crate::support::weeks::{send_marks, story_calendar};

/// How each of seven pupils attends, by the number of the school day.
fn mark(pupil: u32, day: usize) -> Option<&'static str> {
    match pupil {
        // Never absent.
        1 => None,
        // Ill for three days of the autumn, well ever after: 97.9%-95% first, and on the way up.
        2 => (20..23).contains(&day).then_some("I"),
        // 94.9%-92%, and worse in the last weeks of each term.
        3 => (day % 15 == 3 || (65..68).contains(&day)).then_some("I"),
        // Far below 90%, and worse from month to month, without leave.
        4 => day.is_multiple_of(6_usize.saturating_sub(day / 20).max(2)).then_some("O"),
        // Much missed in September, little later: up into 94.9%-92%.
        5 => (day < 10 && day.is_multiple_of(2)).then_some("I"),
        // Just within 100%-98%: one day.
        6 => (day == 40).then_some("I"),
        // 91.9%-90% and below, better in the second half of each term.
        _ => (day % 40 < 20 && day.is_multiple_of(3)).then_some("I"),
    }
}

/// The last school day of each school week up to a day.
fn week_ends(until: &str) -> Vec<NaiveDate> {
    let calendar = story_calendar();
    let until = date(until);
    let last = |monday: &NaiveDate| {
        (0..5).rev().map(|day| *monday + Days::new(day)).find(|day| calendar.is_school_day(*day))
    };
    let ends = calendar.school_weeks().into_iter().filter_map(|monday| last(&monday));
    ends.filter(|day| *day <= until).collect()
}

/// A review's items, as rule and pupil's number (0: a class or the school).
fn items(office: &Office, review: i64) -> Vec<(String, usize, Value)> {
    let path = format!("/v1/reviews/{review}/items?limit=500");
    let items = office.lead.get(&path).expect(200)["items"].as_array().unwrap().clone();
    let number = |item: &Value| {
        let place = office.pupils.iter().position(|pupil| item["pupil_id"] == *pupil);
        place.map_or(0, |place| place + 1)
    };
    items
        .into_iter()
        .map(|one| (one["rule"].as_str().unwrap().to_owned(), number(&one), one))
        .collect()
}

#[test]
fn a_year_under_the_strategy_from_the_first_raffle_ticket_to_the_personalised_trophy() {
    let office =
        Office::that_follows(&json!({ "policy": "strategy", "answers": { "target": "96%" } }), 7);
    let place = format!("/v1/schools/{}/policy/rewards/2026-09-01", office.school);
    let follows = json!({ "policy": "strategy", "answers": { "target": "96%" } });
    office.lead.put(&place, &follows).expect(200);
    office.on("2027-07-21");
    let pupils = [1, 2, 3, 4, 5, 6, 7];
    send_marks(&office.lead, office.school, &pupils, ("2026-09-02", "2027-07-21"), mark);

    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut tickets: BTreeMap<usize, u32> = BTreeMap::new();
    // Every week's end of the autumn; then the ends of half terms, terms and the year.
    let mut days = week_ends("2026-12-18");
    days.extend(["2027-02-12", "2027-03-25", "2027-05-28", "2027-07-21"].map(date));
    for day in days {
        let review = office.review(&day.to_string());
        for (rule, pupil, item) in items(&office, review) {
            if rule == "S-06" {
                *tickets.entry(pupil).or_default() += 1;
            }
            if rule == "S-15" && day == date("2026-12-18") {
                // A ticket for each full week of the term, the last one too, and one entry for 95% over the term.
                let entries = tickets[&pupil] + u32::from([1, 2, 6].contains(&pupil));
                let words = if entries == 1 { "entry" } else { "entries" };
                let expected =
                    format!("S-15: give: {entries} {words} in the draw for the termly prize");
                assert_eq!(item["proposes"], json!([expected]), "pupil {pupil}");
            }
            seen.insert(rule);
        }
        office.send_all(review);
        if office.case_if_any(4).is_some_and(|case| case["stage"] == "fast track considered") {
            // The named person's question (S-30): the absence is without leave, so the letter goes out.
            assert_eq!(office.record(4, "send")["stage"], "improvement meetings");
            seen.insert("S-30a".to_owned());
        }
    }
    // What the document says of reviews, responses and rewards was met on the way, rule by rule.
    let day_rules = ["S-01", "S-02", "S-03", "S-04", "S-19"];
    let missing: Vec<String> = rules().filter(|rule| !seen.contains(rule)).collect();
    assert_eq!(missing, day_rules);

    // Whom the letters are about, by the letter's name.
    let letters = office.lead.get(&format!("/v1/letters?school_id={}&limit=500", office.school));
    let mut about: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for letter in letters.expect(200)["items"].as_array().unwrap() {
        let pupil = office.pupils.iter().position(|pupil| letter["pupil_id"] == *pupil).unwrap();
        about.entry(letter["name"].as_str().unwrap().to_owned()).or_default().insert(pupil + 1);
    }
    // A full term: the first pupil each time, three others in the spring.
    assert_eq!(about["letter-full"], BTreeSet::from([1, 2, 5, 6]));
    assert_eq!(about["letter-fast-track"], BTreeSet::from([4]));
    assert!(about["letter-good-term"].is_superset(&BTreeSet::from([1, 2, 6])), "{about:?}");
    assert!(about["letter-moved-up"].contains(&5), "{about:?}");
    assert!(!about["letter-warning"].contains(&1), "{about:?}");
    // The case of the fourth pupil went its four-weekly way to the end of the year, and nobody else has one.
    let moves = office.case(4)["timeline"].to_string().matches("\"moved\"").count();
    assert!(moves > 3, "{moves}");
    assert!(office.case_if_any(1).is_none());
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The ids of the strategy's rules.
fn rules() -> impl Iterator<Item = String> {
    let number = (1..=32).filter(|number| *number != 30).map(|number| format!("S-{number:02}"));
    number.chain(["S-30a", "S-30b"].map(str::to_owned))
}
