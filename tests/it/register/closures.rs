//! Snow, no heating, a burst pipe: sessions that were due and could not be held.

use domain::Session;
use serde_json::{Value, json};

use crate::support::app::Answer;
use crate::support::build::{calendar, class, marks, unenrolled};
use crate::support::roll::{class_of_2023, enrol};
use crate::support::sql::Sql;
use crate::support::two_classes::{TwoClasses, calendar_with, inset, position};

impl TwoClasses {
    fn closures(&self) -> String {
        format!("/v1/schools/{}/closures", self.school)
    }

    fn close(&self, more: &str, closure: &Value) -> Answer {
        self.admin.post(&format!("{}{more}", self.closures()), closure)
    }

    /// Whether the register of a class counts as taken.
    fn is_taken(&self, class: i32, date: &str, session: Session) -> bool {
        let taken = format!(
            "SELECT coalesce(max(get_byte(taken, {})), 0) FROM class_year WHERE class_id = {class}",
            position(date, session)
        );
        Sql::of(&self.app.database).number(&taken) == 1
    }
}

fn closure(from: &str, to: &str) -> Value {
    json!({ "from": from, "to": to, "reason": "No heating" })
}

/// What the half days of a preview say of their classes: date, session, and for each class its name, how many marks are
/// missing, and which stood there.
fn half_days(preview: &Value) -> Vec<Value> {
    let class = |class: &Value| json!([class["name"], class["unmarked"], class["before"]]);
    let half_day = |one: &Value| {
        let classes: Vec<Value> = one["classes"].as_array().unwrap().iter().map(class).collect();
        json!([one["date"], one["session"], classes])
    };
    preview["half_days"].as_array().unwrap().iter().map(half_day).collect()
}

#[test]
fn a_closed_school_gives_everybody_who_was_due_the_code_for_it_and_keeps_what_stood_there() {
    let s = TwoClasses::new();
    s.take("2026-11-16/AM", "/", "/");
    s.take("2026-11-17/AM", "/", "I");
    let before = (s.figures(), s.completeness());
    let tag = s.admin.get(&s.calendar_at("")).etag();
    let everything = Sql::of(&s.app.database).everything();
    // From a Sunday to a Tuesday: the Sunday was not due.
    let closure = closure("2026-11-15", "2026-11-17");
    let preview = s.close("?preview=true", &closure).expect(200);
    assert_eq!(Sql::of(&s.app.database).everything(), everything, "nothing was changed");
    assert_eq!(
        (&preview["code"], &preview["marks"], &preview["pupils"]),
        (&json!("Y4"), &json!(12), &json!(3))
    );
    assert_eq!(
        half_days(&preview),
        [
            json!(["2026-11-16", "AM", [["6A", 0, { "/": 2 }], ["5B", 1, {}]]]),
            json!(["2026-11-16", "PM", [["6A", 2, {}], ["5B", 1, {}]]]),
            json!(["2026-11-17", "AM", [["6A", 0, { "/": 1, "I": 1 }], ["5B", 1, {}]]]),
            json!(["2026-11-17", "PM", [["6A", 2, {}], ["5B", 1, {}]]]),
        ]
    );
    assert!(!preview.to_string().contains("Surname"), "{preview}");

    let recorded = s.close("", &closure).expect(201);
    assert_eq!(recorded["touched"], preview);
    assert_eq!(
        (&recorded["code"], &recorded["marks"], &recorded["reason"]),
        (&json!("Y4"), &json!(12), &json!("No heating"))
    );
    for (pupil, date) in [(s.ada, "2026-11-16"), (s.ben, "2026-11-17"), (s.cleo, "2026-11-17")] {
        assert_eq!(["AM", "PM"].map(|session| s.mark(pupil, date, session)), ["Y4", "Y4"]);
    }
    let history = format!("/v1/pupils/{}/marks/2026-11-17/AM/history", s.ben);
    let entries = s.admin.get(&history).expect(200)["entries"].take();
    let last = &entries[1];
    assert_eq!(
        [&last["from"], &last["to"], &last["source"], &last["reason"]],
        [&json!("I"), &json!("Y4"), &json!("amendment"), &json!("No heating")]
    );

    let ((possible, absent), (expected, marked)) = before;
    assert_eq!(s.figures(), (possible - 4, absent - 1), "four marks were there, one an absence");
    assert_eq!(s.completeness(), (expected, marked + 8), "eight of the twelve were missing");
    for class in [s.six, s.five] {
        for session in Session::ALL {
            assert!(
                s.is_taken(class, "2026-11-16", session)
                    && s.is_taken(class, "2026-11-17", session)
            );
            assert!(
                !s.is_taken(class, "2026-11-15", session)
                    && !s.is_taken(class, "2026-11-18", session)
            );
        }
    }
    assert_eq!(s.admin.get(&s.calendar_at("")).etag(), tag, "the calendar is what it was");
}

#[test]
fn a_closure_is_recorded_once_and_listed() {
    let s = TwoClasses::new();
    let closure = closure("2026-11-15", "2026-11-17");
    let key = [("idempotency-key", "boiler")];
    let recorded = s.admin.json("POST", &s.closures(), &key, &closure).expect(201);
    let mut sql = Sql::of(&s.app.database);
    assert_eq!(sql.number("SELECT count(*) FROM mark_event WHERE source = 'amendment'"), 1);

    let written = sql.written();
    let again = s.admin.json("POST", &s.closures(), &key, &closure);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.expect(201), recorded);
    assert_eq!(s.close("", &closure).problem(409), "already-exists");
    assert_eq!(sql.written(), written);
    let list = s.admin.get(&s.closures()).expect(200);
    let [one] = &list["items"].as_array().unwrap()[..] else { panic!("{list}") };
    for name in
        ["closure_id", "from", "to", "code", "reason", "marks", "recorded_by", "recorded_at"]
    {
        assert_eq!(one[name], recorded[name], "{name}");
    }
}

#[test]
fn when_a_part_of_the_school_is_out_of_use_its_year_groups_have_the_code_for_that() {
    let s = TwoClasses::new();
    let mixed = class(&s.admin, s.school, "5/6");
    for (number, year_group) in [(4, 5), (5, 6)] {
        let pupil = unenrolled(&s.admin, s.school, number, "2015-03-14");
        let body = json!({ "pupil_id": pupil, "class_id": mixed, "year_group": year_group, "first_day": "2026-09-02" });
        s.admin.post("/v1/enrolments", &body).expect(201);
    }
    let closure = json!({ "from": "2026-11-17", "to": "2026-11-17", "session": "PM", "year_groups": [6],
        "reason": "Ceiling of the upper corridor" });
    let recorded = s.close("", &closure).expect(201);
    assert_eq!((&recorded["code"], &recorded["marks"]), (&json!("Y3"), &json!(3)));
    assert_eq!((&recorded["session"], &recorded["year_groups"]), (&json!("PM"), &json!([6])));
    assert_eq!([s.ada, s.cleo].map(|pupil| s.mark(pupil, "2026-11-17", "PM")), ["Y3", ""]);
    assert_eq!(s.mark(s.ada, "2026-11-17", "AM"), "");
    let taken = [s.six, s.five, mixed].map(|class| s.is_taken(class, "2026-11-17", Session::Pm));
    assert_eq!(taken, [true, false, false], "half of the mixed class still needs a register");
}

#[test]
fn pupils_who_are_not_on_roll_or_not_due_are_left_alone() {
    let s = TwoClasses::new();
    let late = unenrolled(&s.admin, s.school, 4, "2015-03-14");
    enrol(&s.admin, late, s.six, ("2026-11-17", None)).expect(201);
    let not_due = json!([{ "year_groups": [5], "from": "2026-11-17", "to": "2026-11-17" }]);
    s.admin.put(&s.calendar_at(""), &calendar_with("not_due", not_due)).expect(200);
    s.close("", &closure("2026-11-16", "2026-11-17")).expect(201);
    let marks = |pupil| ["2026-11-16", "2026-11-17"].map(|date| s.mark(pupil, date, "AM"));
    assert_eq!(marks(s.ada), ["Y4", "Y4"]);
    assert_eq!(marks(late), ["", "Y4"], "on roll from the 17th");
    assert_eq!(marks(s.cleo), ["Y4", ""], "Year 5 was not due on the 17th");
    assert_eq!(s.mark(s.ada, "2026-11-18", "AM"), "");
}

#[test]
fn a_closure_that_is_planned_after_all_goes_by_the_calendar() {
    let s = TwoClasses::new();
    s.close("", &closure("2026-11-17", "2026-11-17")).expect(201);
    let (expected, marked) = s.completeness();
    let planned = calendar_with("closures", json!([inset("2026-11-17"), inset("2026-11-27")]));
    s.admin.put(&s.calendar_at(""), &planned).expect(200);
    assert_eq!(s.completeness(), (expected - 6, marked - 6));
    assert_eq!(s.close("", &closure("2026-11-17", "2026-11-17")).problem(422), "closed-day");
    s.admin.put(&s.calendar_at(""), &calendar()).expect(200);
    assert_eq!(s.completeness(), (expected, marked), "the marks were never gone");
    s.app.clock.set("2026-11-19T10:00:00Z");
    let place = format!("/v1/classes/{}/registers/2026-11-17/AM", s.five);
    let overwritten = s.admin.put(&place, &marks(&[(s.cleo, "/")]));
    assert_eq!(overwritten.problem(409), "register-closed");
}

#[test]
fn what_is_not_right_about_a_closure_is_said_and_nothing_is_written() {
    let s = TwoClasses::new();
    let old = class_of_2023(&s.admin, s.school, "3A");
    enrol(&s.admin, s.ada, old, ("2023-09-04", Some("2024-07-19"))).expect(201);
    let everything = Sql::of(&s.app.database).everything();
    let with = |member: &str, value: Value| {
        let mut closure = closure("2026-11-16", "2026-11-17");
        closure[member] = value;
        closure
    };
    for (closure, status, kind, pointer) in [
        (with("reason", json!(" ")), 422, "invalid", "/reason"),
        (with("reason", json!("x".repeat(501))), 422, "invalid", "/reason"),
        (with("to", json!("2026-11-15")), 422, "invalid", "/to"),
        (with("from", json!("2025-11-15")), 422, "invalid", "/to"),
        (with("to", json!("9999-12-31")), 422, "invalid", "/to"),
        (with("year_groups", json!([])), 422, "invalid", "/year_groups"),
        (with("year_groups", json!([6, 15])), 422, "invalid", "/year_groups/1"),
        (with("session", json!("noon")), 400, "bad-body", "/session"),
        (with("school_id", json!(7)), 400, "bad-body", "/school_id"),
        (with("to", json!("2026-11-19")), 422, "future-mark", "/to"),
        (closure("2026-11-14", "2026-11-15"), 422, "closed-day", "/from"),
        (closure("2024-03-04", "2024-03-04"), 422, "code-not-in-force", "/from"),
    ] {
        for query in ["", "?preview=true"] {
            let answer = s.close(query, &closure);
            assert_eq!(answer.problem(status), kind, "{closure}");
            assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{closure}");
        }
    }
    let other_year = closure("2025-11-17", "2025-11-17");
    assert_eq!(s.close("", &other_year).problem(422), "no-calendar");
    let nobody = with("year_groups", json!([9]));
    assert_eq!(s.close("", &nobody).problem(422), "not-due");
    let teacher = s.app.school_client("teacher", s.trust, &[s.school]);
    assert_eq!(
        teacher.post(&s.closures(), &closure("2026-11-16", "2026-11-16")).problem(403),
        "forbidden"
    );
    assert_eq!(Sql::of(&s.app.database).everything(), everything);
}
