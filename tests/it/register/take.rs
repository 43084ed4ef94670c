//! A class's register is taken, saved again, and closed; and what is refused.

use serde_json::{Value, json};

use super::{Morning, codes};
use crate::support::build::{class, id, marks, pupil, school, unenrolled};
use crate::support::roll::{class_of_2023, enrol};
use crate::support::sql::Sql;

#[test]
fn a_register_is_read_before_it_is_taken_then_taken_corrected_and_closed() {
    let m = Morning::new();
    let when = "2026-11-18/AM";
    let before = m.read(when).expect(200);
    assert_eq!(codes(&before), ["", ""]);
    assert_eq!(before["marks"][0]["surname"], "Surname1");
    assert_eq!((&before["opened_at"], &before["taken_by"]), (&Value::Null, &Value::Null));

    let mut body = marks(&[(m.ada, "/"), (m.ben, "N")]);
    body["opened_at"] = json!("2026-11-18T09:58:00Z");
    let taken = m.teacher.put(&m.place(when), &body).expect(200);
    assert_eq!(codes(&taken), ["/", "N"]);
    assert_eq!(taken["opened_at"], "2026-11-18T09:58:00Z");
    assert_eq!(
        (&taken["opened_by"], &taken["taken_by"]),
        (&json!("test-teacher"), &json!("test-teacher"))
    );
    assert_eq!(
        (&taken["taken_at"], &taken["closed_at"]),
        (&json!("2026-11-18T10:01:00Z"), &Value::Null)
    );

    m.app.clock.set("2026-11-18T10:20:00Z");
    let office = m.app.school_client("school_office", m.trust, &[m.school]);
    let mut body = marks(&[(m.ada, "/"), (m.ben, "L")]);
    body["close"] = json!(true);
    let closed = office.put(&m.place(when), &body).expect(200);
    assert_eq!(codes(&closed), ["/", "L"]);
    assert_eq!(
        (&closed["taken_at"], &closed["taken_by"]),
        (&taken["taken_at"], &taken["taken_by"])
    );
    assert_eq!(closed["opened_at"], taken["opened_at"]);
    assert_eq!(closed["closed_at"], "2026-11-18T10:20:00Z");
    assert_eq!(closed["closed_by"], "test-school_office");
    assert_eq!(m.read(when).expect(200), closed);
}

#[test]
fn saving_the_same_again_changes_nothing() {
    let m = Morning::new();
    let mut sql = Sql::of(&m.app.database);
    let first = m.save("2026-11-18/AM", "/", "I");
    let written = sql.written();
    m.app.clock.set("2026-11-18T10:30:00Z");
    let second = m.save("2026-11-18/AM", "/", "I");
    assert_eq!(second.etag(), first.etag());
    assert_eq!(second.expect(200), first.expect(200));
    assert_eq!(sql.written(), written);
    m.save("2026-11-18/AM", "/", "L").expect(200);
    assert_eq!(sql.written(), (written.0 + 1, written.1 + 1), "one version, one entry");
}

#[test]
fn a_closed_register_keeps_its_marks() {
    let m = Morning::new();
    let when = "2026-11-18/AM";
    let mut body = marks(&[(m.ada, "/"), (m.ben, "N")]);
    body["close"] = json!(true);
    let closed = m.teacher.put(&m.place(when), &body).expect(200);
    let written = Sql::of(&m.app.database).written();

    assert_eq!(m.save(when, "/", "L").problem(409), "register-closed");
    let mut blank = marks(&[(m.ada, "/"), (m.ben, "N")]);
    blank["marks"][1]["mark"] = Value::Null;
    assert_eq!(m.teacher.put(&m.place(when), &blank).problem(409), "register-closed");
    assert_eq!(m.save(when, "/", "N").expect(200), closed, "what it says already is no change");
    assert_eq!(m.read(when).expect(200), closed);
    assert_eq!(Sql::of(&m.app.database).written(), written);
}

#[test]
fn yesterdays_register_takes_what_is_missing_and_keeps_what_is_there() {
    let m = Morning::new();
    let yesterday = "2026-11-17/PM";
    let mut half = marks(&[(m.ada, "\\"), (m.ben, "N")]);
    half["marks"][1]["mark"] = Value::Null;
    m.teacher.put(&m.place(yesterday), &half).expect(200);
    assert_eq!(m.save(yesterday, "I", "I").problem(409), "register-closed");
    assert_eq!(codes(&m.read(yesterday).expect(200)), ["\\", ""], "nor was the blank filled");
    m.save(yesterday, "\\", "I").expect(200);
    assert_eq!(m.save(yesterday, "\\", "M").problem(409), "register-closed");
    assert_eq!(codes(&m.read(yesterday).expect(200)), ["\\", "I"]);

    m.save("2026-11-18/AM", "/", "/").expect(200);
    m.save("2026-11-18/AM", "L", "/").expect(200);
    m.app.clock.set("2026-11-19T00:05:00Z");
    assert_eq!(
        m.save("2026-11-18/AM", "/", "/").problem(409),
        "register-closed",
        "its day is over"
    );
}

#[test]
fn a_register_names_every_pupil_of_that_day_once_and_nobody_else() {
    let m = Morning::new();
    let other = class(&m.admin, m.school, "6B");
    let stranger = pupil(&m.admin, m.school, other, 3);
    let left = unenrolled(&m.admin, m.school, 4, "2015-01-01");
    enrol(&m.admin, left, m.class, ("2026-09-02", Some("2026-11-17"))).expect(201);
    let tomorrow = unenrolled(&m.admin, m.school, 5, "2015-01-01");
    enrol(&m.admin, tomorrow, m.class, ("2026-11-19", None)).expect(201);
    let elsewhere = school(&m.admin, 2, "primary");
    let hidden = pupil(&m.admin, elsewhere, class(&m.admin, elsewhere, "6A"), 6);
    let written = Sql::of(&m.app.database).written();

    let (ada, ben) = ((m.ada, "/"), (m.ben, "/"));
    let with = |other: i32| marks(&[ada, ben, (other, "/")]);
    for (why, body, problem, pointer) in [
        ("left out", marks(&[ada]), "register-incomplete", "/marks"),
        ("twice", marks(&[ada, ben, ada]), "pupil-named-twice", "/marks/2/pupil_id"),
        ("of another class", with(stranger), "not-on-roll", "/marks/2/pupil_id"),
        ("who has left", with(left), "not-on-roll", "/marks/2/pupil_id"),
        ("who joins tomorrow", with(tomorrow), "not-on-roll", "/marks/2/pupil_id"),
    ] {
        let refused = m.teacher.put(&m.place("2026-11-18/AM"), &body);
        assert_eq!(
            (refused.problem(422).as_str(), refused.pointers()),
            (problem, vec![pointer]),
            "{why}"
        );
    }
    let incomplete = m.teacher.put(&m.place("2026-11-18/AM"), &marks(&[ada]));
    assert_eq!(incomplete.body["missing_pupil_ids"], json!([m.ben]));
    let hidden = m.teacher.put(&m.place("2026-11-18/AM"), &with(hidden));
    assert_eq!(
        hidden.problem(404),
        "not-found",
        "a teacher learns nothing of another school's pupils"
    );
    assert_eq!(Sql::of(&m.app.database).written(), written);
    assert_eq!(codes(&m.read("2026-11-18/AM").expect(200)), ["", ""]);
}

#[test]
fn a_mark_is_a_code_of_its_date_and_session() {
    let m = Morning::new();
    let past = class_of_2023(&m.admin, m.school, "6A");
    let cleo = unenrolled(&m.admin, m.school, 3, "2012-05-05");
    enrol(&m.admin, cleo, past, ("2023-09-04", Some("2024-07-23"))).expect(201);
    let written = Sql::of(&m.app.database).written();

    for (when, ada, ben, problem, wrong) in [
        ("2026-11-18/AM", "/", "7", "unknown-code", vec!["/marks/1/mark"]),
        ("2026-11-18/AM", "", "/", "unknown-code", vec!["/marks/0/mark"]),
        ("2026-11-17/PM", "/", "\\", "code-in-wrong-session", vec!["/marks/0/mark"]),
        ("2026-11-18/AM", "/", "\\", "code-in-wrong-session", vec!["/marks/1/mark"]),
        (
            "2026-11-18/AM",
            "\\",
            "7",
            "code-in-wrong-session",
            vec!["/marks/0/mark", "/marks/1/mark"],
        ),
    ] {
        let refused = m.save(when, ada, ben);
        assert_eq!(
            (refused.problem(422).as_str(), refused.pointers()),
            (problem, wrong),
            "{ada} {ben}"
        );
    }
    let place = format!("/v1/classes/{past}/registers/2024-03-05/AM");
    let early = m.admin.put(&place, &marks(&[(cleo, "C1")]));
    assert_eq!(early.problem(422), "code-not-in-force");
    assert_eq!(early.pointers(), ["/marks/0/mark"]);
    assert!(early.text.contains("2024-08-19"), "{}", early.text);
    assert_eq!(Sql::of(&m.app.database).written(), written);
    m.admin.put(&place, &marks(&[(cleo, "h")])).expect(200);
    assert_eq!(codes(&m.admin.get(&place).expect(200)), ["H"], "in force then, and no longer");
}

#[test]
fn a_register_needs_a_day_on_which_the_school_is_open() {
    let m = Morning::new();
    let body = json!({ "urn": "900002", "name": "New", "phase": "primary" });
    let new = id(&m.admin.post("/v1/schools", &body).expect(201), "school_id");
    let unplanned = class(&m.admin, new, "1A");
    let dora = pupil(&m.admin, new, unplanned, 3);
    m.app.clock.set("2027-05-05T10:00:00Z");
    let written = Sql::of(&m.app.database).written();

    for (what, when, problem) in [
        ("INSET", "2026-11-27/AM", "closed-day"),
        ("Saturday", "2026-11-14/AM", "closed-day"),
        ("half term", "2026-10-28/PM", "closed-day"),
        ("Christmas", "2026-12-23/AM", "closed-day"),
        ("bank holiday", "2027-05-03/AM", "closed-day"),
        ("tomorrow", "2027-05-06/AM", "future-mark"),
        ("another academic year", "2025-11-18/AM", "invalid"),
    ] {
        assert_eq!(m.save(when, "I", "I").problem(422), problem, "{what}");
    }
    let place = format!("/v1/classes/{unplanned}/registers/2026-11-18/AM");
    let unplanned = m.admin.put(&place, &marks(&[(dora, "/")]));
    assert_eq!(unplanned.problem(422), "no-calendar");
    assert_eq!(
        (&unplanned.body["school_id"], &unplanned.body["year"]),
        (&json!(new), &json!(2026))
    );
    for nowhere in ["2026-11-31/AM", "2026-11-18/NOON", "today/AM"] {
        assert_eq!(m.save(nowhere, "I", "I").problem(404), "not-found", "{nowhere}");
    }
    assert_eq!(Sql::of(&m.app.database).written(), written);
}

#[test]
fn who_saves_on_an_old_reading_is_told_so() {
    let m = Morning::new();
    let when = "2026-11-18/AM";
    let blank = m.read(when).etag();
    let both = |ben| marks(&[(m.ada, "/"), (m.ben, ben)]);
    let saved = m.save_if(&blank, when, &both("N"));
    assert_ne!(saved.etag(), blank, "a mark changed");

    let stale = m.save_if(&blank, when, &both("L"));
    assert_eq!(stale.problem(412), "precondition-failed");
    assert_eq!(stale.body["etag"], saved.etag());
    assert_eq!(codes(&m.read(when).expect(200)), ["/", "N"]);

    let cleo = pupil(&m.admin, m.school, m.class, 3);
    let joined = m.read(when).etag();
    assert_ne!(joined, saved.etag(), "a pupil joined");
    let stale = m.save_if(&saved.etag(), when, &both("L"));
    assert_eq!(
        stale.problem(412),
        "precondition-failed",
        "not that the register leaves somebody out"
    );
    assert_eq!(stale.body["etag"], joined);
    m.save_if("\"another\", W/\"weak\"", when, &both("L")).problem(412);

    let all = marks(&[(m.ada, "I"), (m.ben, "I"), (cleo, "I")]);
    let first = |when| m.teacher.json("PUT", &m.place(when), &[("if-none-match", "*")], &all);
    assert_eq!(
        first("2026-11-18/AM").problem(412),
        "precondition-failed",
        "somebody took it before"
    );
    first("2026-11-17/AM").expect(200);
}

#[test]
fn a_code_that_has_ended_is_taken_and_said_as_imports_say_it() {
    let m = Morning::new();
    m.app.clock.set("2026-11-20T10:00:00Z");
    for (when, code, last) in [
        ("2026-09-15/AM", "F", "2013"),
        ("2026-11-16/AM", "H", "18 August 2024"),
        ("2026-11-17/AM", "J", "18 August 2024"),
        ("2026-11-18/AM", "Y", "18 August 2024"),
    ] {
        let taken = m.save(when, code, "/").expect(200);
        assert_eq!(codes(&taken), [code, "/"]);
        let [notice] = &taken["notices"].as_array().unwrap()[..] else { panic!("{taken}") };
        assert_eq!(
            (&notice["kind"], &notice["code"], &notice["count"]),
            (&json!("withdrawn_code"), &json!(code), &json!(1))
        );
        assert!(notice["text"].as_str().unwrap().contains(last), "{notice}");
        assert_eq!(m.read(when).expect(200)["notices"], taken["notices"]);
    }
    assert!(m.save("2026-11-19/AM", "/", "I").expect(200).get("notices").is_none());
    let planned = m.save("2026-11-20/AM", "#", "/").expect(200);
    assert_eq!(planned["notices"][0]["kind"], "planned_closure");
}

#[test]
fn why_there_is_no_register_to_take_is_said() {
    let m = Morning::new();
    for (when, why) in [
        ("2026-11-15/AM", "it is a Sunday"),
        ("2026-11-27/AM", "a day of in-service training"),
        ("2026-10-28/PM", "the half-term break"),
        ("2026-12-23/AM", "it is a holiday"),
        ("2027-05-03/AM", "a bank holiday"),
    ] {
        m.app.clock.set("2027-06-01T10:00:00Z");
        let refused = m.save(when, "/", "/");
        assert_eq!(refused.problem(422), "closed-day");
        let detail = refused.body["detail"].as_str().unwrap();
        assert!(detail.contains(why), "{detail}");
    }
    let empty = class(&m.admin, m.school, "7E");
    let refused =
        m.teacher.put(&format!("/v1/classes/{empty}/registers/2026-11-18/AM"), &marks(&[]));
    assert_eq!(refused.problem(422), "nobody-in-class");
    assert_eq!(refused.body["detail"], "Nobody is in class 7E on 2026-11-18.");
}
