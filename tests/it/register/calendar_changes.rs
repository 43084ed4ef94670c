//! A day is moved: what that would do to marks, registers and windows is shown before it is done.

use serde_json::{Value, json};

use crate::support::build::{calendar, id};
use crate::support::sql::Sql;
use crate::support::two_classes::{TwoClasses, calendar_with, inset};

/// What the half days of a preview say of their classes: date, session, change, and for each class its name, the marks
/// that stop and begin to count, and whether its register would be missing.
fn half_days(preview: &Value) -> Vec<Value> {
    let class = |class: &Value| {
        json!([
            class["name"],
            class["marks_that_stop_counting"],
            class["marks_that_begin_to_count"],
            class["register_missing"],
        ])
    };
    let half_day = |one: &Value| {
        let classes: Vec<Value> = one["classes"].as_array().unwrap().iter().map(class).collect();
        json!([one["date"], one["session"], one["change"], classes])
    };
    preview["half_days"].as_array().unwrap().iter().map(half_day).collect()
}

#[test]
fn moving_a_day_of_training_shows_first_which_marks_it_touches_and_then_does_exactly_that() {
    let s = TwoClasses::new();
    s.take("2026-11-17/AM", "/", "I");
    s.take("2026-11-17/PM", "\\", "\\");
    s.take_five("2026-11-17/AM", "/");
    s.take("2026-11-18/AM", "/", "/");
    let before = (s.figures(), s.completeness());
    let moved = calendar_with("closures", json!([inset("2026-11-17")]));
    let everything = Sql::of(&s.app.database).everything();
    let preview = s.admin.put(&s.calendar_at("?preview=true"), &moved).expect(200);
    assert_eq!(
        half_days(&preview),
        [
            json!(["2026-11-17", "AM", "closes", [["6A", 2, 0, false], ["5B", 1, 0, false]]]),
            json!(["2026-11-17", "PM", "closes", [["6A", 2, 0, false]]]),
            json!(["2026-11-27", "AM", "opens", []]),
            json!(["2026-11-27", "PM", "opens", []]),
        ]
    );
    let total = |name: &str| preview[name].as_i64().unwrap();
    assert_eq!((total("half_days_closing"), total("half_days_opening")), (2, 2));
    assert_eq!((total("marks_that_stop_counting"), total("registers_missing")), (5, 0));
    assert!(!preview.to_string().contains("Surname"), "{preview}");
    assert_eq!(Sql::of(&s.app.database).everything(), everything, "nothing was changed");

    s.admin.put(&s.calendar_at(""), &moved).expect(200);
    let ((possible, absent), (expected, marked)) = before;
    assert_eq!(s.figures(), (possible - total("marks_that_stop_counting"), absent - 1));
    // Three pupils are not expected for two sessions.
    assert_eq!(s.completeness(), (expected - 6, marked - 5));
    assert_eq!(s.mark(s.ben, "2026-11-17", "AM"), "I", "the mark stays");

    let back = s.admin.put(&s.calendar_at("?preview=true"), &calendar()).expect(200);
    assert_eq!(
        half_days(&back)[..2],
        [
            json!(["2026-11-17", "AM", "opens", [["6A", 0, 2, false], ["5B", 0, 1, false]]]),
            json!(["2026-11-17", "PM", "opens", [["6A", 0, 2, false], ["5B", 0, 0, true]]]),
        ]
    );
    assert_eq!(
        (&back["marks_that_begin_to_count"], &back["registers_missing"]),
        (&json!(5), &json!(1))
    );
    s.admin.put(&s.calendar_at(""), &calendar()).expect(200);
    assert_eq!((s.figures(), s.completeness()), before);
}

#[test]
fn a_half_term_that_moves_moves_its_windows() {
    let s = TwoClasses::new();
    let mut later = calendar();
    later["terms"][0]["half_term"] = json!({ "from": "2026-11-02", "to": "2026-11-06" });
    let preview = s.admin.put(&s.calendar_at("?preview=true"), &later).expect(200);
    let days = |from, to| json!({ "from": from, "to": to });
    assert_eq!(
        preview["windows"],
        json!([
            { "kind": "half_term", "key": "half-term-1",
              "before": days("2026-09-02", "2026-10-25"), "after": days("2026-09-02", "2026-11-01") },
            { "kind": "half_term", "key": "half-term-2",
              "before": days("2026-10-31", "2026-12-18"), "after": days("2026-11-07", "2026-12-18") },
        ])
    );
    let (closing, opening) = (&preview["half_days_closing"], &preview["half_days_opening"]);
    assert_eq!((closing, opening), (&json!(10), &json!(10)));
    // Of 26 to 30 October, which would be days of school, neither class has a register.
    assert_eq!(preview["registers_missing"], 20);

    let mut shorter = calendar();
    shorter["terms"].as_array_mut().unwrap().pop();
    let windows =
        s.admin.put(&s.calendar_at("?preview=true"), &shorter).expect(200)["windows"].take();
    let gone: Vec<&Value> =
        windows.as_array().unwrap().iter().map(|window| &window["key"]).collect();
    assert_eq!(gone, ["half-term-5", "half-term-6", "term-3"]);
    assert_eq!(
        (&windows[2]["after"], &windows[2]["before"]["to"]),
        (&Value::Null, &json!("2027-07-21"))
    );
}

#[test]
fn a_preview_keeps_the_rules_of_putting() {
    let s = TwoClasses::new();
    let preview = s.calendar_at("?preview=true");
    let stale = s.admin.json("PUT", &preview, &[("if-match", "\"old\"")], &calendar());
    assert_eq!(stale.problem(412), "precondition-failed");
    let refused = s.admin.put(&preview, &calendar_with("terms", json!([])));
    assert_eq!(refused.problem(422), "invalid");
    assert_eq!(
        s.admin.put(&s.calendar_at("?preview=maybe"), &calendar()).problem(400),
        "bad-query"
    );
    let same = s.admin.put(&preview, &calendar()).expect(200);
    assert_eq!((&same["half_days"], &same["windows"]), (&json!([]), &json!([])));

    // The first calendar of a school opens every day that it has.
    let new = json!({ "urn": "900077", "name": "New", "phase": "primary" });
    let new = id(&s.admin.post("/v1/schools", &new).expect(201), "school_id");
    let place = format!("/v1/schools/{new}/calendar/2026");
    let first = s.admin.put(&format!("{place}?preview=true"), &calendar()).expect(200);
    assert_eq!(first["half_days_opening"], first["half_days"].as_array().unwrap().len());
    assert_eq!(first["windows"].as_array().unwrap().len(), 6 + 3 + 1);
    assert_eq!(s.admin.get(&place).problem(404), "not-found");
}
