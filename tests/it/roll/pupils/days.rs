//! Leavers, dates that were wrong, and classes that change: marks stay where they are, and count while on roll.

use serde_json::{Value, json};

use crate::support::app::{Answer, Client};
use crate::support::build::{class, id, marks, pupil, school, unenrolled, upn};
use crate::support::one_school::one_trust;
use crate::support::roll::{assert_counted, enrol, enrolment_of, notices, weeks};
use crate::support::sql::Sql;

/// Eight weeks of marks, with an absence in each.
const WEEKS: [(&str, &str); 8] = [
    ("2026-09-07", r"/\/\/\/\I\"),
    ("2026-09-14", r"/\/\/\/\/O"),
    ("2026-09-21", r"II/\/\/\/\"),
    ("2026-09-28", r"/\/\M\/\/\"),
    ("2026-10-05", r"/\/\/\/\GG"),
    ("2026-10-12", r"L\/\/\I\/\"),
    ("2026-10-19", r"/\/\/U/\/\"),
    ("2026-11-02", r"/\/\/\/\NN"),
];

fn put_days(client: &Client, enrolment: i32, first: &str, last: Option<&str>) -> Answer {
    let body = json!({ "first_day": first, "last_day": last });
    client.put(&format!("/v1/enrolments/{enrolment}/days"), &body)
}

#[test]
fn a_leaver_is_recorded_amended_three_months_back_and_taken_back() {
    let (app, _, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    let class = class(&admin, school, "6A");
    let ada = enrolment_of(&admin, pupil(&admin, school, class, 1));
    pupil(&admin, school, class, 2);
    weeks(&admin, school, &upn(1), &WEEKS);
    weeks(&admin, school, &upn(2), &WEEKS);
    let whole = assert_counted(&app, &admin, Some(school));
    assert_eq!(whole, (160, 2 * 11));

    // Left on the day of the last mark: nothing lies outside.
    let left = put_days(&admin, ada, "2026-09-02", Some("2026-11-06")).expect(200);
    assert_eq!((&left["last_day"], notices(&left)), (&json!("2026-11-06"), vec![]));
    assert_eq!(assert_counted(&app, &admin, Some(school)), whole);

    // It turns out that Ada had gone in September.
    let events = Sql::of(&app.database).number("SELECT count(*) FROM mark_event");
    let amended = put_days(&admin, ada, "2026-09-02", Some("2026-09-16")).expect(200);
    assert_eq!(notices(&amended), ["marks-outside"]);
    let notice = &amended["notices"][0];
    let after = "SELECT count(*) FROM mark m JOIN enrolment e USING (enrolment_id) \
                 WHERE m.date > '2026-09-16' AND enrolment_id = ";
    let after = Sql::of(&app.database).number(&format!("{after}{ada}"));
    assert_eq!(after, 64);
    assert_eq!(
        (&notice["marks"], &notice["from"], &notice["to"]),
        (&json!(after), &json!("2026-09-17"), &json!("2026-11-06"))
    );
    assert_eq!(assert_counted(&app, &admin, Some(school)), (96, 12));
    assert_eq!(
        Sql::of(&app.database).number("SELECT count(*) FROM mark_event"),
        events,
        "the marks stay as they were"
    );
    let members = admin.get(&format!("/v1/classes/{class}?on=2026-09-17")).expect(200);
    assert_eq!(members["members"].as_array().unwrap().len(), 1);

    // And that this was another child: the leaver is taken back.
    let back = put_days(&admin, ada, "2026-09-02", None).expect(200);
    assert_eq!((&back["last_day"], notices(&back)), (&Value::Null, vec![]));
    assert_eq!(assert_counted(&app, &admin, Some(school)), whole);
    let versions = Sql::of(&app.database).written();
    put_days(&admin, ada, "2026-09-02", None).expect(200);
    assert_eq!(
        Sql::of(&app.database).written(),
        versions,
        "nothing changed, nothing is counted anew"
    );
}

#[test]
fn an_earlier_first_day_takes_the_class_along() {
    let (app, _, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    let class = class(&admin, school, "6A");
    let ada = unenrolled(&admin, school, 1, "2015-03-14");
    let enrolment =
        id(&enrol(&admin, ada, class, ("2026-09-21", None)).expect(201), "enrolment_id");
    let page = put_days(&admin, enrolment, "2026-09-02", None).expect(200);
    let placed = json!([
        { "from_day": "2026-09-02", "class_id": class, "year_group": 6 },
        { "from_day": "2026-09-21", "class_id": class, "year_group": 6 },
    ]);
    assert_eq!(page["placements"], placed);
    let register = format!("/v1/classes/{class}/registers/2026-09-03/AM");
    admin.put(&register, &marks(&[(ada, "I")])).expect(200);
    assert_eq!(assert_counted(&app, &admin, None), (1, 1));
    let later = put_days(&admin, enrolment, "2026-09-04", None).expect(200);
    assert_eq!(
        (later["notices"][0]["marks"].clone(), later["placements"].clone()),
        (json!(1), placed)
    );
    assert_eq!(assert_counted(&app, &admin, None), (0, 0));
}

#[test]
fn days_that_cannot_be_are_refused_with_their_place() {
    let (app, _, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    let class = class(&admin, school, "6A");
    let ada = unenrolled(&admin, school, 1, "2015-03-14");
    let first = enrol(&admin, ada, class, ("2026-09-02", Some("2026-10-02"))).expect(201);
    let second = enrol(&admin, ada, class, ("2026-11-02", None)).expect(201);
    let (first, second) = (id(&first, "enrolment_id"), id(&second, "enrolment_id"));
    let facts = Sql::of(&app.database).facts();
    for (from, to, wrong) in [
        ("2026-09-02", Some("2026-09-01"), vec!["/last_day"]),
        ("1989-07-31", Some("2200-08-01"), vec!["/first_day", "/last_day"]),
    ] {
        let refused = put_days(&admin, first, from, to);
        assert_eq!((refused.problem(422).as_str(), refused.pointers()), ("invalid", wrong));
    }
    for to in [Some("2026-11-02"), None] {
        let overlaps = put_days(&admin, first, "2026-09-02", to);
        assert_eq!(overlaps.problem(409), "already-exists");
        assert_eq!(overlaps.body["enrolment_id"], second);
    }
    let forgotten = json!({ "first_day": "2026-09-02" });
    let forgotten = admin.put(&format!("/v1/enrolments/{first}/days"), &forgotten);
    assert_eq!(forgotten.problem(400), "bad-body");
    assert_eq!(Sql::of(&app.database).facts(), facts);
}

#[test]
fn a_class_that_was_wrong_since_october_is_corrected_since_october() {
    let (_app, _, admin) = one_trust();
    let (one, two) = (school(&admin, 1, "primary"), school(&admin, 2, "primary"));
    let (a, b, elsewhere) =
        (class(&admin, one, "6A"), class(&admin, one, "6B"), class(&admin, two, "6A"));
    let ada = pupil(&admin, one, a, 1);
    let enrolment = enrolment_of(&admin, ada);
    weeks(&admin, one, &upn(1), &WEEKS);
    let place = |from: &str, class: i32, year_group: i16| {
        let body = json!({ "from_day": from, "class_id": class, "year_group": year_group });
        admin.post(&format!("/v1/enrolments/{enrolment}/placements"), &body)
    };
    let by_class = |class: i32| {
        let trend = admin.get("/v1/analytics/trend?window=year_to_date&by=class").expect(200);
        let all = trend["series"].as_array().unwrap().clone();
        let key = json!(class.to_string());
        let own = all.iter().find(|series| series["group"]["key"] == key);
        own.map_or(0, |series| series["cells"][0]["possible"].as_i64().unwrap())
    };
    let page = place("2026-10-05", b, 6).expect(201);
    assert_eq!(
        page["placements"],
        json!([
            { "from_day": "2026-09-02", "class_id": a, "year_group": 6 },
            { "from_day": "2026-10-05", "class_id": b, "year_group": 6 },
        ])
    );
    assert_eq!((by_class(a), by_class(b)), (40, 40));
    // It was the 19th; the record for the 5th is corrected, not erased.
    place("2026-10-05", a, 6).expect(201);
    place("2026-10-19", b, 6).expect(201);
    assert_eq!((by_class(a), by_class(b)), (60, 20));
    let register = admin.get(&format!("/v1/classes/{b}/registers/2026-10-19/AM")).expect(200);
    assert_eq!(register["marks"][0]["mark"], "/");

    for (from, class, year_group, wrong) in [
        ("2026-09-01", a, 6, vec!["/from_day"]),
        ("2026-10-05", elsewhere, 6, vec!["/class_id"]),
        ("2027-08-02", a, 15, vec!["/year_group", "/from_day"]),
    ] {
        let refused = place(from, class, year_group);
        assert_eq!((refused.problem(422).as_str(), refused.pointers()), ("invalid", wrong));
    }
}
