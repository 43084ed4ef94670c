//! Free school meals, SEN, care and the rest: recorded from a day on, corrected, taken back, and known as before.

use domain::Characteristic;
use serde_json::{Value, json};

use crate::support::app::Client;
use crate::support::build::{class, pupil, school};
use crate::support::one_school::one_trust;
use crate::support::roll::{enrolment_of, put_fact};
use crate::support::sql::Sql;

/// What is known, as `kind from_day value`.
fn known(client: &Client, enrolment: i32, query: &str) -> Vec<String> {
    let place = format!("/v1/enrolments/{enrolment}/characteristics{query}");
    let page = client.get(&place).expect(200);
    let facts = page["characteristics"].as_array().unwrap().iter();
    let text = |fact: &Value, name: &str| fact[name].as_str().unwrap().to_owned();
    facts
        .map(|f| format!("{} {} {}", text(f, "kind"), text(f, "from_day"), text(f, "value")))
        .collect()
}

#[test]
fn what_is_known_of_a_pupil_has_days_and_what_was_known_before_can_be_asked() {
    let (app, _, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    let class = class(&admin, school, "6A");
    let ada = enrolment_of(&admin, pupil(&admin, school, class, 1));
    let put = |kind: &str, from: &str, value: Value| put_fact(&admin, ada, kind, from, value);
    put("fsm", "2026-09-02", json!("yes")).expect(200);
    put("sen", "2026-10-05", json!("support")).expect(200);
    app.clock.set("2026-11-20T09:00:00Z");
    // A plan came, and the meals were a mistake: they began in October.
    put("sen", "2026-11-16", json!("ehcp")).expect(200);
    put("fsm", "2026-09-02", json!(null)).expect(200);
    put("fsm", "2026-10-01", json!("yes")).expect(200);
    app.clock.set("2026-11-21T09:00:00Z");
    put("sen", "2026-11-16", json!("support")).expect(200);

    assert_eq!(
        known(&admin, ada, ""),
        ["fsm 2026-10-01 yes", "sen 2026-10-05 support", "sen 2026-11-16 support"]
    );
    let before = |at: &str| known(&admin, ada, &format!("?as_known_on={at}"));
    assert_eq!(
        before("2026-11-20T12:00:00Z"),
        ["fsm 2026-10-01 yes", "sen 2026-10-05 support", "sen 2026-11-16 ehcp"]
    );
    assert_eq!(before("2026-11-19T12:00:00Z"), ["fsm 2026-09-02 yes", "sen 2026-10-05 support"]);
    assert_eq!(before("2026-11-18T09:59:59Z"), [] as [&str; 0]);

    // What stands is not written again: figures stay as they are.
    let mut sql = Sql::of(&app.database);
    let (written, rows) = (sql.written(), "SELECT count(*) FROM characteristic");
    assert_eq!(sql.number(rows), 6);
    put("fsm", "2026-10-01", json!("yes")).expect(200);
    put("fsm", "2026-09-02", json!(null)).expect(200);
    assert_eq!((sql.written(), sql.number(rows)), (written, 6));
}

#[test]
fn every_kind_takes_its_values_and_no_others() {
    let (app, _, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    let class = class(&admin, school, "6A");
    let ada = enrolment_of(&admin, pupil(&admin, school, class, 1));
    for kind in Characteristic::ALL {
        for value in kind.values() {
            put_fact(&admin, ada, kind.text(), "2026-09-02", json!(value.name)).expect(200);
        }
        let wrong = put_fact(&admin, ada, kind.text(), "2026-09-02", json!("perhaps"));
        assert_eq!(wrong.problem(422), "invalid");
        let expected = wrong.body["errors"][0]["expected"].as_str().unwrap();
        assert!(kind.values().iter().all(|value| expected.contains(value.name)), "{expected}");
    }

    let days = json!({ "first_day": "2026-09-02", "last_day": "2026-11-13" });
    admin.put(&format!("/v1/enrolments/{ada}/days"), &days).expect(200);
    let facts = Sql::of(&app.database).facts();
    let place = format!("/v1/enrolments/{ada}/characteristics");
    let fact = |kind: &str, day: &str, value: &str| json!({ "kind": kind, "from_day": day, "value": value });
    let right = fact("eal", "2026-09-02", "yes");
    let facts_of = |list: Value| json!({ "characteristics": list });
    let refused = admin.put(
        &place,
        &facts_of(json!([
            right,
            fact("eal", "2026-09-02", "no"),
            fact("eal", "2026-11-14", "no"),
            fact("sen", "2026-09-02", "yes"),
        ])),
    );
    assert_eq!(refused.problem(422), "invalid");
    assert_eq!(
        refused.pointers(),
        ["/characteristics/1", "/characteristics/2/from_day", "/characteristics/3/value"]
    );
    let nothing = admin.put(&place, &facts_of(json!([])));
    assert_eq!(
        (nothing.problem(422).as_str(), nothing.pointers()),
        ("invalid", vec!["/characteristics"])
    );
    for (body, pointer) in [
        (
            json!([{ "kind": "height", "from_day": "2026-09-02", "value": "yes" }]),
            "/characteristics/0/kind",
        ),
        (
            json!([{ "kind": "fsm", "from_day": "2 September", "value": "yes" }]),
            "/characteristics/0/from_day",
        ),
        // Nothing said is not the same as taken back.
        (json!([{ "kind": "fsm", "from_day": "2026-09-02" }]), "/characteristics/0"),
    ] {
        let refused = admin.put(&place, &facts_of(body));
        assert_eq!(
            (refused.problem(400).as_str(), refused.pointers()),
            ("bad-body", vec![pointer])
        );
    }
    assert_eq!(Sql::of(&app.database).facts(), facts, "nothing half applied");
}
