//! A school without a calendar for the days that come: what will not run is told, nothing that somebody is to do is
//! without a day, and nothing is counted against a guess.

use serde_json::{Value, json};

use crate::support::app::{Start, TestApp};
use crate::support::build::{calendar, id, school};
use crate::support::office::{flowchart, improvement, post};
use crate::support::run::wait_until;

/// What the schedule says of a school's calendars: year, label and due.
fn missing(client: &crate::support::app::Client, school: i32, range: &str) -> Vec<[String; 3]> {
    let path = format!("/v1/schedules?limit=500&school_id={school}{range}");
    let items = client.get(&path).expect(200)["items"].clone();
    let items = items.as_array().unwrap().iter().filter(|item| item["kind"] == "calendar");
    let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    let told = |item: &Value| {
        assert_eq!(item["state"], "missing");
        let put = format!("PUT /v1/schools/{school}/calendar/{}", text(item, "period"));
        assert!(text(item, "why").ends_with(&put), "{item}");
        ["period", "label", "due"].map(|name| text(item, name))
    };
    items.map(told).collect()
}

#[test]
fn a_school_that_follows_a_policy_is_told_which_calendar_is_missing() {
    let app = TestApp::start();
    app.clock.set("2026-08-20T08:00:00Z");
    let admin = app.client("trust_admin", app.trust("Larkrise"));
    let new = |number: u32| {
        let body = json!({ "urn": format!("90000{number}"), "name": "New", "phase": "primary" });
        id(&admin.post("/v1/schools", &body).expect(201), "school_id")
    };
    let (here, free) = (new(1), new(2));
    assert_eq!(missing(&admin, here, ""), Vec::<[String; 3]>::new(), "it follows nothing");
    let follow = |school: i32, from: &str| {
        let place = format!("/v1/schools/{school}/policy/pathway/{from}");
        admin.put(&place, &json!({ "policy": "one-page" })).expect(200);
    };
    follow(here, "2026-09-01");
    let told = |year: &str, label: &str, due: &str| [year, label, due].map(str::to_owned);
    let none = [told("2026", "there is no calendar for 2026/27", "2026-09-01T05:00:00Z")];
    assert_eq!(missing(&admin, here, ""), none);
    // It is told until it is there, and of no year before.
    app.clock.set("2026-11-18T10:00:00Z");
    assert_eq!(missing(&admin, here, ""), none);
    assert_eq!(missing(&admin, free, ""), Vec::<[String; 3]>::new());
    let by_hand = format!("/v1/schools/{here}/reviews/2026-11-18");
    assert_eq!(admin.post(&by_hand, &json!({})).problem(422), "no-calendar");

    // Two terms are known: the summer is not.
    let mut short = calendar();
    short["terms"].as_array_mut().unwrap().pop();
    let year = format!("/v1/schools/{here}/calendar/2026");
    admin.put(&year, &short).expect(200);
    assert_eq!(missing(&admin, here, ""), Vec::<[String; 3]>::new(), "these weeks are known");
    let summer = told(
        "2026",
        "the calendar for 2026/27 has no term after 2027-03-26",
        "2027-03-26T18:00:00Z",
    );
    assert_eq!(missing(&admin, here, "&from=2027-03-01&to=2027-04-30"), [summer]);
    admin.put(&year, &calendar()).expect(200);
    assert_eq!(missing(&admin, here, "&from=2027-03-01&to=2027-04-30"), Vec::<[String; 3]>::new());

    // Of next year nothing is known yet, and of the year after that nothing can be said.
    let next = told(
        "2027",
        "the calendar for 2026/27 ends; there is none for 2027/28",
        "2027-07-21T17:00:00Z",
    );
    assert_eq!(missing(&admin, here, "&from=2027-07-01&to=2027-09-30"), [next]);
    // Where clocks show another time, it is the school's.
    let away = json!({ "urn": "900003", "name": "Lisbon", "phase": "primary", "time_zone": "Europe/Paris" });
    let away = id(&admin.post("/v1/schools", &away).expect(201), "school_id");
    follow(away, "2026-10-01");
    let there = told("2026", "there is no calendar for 2026/27", "2026-10-01T04:00:00Z");
    assert_eq!(missing(&admin, away, ""), [there]);
    // Page by page it is the same.
    follow(school(&admin, 4, "primary"), "2026-09-01");
    let path = "/v1/schedules?from=2027-07-01&to=2027-09-30";
    let all = admin.get(&format!("{path}&limit=500")).expect(200)["items"].clone();
    assert_eq!(json!(admin.all(&format!("{path}&limit=1"), "")), all);
}

#[test]
fn what_is_due_in_a_year_without_a_calendar_has_a_day_and_is_told_when_it_is_overdue() {
    let office = improvement();
    let review = office.review("2026-10-23");
    office.send_all(review);
    office.on("2027-07-20");
    office.put_at(2, "Stage 3, meeting");
    office.record(2, "not attended");
    // A day of July, and from September on Mondays to Fridays: 21 July; 1, 2, 3 and 6 September.
    let path =
        format!("/v1/actions?school_id={}&case_id={}", office.school, office.case(2)["case_id"]);
    let actions = office.lead.get(&path).expect(200)["items"].clone();
    let meeting = |one: &&Value| one["kind"] == "meeting";
    let meeting = actions.as_array().unwrap().iter().find(meeting).expect("a meeting").clone();
    assert_eq!(meeting["due"], "2027-09-06");

    // Its target would run into the unknown: nobody guesses its days, and the case stays.
    let attended = json!({ "outcome": "attended" });
    let outcomes = format!("/v1/cases/{}/outcomes", office.case(2)["case_id"]);
    assert_eq!(office.lead.post(&outcomes, &attended).problem(422), "no-calendar");
    assert_eq!(office.case(2)["stage"], "Stage 3, second meeting");

    // The clockwork tells what is due, and what is overdue, whether or not there is a calendar.
    office.app.clock.set("2027-09-06T06:00:00Z");
    let _clock = office.app.another(Start::default());
    let path = format!("/v1/actions/{}", meeting["action_id"]);
    let mut told = Vec::new();
    for (day, many) in [("2027-09-06", 1), ("2027-09-07", 2)] {
        office.app.clock.set(&format!("{day}T06:00:00Z"));
        wait_until(&format!("what is told on {day}"), || {
            let events = office.lead.get(&path).expect(200)["events"].clone();
            told = events.as_array().unwrap().clone();
            told.len() == many
        });
    }
    let told: Vec<[&Value; 2]> = told.iter().map(|one| [&one["what"], &one["on_day"]]).collect();
    assert_eq!(
        told,
        [[&json!("due"), &json!("2027-09-06")], [&json!("breached"), &json!("2027-09-07")],]
    );
    let case = office.case(2)["timeline"].to_string();
    assert!(case.contains("breached") && case.contains("additional time"), "{case}");
}

/// Two offers five school days apart are missed: where the calendar is missing Mondays to Fridays are counted.
#[test]
fn missed_meetings_count_in_a_year_without_a_calendar() {
    let office = flowchart();
    office.on("2027-09-06");
    office.put_at(2, "3: contract meeting");
    let mother = office.parent(2, "Ada");
    let missed = |day: &str| {
        let offer = json!({ "day": day, "at": "15:30:00", "place": "Room 3", "parents": [mother] });
        let body = json!({ "about": office.about(2, None), "kind": "contract", "offer": offer });
        let meeting = post(&office.lead, "/v1/meetings", &body);
        office.on(day);
        let nobody = json!({ "others": ["LAAO"] });
        office.lead.post(&format!("{meeting}/attendance"), &nobody).expect(200)["case"].clone()
    };
    let case = missed("2027-09-06");
    assert_eq!(case["moved"], false);
    assert!(case["says"].as_str().unwrap().contains("on 2027-09-13 or later"), "{case}");
    let case = missed("2027-09-13");
    assert_eq!((&case["moved"], &case["stage"]), (&json!(true), &json!("3: contract")));
}
