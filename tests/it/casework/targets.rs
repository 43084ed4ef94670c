//! Targets day by day, beside a naive recomputation from the marks that were sent.

use chrono::NaiveDate;
use domain::Session;
use serde_json::{Value, json};

use crate::support::office::{Office, at_a_meeting, improvement, missed};
use crate::support::weeks::story_calendar;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Sessions attended and possible up to a day, and still to come, of the second pupil between two days.
fn naive(from: NaiveDate, to: NaiveDate, today: NaiveDate) -> (u64, u64, u64) {
    let calendar = story_calendar();
    let (mut attended, mut possible, mut remaining, mut school_day) = (0, 0, 0, 0);
    for day in date("2026-09-02").iter_days().take_while(|day| *day <= to) {
        if !calendar.is_school_day(day) {
            continue;
        }
        let sessions = Session::ALL.into_iter().filter(|session| calendar.is_open(day, *session));
        let sessions = sessions.count() as u64;
        if day > today && day >= from {
            remaining += sessions;
        } else if day >= from {
            possible += sessions;
            attended += if missed(school_day) { 0 } else { sessions };
        }
        school_day += 1;
    }
    (attended, possible, remaining)
}

/// The most sessions that can be missed, found by trying; `None` when even none is too many.
fn can_miss((attended, possible, remaining): (u64, u64, u64)) -> Option<u64> {
    let enough =
        |absent: &u64| 100 * (attended + remaining - absent) >= 96 * (possible + remaining);
    (0..=remaining).rev().find(enough)
}

fn target(office: &Office) -> Value {
    office.lead.get(&format!("/v1/cases/{}/target", office.case(2)["case_id"])).expect(200)
}

/// W-04: kept, still reachable with the sessions that can still be missed, out of reach with an alert that moves nothing.
#[test]
fn a_target_is_right_on_every_day_and_its_early_failure_alerts() {
    let office = improvement();
    for day in ["2026-10-23", "2026-12-18"] {
        let review = office.review(day);
        office.send_all(review);
    }
    let (from, to) = (date("2027-01-04"), date("2027-02-12"));
    let mut seen = Vec::new();
    for day in [
        "2026-12-21",
        "2027-01-04",
        "2027-01-05",
        "2027-01-06",
        "2027-01-08",
        "2027-01-12",
        "2027-01-31",
        "2027-02-12",
    ] {
        office.on(day);
        let told = target(&office);
        let expected = naive(from, to, date(day));
        let (attended, possible, remaining) = expected;
        let counts = ["attended", "possible", "remaining"].map(|name| told[name].as_u64().unwrap());
        assert_eq!(counts, [attended, possible, remaining], "{day}: {told}");
        let standing = match can_miss(expected) {
            _ if possible == 0 => "no_figure",
            None => "out_of_reach",
            Some(_) if 100 * attended >= 96 * possible => "kept",
            Some(_) => "reachable",
        };
        assert_eq!(told["standing"], standing, "{day}: {told}");
        if possible > 0 {
            assert_eq!(
                told.get("can_miss").and_then(Value::as_u64),
                can_miss(expected),
                "{day}: {told}"
            );
        }
        assert_eq!(told.get("alert").is_some(), standing == "out_of_reach", "{told}");
        seen.push(standing);
    }
    assert!(["no_figure", "out_of_reach"].iter().all(|one| seen.contains(one)), "{seen:?}");
    assert_eq!(office.case(2)["stage"], "Stage 2", "it alerts and does not escalate");
    let listed = office.lead.get(&format!("/v1/targets?school_id={}", office.school)).expect(200);
    assert_eq!(listed["items"], json!([target(&office)]));
    let other = office.lead.get("/v1/cases/999999/target");
    assert_eq!(other.problem(404), "not-found");
}

/// A target pauses over a holiday; and where the calendar ends before it, the answer says so instead of guessing.
#[test]
fn a_target_pauses_over_easter_and_says_when_the_calendar_is_too_short() {
    let office = at_a_meeting();
    office.on("2027-03-01");
    office.record(2, "attended");
    let told = target(&office);
    assert_eq!((&told["from"], &told["to"]), (&json!("2027-03-08"), &json!("2027-04-30")));
    assert_eq!(told["pauses"], json!([{ "from": "2027-03-29", "to": "2027-04-11" }]));
    assert_eq!(
        told["remaining"],
        naive(date("2027-03-08"), date("2027-04-30"), date("2027-03-01")).2
    );

    let short = json!({ "terms": [
        { "name": "Autumn term", "from": "2026-09-02", "to": "2026-12-18" },
        { "name": "Spring term", "from": "2027-01-04", "to": "2027-03-26" },
    ], "closures": [] });
    office.lead.put(&format!("/v1/schools/{}/calendar/2026", office.school), &short).expect(200);
    let told = target(&office);
    assert_eq!(told["standing"], "not_known", "{told}");
    let notice = told["notices"][0].as_str().unwrap();
    assert!(notice.contains("2027-03-25") && notice.contains("2027-04-30"), "{notice}");
}
