//! Completeness: which registers are missing, by class and session.

use serde_json::{Value, json};

use crate::support::app::{Client, TestApp};
use crate::support::build::{calendar, class, id, marks, pupil, school, upn};
use crate::support::one_school::one_trust;

/// A school with two pupils in class 6A and nobody in 6B, on Wednesday 18 November 2026.
fn world() -> (TestApp, Client, [i32; 2], [i32; 2], [i32; 2]) {
    let (app, _, admin) = one_trust();
    let schools = [school(&admin, 1, "primary"), school(&admin, 2, "secondary")];
    let classes = [class(&admin, schools[0], "6A"), class(&admin, schools[0], "6B")];
    let pupils = [1, 2].map(|number| pupil(&admin, schools[0], classes[0], number));
    (app, admin, schools, classes, pupils)
}

const WEEK: &str = "/v1/analytics/completeness?from=2026-11-16";

#[track_caller]
fn ask(admin: &Client, question: &str) -> Value {
    admin.get(&format!("{WEEK}{question}")).expect(200)
}

fn registers(of: &Value) -> Value {
    json!([of["registers_due"], of["registers_taken"], of["marks_due"], of["marks_missing"]])
}

#[test]
fn each_school_has_the_day_of_its_own_wall() {
    let (app, trust, admin) = one_trust();
    let london = school(&admin, 1, "primary");
    let body = json!({ "urn": "900002", "name": "School 2", "phase": "primary", "time_zone": "Asia/Nicosia" });
    let cyprus = id(&admin.post("/v1/schools", &body).expect(201), "school_id");
    admin.put(&format!("/v1/schools/{cyprus}/calendar/2026"), &calendar()).expect(200);
    let classes = [london, cyprus].map(|school| class(&admin, school, "6A"));
    let pupils = [pupil(&admin, london, classes[0], 1), pupil(&admin, cyprus, classes[1], 2)];
    // Half past ten at night on Tuesday in London, and half past midnight on Wednesday on Cyprus.
    app.clock.set("2026-11-17T22:30:00Z");
    let admin = app.client("trust_admin", trust);
    let take = |at: usize| {
        let path = format!("/v1/classes/{}/registers/2026-11-18/AM", classes[at]);
        admin.put(&path, &marks(&[(pupils[at], "/")]))
    };
    assert_eq!(take(0).problem(422), "future-mark");
    take(1).expect(200);
    let answer = admin.get("/v1/analytics/completeness?from=2026-11-17").expect(200);
    let schools = answer["schools"].as_array().unwrap().iter();
    let due: Vec<&Value> = schools.map(|school| &school["registers_due"]).collect();
    assert_eq!(due, [2, 4], "Tuesday's, and on Cyprus Wednesday's too");
}

#[test]
fn every_missing_register_is_named_and_a_blank_mark_in_one_that_was_taken_is_counted() {
    let (app, admin, schools, classes, pupils) = world();
    let path = format!("/v1/classes/{}/registers/2026-11-17/AM", classes[0]);
    let body = json!({ "marks": [
        { "pupil_id": pupils[0], "mark": "/" }, { "pupil_id": pupils[1], "mark": null }] });
    app.clock.set("2026-11-18T11:00:00Z");
    admin.put(&path, &body).expect(200);
    let answer = ask(&admin, "");
    // Three days so far; nobody is in 6B, so its registers are not due.
    assert_eq!(registers(&answer), json!([6, 1, 2, 1]));
    assert_eq!(answer["registers_percent"], "16.6");
    let school = &answer["schools"][0];
    assert_eq!((&school["school_id"], &school["name"]), (&json!(schools[0]), &json!("School 1")));
    assert_eq!(school["last_register"], "2026-11-17");
    assert_eq!(school["school_days_since"], 1);
    let sessions = school["sessions"].as_array().unwrap();
    assert_eq!(registers(&sessions[0]), json!([3, 1, 2, 1]), "{sessions:?}");
    assert_eq!(registers(&sessions[1]), json!([3, 0, 0, 0]));
    assert_eq!(school["classes"].as_array().unwrap().len(), 1);
    assert_eq!(school["classes"][0]["name"], "6A");
    let days = answer["days"].as_array().unwrap().iter();
    let days: Vec<Value> = days.map(|day| json!([day["date"], day["registers_taken"]])).collect();
    assert_eq!(
        days,
        [json!(["2026-11-16", 0]), json!(["2026-11-17", 1]), json!(["2026-11-18", 0])]
    );
    let nothing = &answer["schools"][1];
    assert_eq!(
        (registers(nothing), &nothing["last_register"]),
        (json!([0, 0, 0, 0]), &Value::Null)
    );
    let known = ask(&admin, "&as_known_on=2026-11-18T10:30:00Z");
    assert_eq!(registers(&known), json!([6, 0, 0, 0]), "as known before it was taken");
}

#[test]
fn missing_registers_come_latest_first_and_page_by_page() {
    let (_app, admin, schools, classes, pupils) = world();
    let path = format!("/v1/classes/{}/registers/2026-11-17/AM", classes[0]);
    admin.put(&path, &marks(&[(pupils[0], "/"), (pupils[1], "I")])).expect(200);
    let day = |one: &Value| format!("{} {}", one["date"], one["session"]).replace('"', "");
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let answer = ask(&admin, &format!("&limit=2{cursor}"));
        found.extend(answer["missing"]["items"].as_array().unwrap().iter().map(day));
        assert!(found.len() < 9, "{found:?}");
        match answer["missing"]["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let all = ["2026-11-18 PM", "2026-11-18 AM", "2026-11-17 PM", "2026-11-16 PM", "2026-11-16 AM"];
    assert_eq!(found, all);
    let one = &ask(&admin, "")["missing"]["items"][0];
    assert_eq!(
        (&one["school_id"], &one["class_id"], &one["class"], &one["pupils"]),
        (&json!(schools[0]), &json!(classes[0]), &json!("6A"), &json!(2))
    );
}

#[test]
fn what_came_by_an_import_is_not_missing_and_filters_and_rights_hold() {
    let (app, admin, schools, classes, _) = world();
    let file = format!("upn,week,marks\n{},2026-11-16,/\\/\\------\n", upn(1));
    let import = admin.import(&format!("kind=marks&school_id={}", schools[0]), file.as_bytes());
    assert_eq!(import["job"]["state"], "done", "{import:#}");
    assert_eq!(registers(&ask(&admin, "")), json!([6, 4, 8, 4]));
    assert_eq!(registers(&ask(&admin, "&to=2026-11-16")), json!([2, 2, 4, 2]));
    assert_eq!(registers(&ask(&admin, &format!("&classes={}", classes[1]))), json!([0, 0, 0, 0]));
    assert_eq!(registers(&ask(&admin, "&phases=secondary")), json!([0, 0, 0, 0]));
    let foreign = app.school_client("school_lead", 1, &[schools[1]]);
    let path = format!("{WEEK}&classes={}", classes[0]);
    assert_eq!(foreign.get(&path).problem(404), "not-found");
    assert_eq!(admin.get(&format!("{WEEK}&limit=0")).problem(400), "bad-query");
}
