//! Joiners, movers inside the trust, returners.

use serde_json::{Value, json};

use crate::support::app::{Answer, Client};
use crate::support::build::{class, id, pupil, school, upn};
use crate::support::one_school::one_trust;
use crate::support::roll::{assert_counted, enrolment_of, notices, put_fact, weeks};
use crate::support::sql::Sql;

const FULL: &str = r"/\/\/\/\/\";

fn go(client: &Client, pupil: i32, from: i32, class: i32, first_day: &str) -> Answer {
    let body = json!({ "from_enrolment": from, "class_id": class, "first_day": first_day });
    client.post(&format!("/v1/pupils/{pupil}/move"), &body)
}

#[test]
fn a_mover_leaves_and_joins_in_one_step_and_takes_along_what_is_known() {
    let (app, trust, admin) = one_trust();
    let (one, two) = (school(&admin, 1, "primary"), school(&admin, 2, "primary"));
    let (here, there) = (class(&admin, one, "6A"), class(&admin, two, "6A"));
    let ada = pupil(&admin, one, here, 1);
    let old = enrolment_of(&admin, ada);
    for (kind, from, value) in [
        ("fsm", "2026-09-02", "yes"),
        ("fsm", "2026-10-05", "no"),
        ("fsm", "2026-11-30", "yes"),
        ("sen", "2026-09-02", "support"),
        ("boarder", "2026-09-02", "yes"),
        ("registration", "2026-09-02", "single"),
    ] {
        put_fact(&admin, old, kind, from, json!(value)).expect(200);
    }
    put_fact(&admin, old, "boarder", "2026-09-02", json!("no")).expect(200);
    weeks(
        &admin,
        one,
        &upn(1),
        &[("2026-10-12", FULL), ("2026-10-19", FULL), ("2026-11-02", FULL)],
    );

    let second = app.school_client("school_office", trust, &[two]);
    assert_eq!(second.get(&format!("/v1/pupils/{ada}")).problem(404), "not-found");
    let moved = go(&admin, ada, old, there, "2026-11-04");
    let place = moved.header("location").unwrap().to_owned();
    let moved = moved.expect(201);
    let (left, joined) = (&moved["left"], &moved["joined"]);
    assert_eq!(left["last_day"], "2026-11-03");
    // Wednesday to Friday were marked at the old school.
    assert_eq!((notices(left), &left["notices"][0]["marks"]), (vec!["marks-outside"], &json!(6)));
    assert_eq!((&joined["first_day"], &joined["school_id"]), (&json!("2026-11-04"), &json!(two)));
    assert_eq!(
        joined["placements"],
        json!([{ "from_day": "2026-11-04", "class_id": there, "year_group": 6 }])
    );
    assert_eq!(
        joined["characteristics"],
        json!([
            { "kind": "fsm", "from_day": "2026-11-04", "value": "no" },
            { "kind": "fsm", "from_day": "2026-11-30", "value": "yes" },
            { "kind": "sen", "from_day": "2026-11-04", "value": "support" },
        ])
    );
    assert_eq!(&admin.get(&place).expect(200), joined);
    assert_eq!(second.get(&place).status, 200);
    assert_eq!(assert_counted(&app, &admin, Some(one)), (24, 0));

    weeks(&admin, two, &upn(1), &[("2026-11-09", r"II/\/\/\/\")]);
    assert_eq!(assert_counted(&app, &admin, Some(two)), (10, 2));
    assert_eq!(assert_counted(&app, &admin, None), (34, 2));
}

#[test]
fn one_who_comes_back_has_three_stays_and_none_overlap() {
    let (_app, _, admin) = one_trust();
    let (one, two) = (school(&admin, 1, "primary"), school(&admin, 2, "primary"));
    let (here, there) = (class(&admin, one, "6A"), class(&admin, two, "6A"));
    let ada = pupil(&admin, one, here, 1);
    let moved = go(&admin, ada, enrolment_of(&admin, ada), there, "2026-11-04").expect(201);
    let new = id(&moved["joined"], "enrolment_id");
    let back = go(&admin, ada, new, here, "2026-11-16").expect(201);
    assert_eq!(back["left"]["last_day"], "2026-11-15");
    let page = admin.get(&format!("/v1/pupils/{ada}")).expect(200);
    let stays: Vec<(&Value, &Value)> = page["enrolments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stay| (&stay["school_id"], &stay["first_day"]))
        .collect();
    assert_eq!(
        stays,
        [
            (&json!(one), &json!("2026-09-02")),
            (&json!(two), &json!("2026-11-04")),
            (&json!(one), &json!("2026-11-16")),
        ]
    );
    let members = admin.get(&format!("/v1/classes/{here}?on=2026-11-18")).expect(200);
    assert_eq!(members["members"][0]["pupil_id"], ada);
}

#[test]
fn one_who_had_left_before_keeps_the_last_day() {
    let (_app, _, admin) = one_trust();
    let (one, two) = (school(&admin, 1, "primary"), school(&admin, 2, "primary"));
    let (here, there) = (class(&admin, one, "6A"), class(&admin, two, "6A"));
    let ada = pupil(&admin, one, here, 1);
    let old = enrolment_of(&admin, ada);
    let days = json!({ "first_day": "2026-09-02", "last_day": "2026-10-23" });
    admin.put(&format!("/v1/enrolments/{old}/days"), &days).expect(200);
    let moved = go(&admin, ada, old, there, "2026-11-02").expect(201);
    assert_eq!(moved["left"]["last_day"], "2026-10-23");
}

#[test]
fn a_move_that_cannot_be_changes_nothing() {
    let (app, trust, admin) = one_trust();
    let (one, two) = (school(&admin, 1, "primary"), school(&admin, 2, "primary"));
    let (here, there) = (class(&admin, one, "6A"), class(&admin, two, "6A"));
    let (ada, ben) = (pupil(&admin, one, here, 1), pupil(&admin, two, there, 2));
    let (adas, bens) = (enrolment_of(&admin, ada), enrolment_of(&admin, ben));
    let facts = Sql::of(&app.database).facts();
    for (from, class, first_day, wrong) in [
        (adas, here, "2026-11-02", vec!["/class_id"]),
        (bens, here, "2026-11-02", vec!["/from_enrolment"]),
        (adas, there, "2026-09-02", vec!["/first_day"]),
        (adas, there, "2027-08-02", vec!["/first_day"]),
    ] {
        let refused = go(&admin, ada, from, class, first_day);
        assert_eq!((refused.problem(422).as_str(), refused.pointers()), ("invalid", wrong));
    }
    // Neither school alone may move somebody to where it cannot look.
    let first = app.school_client("school_lead", trust, &[one]);
    assert_eq!(go(&first, ada, adas, there, "2026-11-02").problem(404), "not-found");
    assert_eq!(Sql::of(&app.database).facts(), facts);

    let key = [("idempotency-key", "move-1")];
    let body = json!({ "from_enrolment": adas, "class_id": there, "first_day": "2026-11-02" });
    let place = format!("/v1/pupils/{ada}/move");
    let done = admin.json("POST", &place, &key, &body).expect(201);
    let facts = Sql::of(&app.database).facts();
    assert_eq!(admin.json("POST", &place, &key, &body).expect(201), done);
    let twice = go(&admin, ada, adas, there, "2026-11-02");
    assert_eq!(twice.problem(409), "already-exists");
    assert_eq!(Sql::of(&app.database).facts(), facts);
}
