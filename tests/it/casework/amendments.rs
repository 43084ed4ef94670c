//! Amendments: marks that are corrected, with who, when and why; and what rested on the marks as they were.

mod consequences;

use serde_json::{Value, json};

use crate::support::app::{Answer, Client, TestApp};
use crate::support::build::{class, id, marks, school, unenrolled};
use crate::support::figures::possible_and_absent;
use crate::support::one_school::OneSchool;
use crate::support::roll::{class_of_2023, enrol};
use crate::support::sql::Sql;

/// A class of two on Wednesday 18 November 2026, and the school's office.
struct Office {
    app: TestApp,
    admin: Client,
    office: Client,
    school: i32,
    class: i32,
    ada: i32,
    ben: i32,
}

impl Office {
    fn new() -> Self {
        let begun = OneSchool::with(2);
        let office = begun.colleague("school_office");
        let (ada, ben) = (begun.pupils[0], begun.pupils[1]);
        let OneSchool { app, admin, school, class, .. } = begun;
        Self { app, admin, office, school, class, ada, ben }
    }

    fn take(&self, when: &str, ada: &str, ben: &str) -> Value {
        let place = format!("/v1/classes/{}/registers/{when}", self.class);
        self.office.put(&place, &marks(&[(self.ada, ada), (self.ben, ben)])).expect(200)
    }

    fn history(&self, pupil: i32, when: &str) -> Vec<Value> {
        let history =
            self.office.get(&format!("/v1/pupils/{pupil}/marks/{when}/history")).expect(200);
        history["entries"].as_array().unwrap().clone()
    }
}

fn amendment(reason: &str, changes: &[(&str, &str, &str)]) -> Value {
    let change = |(date, session, mark): &(&str, &str, &str)| json!({ "date": date, "session": session, "mark": mark });
    json!({ "reason": reason, "changes": changes.iter().map(change).collect::<Vec<_>>() })
}

fn amend(client: &Client, pupil: i32, body: &Value) -> Answer {
    client.post(&format!("/v1/pupils/{pupil}/marks/amendments"), body)
}

/// A pupil's marks from the first day to the last, as `2026-11-18 AM M`.
fn marks_of(client: &Client, pupil: i32, from: &str, to: &str) -> Vec<String> {
    let answer = client.get(&format!("/v1/pupils/{pupil}/marks?from={from}&to={to}")).expect(200);
    let text = |mark: &Value, name: &str| mark[name].as_str().unwrap().to_owned();
    let marks = answer["marks"].as_array().unwrap().iter();
    marks.map(|m| [text(m, "date"), text(m, "session"), text(m, "mark")].join(" ")).collect()
}

#[test]
fn one_amendment_reaches_both_stays_of_a_pupil_who_left_and_came_back() {
    let o = Office::new();
    let cleo = unenrolled(&o.admin, o.school, 3, "2015-06-01");
    let stay = |days| id(&enrol(&o.admin, cleo, o.class, days).expect(201), "enrolment_id");
    let (first, second) = (stay(("2026-09-02", Some("2026-10-02"))), stay(("2026-11-02", None)));
    let both = [("2026-11-10", "PM", "\\"), ("2026-09-10", "AM", "I")];
    let amended = amend(&o.office, cleo, &amendment("Paper register", &both)).expect(201);
    let days: Vec<&Value> =
        amended["changes"].as_array().unwrap().iter().map(|c| &c["date"]).collect();
    assert_eq!(days, ["2026-09-10", "2026-11-10"], "in the order of time");
    let read = o.office.get(&format!("/v1/pupils/{cleo}/marks")).expect(200);
    let stays: Vec<&Value> =
        read["marks"].as_array().unwrap().iter().map(|m| &m["enrolment_id"]).collect();
    assert_eq!(stays, [&json!(first), &json!(second)]);

    let between =
        amendment("Paper register", &[("2026-11-11", "AM", "/"), ("2026-10-15", "AM", "/")]);
    let refused = amend(&o.office, cleo, &between);
    assert_eq!(refused.problem(422), "not-on-roll");
    assert_eq!(refused.body["errors"][0]["pointer"], "/changes/1/date");
    assert!(o.history(cleo, "2026-11-11/AM").is_empty());
}

#[test]
fn marks_of_three_years_ago_are_amended_by_the_codes_of_their_time() {
    let o = Office::new();
    let dan = unenrolled(&o.admin, o.school, 4, "2013-03-03");
    let class = class_of_2023(&o.admin, o.school, "3A");
    enrol(&o.admin, dan, class, ("2023-09-04", None)).expect(201);
    let old = [("2023-09-11", "AM", "H"), ("2024-07-23", "PM", "\\"), ("2026-11-10", "AM", "C1")];
    amend(&o.office, dan, &amendment("Found in the archive", &old)).expect(201);
    assert_eq!(
        marks_of(&o.office, dan, "2023-09-04", "2024-07-31"),
        ["2023-09-11 AM H", "2024-07-23 PM \\"]
    );
    assert_eq!(marks_of(&o.office, dan, "2026-09-01", "2026-11-18"), ["2026-11-10 AM C1"]);

    let early = amend(&o.office, dan, &amendment("Too early", &[("2024-03-05", "AM", "C1")]));
    assert_eq!(early.problem(422), "code-not-in-force");
    let unplanned = amend(&o.office, dan, &amendment("No calendar", &[("2024-10-01", "AM", "/")]));
    assert_eq!(unplanned.problem(422), "no-calendar");
}

#[test]
fn an_amendment_is_made_whole_or_not_at_all() {
    let o = Office::new();
    o.take("2026-11-17/AM", "/", "/");
    let written = Sql::of(&o.app.database).written();
    let good = ("2026-11-17", "AM", "L");
    for (date, session, mark, problem, pointer) in [
        ("2026-11-16", "AM", "7", "unknown-code", "/changes/1/mark"),
        ("2026-11-16", "AM", "\\", "code-in-wrong-session", "/changes/1/mark"),
        ("2026-11-15", "AM", "I", "closed-day", "/changes/1/date"),
        ("2026-09-01", "AM", "I", "not-on-roll", "/changes/1/date"),
        ("2026-11-19", "AM", "/", "future-mark", "/changes/1/mark"),
        ("2026-11-17", "AM", "I", "invalid", "/changes/1"),
    ] {
        let refused = amend(&o.office, o.ada, &amendment("Letter", &[good, (date, session, mark)]));
        assert_eq!(refused.problem(422), problem, "{date} {session} {mark}");
        assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{}", refused.text);
    }
    let long = "x".repeat(501);
    let many: Vec<_> = std::iter::repeat_n(good, 801).collect();
    for (reason, changes, pointer) in [
        ("  ", &[good][..], "/reason"),
        (&long, &[good], "/reason"),
        ("Letter", &[], "/changes"),
        ("Letter", &many, "/changes"),
    ] {
        let refused = amend(&o.office, o.ada, &amendment(reason, changes));
        assert_eq!(refused.problem(422), "invalid", "{pointer}");
        assert_eq!(refused.body["errors"][0]["pointer"], pointer);
    }
    assert_eq!(Sql::of(&o.app.database).written(), written);
    assert_eq!(marks_of(&o.office, o.ada, "2026-11-01", "2026-11-18"), ["2026-11-17 AM /"]);
}

#[test]
fn an_amendment_sent_twice_is_made_once() {
    let o = Office::new();
    o.take("2026-11-17/AM", "/", "/");
    let place = format!("/v1/pupils/{}/marks/amendments", o.ada);
    let send = |pupil_place: &str, mark: &str| {
        let body = amendment("Letter", &[("2026-11-17", "AM", mark)]);
        o.office.json("POST", pupil_place, &[("idempotency-key", "letter-7")], &body)
    };
    let first = send(&place, "L").expect(201);
    let written = Sql::of(&o.app.database).written();
    let second = send(&place, "L");
    assert_eq!(second.header("idempotent-replayed"), Some("true"));
    assert_eq!(second.expect(201), first, "it still says that the mark was / before");
    assert_eq!(Sql::of(&o.app.database).written(), written);
    assert_eq!(send(&place, "I").problem(422), "idempotency-key-reused");
    let other = send(&format!("/v1/pupils/{}/marks/amendments", o.ben), "L");
    assert_eq!(other.header("idempotent-replayed"), None, "another pupil is another operation");
    assert_eq!(other.expect(201)["pupil_id"], o.ben);
}

#[test]
fn a_pupil_on_two_rolls_has_two_registers() {
    let o = Office::new();
    let unit = school(&o.admin, 2, "alternative_provision");
    let unit_class = class(&o.admin, unit, "Unit");
    enrol(&o.admin, o.ada, unit_class, ("2026-11-02", None)).expect(201);
    let mut change = amendment("Told by the unit", &[("2026-11-17", "AM", "I")]);
    let unclear = amend(&o.admin, o.ada, &change);
    assert_eq!(unclear.problem(422), "invalid");
    assert_eq!(unclear.body["errors"][0]["pointer"], "/school_id");

    change["school_id"] = json!(unit);
    let amended = amend(&o.admin, o.ada, &change).expect(201);
    assert_eq!(amended["changes"][0]["school_id"], unit);
    change["school_id"] = json!(9999);
    assert_eq!(amend(&o.admin, o.ada, &change).problem(404), "not-found");
    let here =
        amend(&o.office, o.ada, &amendment("Here", &[("2026-11-17", "AM", "D")])).expect(201);
    assert_eq!(here["changes"][0]["school_id"], o.school, "who sees one roll need not say which");
    assert_eq!(marks_of(&o.office, o.ada, "2026-11-17", "2026-11-17"), ["2026-11-17 AM D"]);
    assert_eq!(marks_of(&o.admin, o.ada, "2026-11-17", "2026-11-17").len(), 2);
}

#[test]
fn leave_known_beforehand_counts_once_its_register_is_taken() {
    let o = Office::new();
    o.take("2026-11-18/AM", "/", "/");
    let tomorrow = |mark| amendment("Leave granted", &[("2026-11-19", "AM", mark)]);
    assert_eq!(amend(&o.office, o.ada, &tomorrow("/")).problem(422), "future-mark");
    assert_eq!(amend(&o.office, o.ada, &tomorrow("L")).problem(422), "future-mark");
    amend(&o.office, o.ada, &tomorrow("C")).expect(201);
    let figures = || possible_and_absent(&o.admin, "window=year_to_date");
    assert_eq!(figures(), (2, 0));
    o.app.clock.set("2026-11-19T08:00:00Z");
    assert_eq!(figures(), (2, 0), "the day has come, the register has not");
    o.take("2026-11-19/AM", "C", "/");
    assert_eq!(figures(), (4, 1));
}
