//! Calendars: put, and read as they were known; year groups that are not due; and published term dates.

mod not_due;
mod term_dates;

use serde_json::json;

use crate::support::build::{calendar, school};
use crate::support::one_school::one_trust;
use crate::support::sql::Sql;
use crate::support::two_classes::{TwoClasses, calendar_with, inset};

#[test]
fn a_calendar_is_read_as_it_was_known_and_its_history_says_who_put_it_and_when() {
    let s = TwoClasses::new();
    let first = s.admin.get(&s.calendar_at("")).expect(200);
    s.app.clock.set("2026-11-18T12:00:00Z");
    let office = s.app.school_client("school_office", s.trust, &[s.school]);
    let changed = calendar_with("closures", json!([inset("2026-12-04")]));
    let second = office.put(&s.calendar_at(""), &changed).expect(200);
    s.app.clock.set("2026-11-18T13:00:00Z");
    office.put(&s.calendar_at(""), &second).expect(200);

    let known = |instant: &str| {
        let path = s.calendar_at(&format!("?as_known_on={instant}"));
        s.admin.get(&path)
    };
    assert_eq!(known("2026-11-18T09:59:59Z").problem(404), "not-found", "it was not put yet");
    assert_eq!(known("2026-11-18T11:59:59Z").expect(200), first);
    assert_eq!(known("2026-11-18T12:00:00Z").expect(200), second);
    assert_eq!(known("2026-11-18T13:00:00%2B01:00").expect(200), second, "an hour earlier by UTC");
    assert_eq!(known("2030-01-01T00:00:00Z").expect(200), s.admin.get(&s.calendar_at("")).body);
    assert_eq!(known("yesterday").problem(400), "bad-query");

    let history = s.admin.get(&s.calendar_at("/history")).expect(200);
    let items = history["versions"].as_array().unwrap();
    let told: Vec<_> = items.iter().map(|item| (&item["recorded_by"], &item["calendar"])).collect();
    let (admin, office) = (json!("test-trust_admin"), json!("test-school_office"));
    assert_eq!(told, [(&admin, &first), (&office, &second)], "putting it again changed nothing");
    assert_eq!(items[1]["recorded_at"], "2026-11-18T12:00:00Z");

    let other_year = format!("/v1/schools/{}/calendar/2025/history", s.school);
    assert_eq!(s.admin.get(&other_year).expect(200)["versions"], json!([]));
}

#[test]
fn a_calendar_with_mistakes_is_told_each_of_their_places() {
    let (app, _, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    let place = format!("/v1/schools/{school}/calendar/2026");
    let written = Sql::of(&app.database).written();
    for (at, value, wrong) in [
        ("/terms", json!([]), vec!["/terms"]),
        ("/terms/0/name", json!(" "), vec!["/terms/0/name"]),
        ("/terms/0/from", json!("2026-07-31"), vec!["/terms/0/from"]),
        ("/terms/2/to", json!("2027-08-01"), vec!["/terms/2/to"]),
        ("/terms/1/from", json!("2026-12-18"), vec!["/terms/1/from"]),
        ("/terms/1/to", json!("2027-01-03"), vec!["/terms/1/to", "/terms/1/half_term/to"]),
        ("/terms/0/half_term/from", json!("2026-09-02"), vec!["/terms/0/half_term/from"]),
        ("/terms/0/half_term/to", json!("2026-10-25"), vec!["/terms/0/half_term/to"]),
        ("/terms/0/half_term/to", json!("2026-12-18"), vec!["/terms/0/half_term/to"]),
        ("/closures/0/from", json!("2026-11-28"), vec!["/closures/0/to"]),
        ("/closures/0/to", json!("2027-09-01"), vec!["/closures/0/to"]),
        ("/week", json!(vec![[false, false]; 7]), vec!["/week"]),
    ] {
        let mut body = calendar();
        body["week"] = json!(null);
        *body.pointer_mut(at).unwrap() = value.clone();
        let refused = admin.put(&place, &body);
        assert_eq!(
            (refused.problem(422).as_str(), refused.pointers()),
            ("invalid", wrong),
            "{at} {value}"
        );
    }
    for (at, value) in [
        ("/terms/0/from", json!("2 September")),
        ("/closures/0/kind", json!("snow")),
        ("/closures/0/session", json!("NOON")),
        ("/week", json!([[true, true]])),
    ] {
        let mut body = calendar();
        body["week"] = json!(null);
        body["closures"][0]["session"] = json!("AM");
        *body.pointer_mut(at).unwrap() = value;
        let refused = admin.put(&place, &body);
        assert_eq!((refused.problem(400).as_str(), refused.pointers()), ("bad-body", vec![at]));
    }
    assert_eq!(Sql::of(&app.database).written(), written);
}

#[test]
fn a_calendar_is_replaced_only_by_who_has_read_it_and_its_past_is_kept() {
    let (app, _, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    let place = format!("/v1/schools/{school}/calendar/2026");
    let first = admin.get(&place);
    let tag = first.etag();
    let known = admin.send("GET", &place, &[("if-none-match", &tag)], None);
    assert_eq!((known.status, known.text.as_str()), (304, ""));
    assert_eq!(admin.put(&place, &calendar()).etag(), tag, "the same calendar");

    let mut body = calendar();
    body["closures"][0] = json!({
        "from": "2026-12-01", "to": "2026-12-01", "session": "PM", "kind": "closure", "note": "Boiler",
    });
    let changed = admin.json("PUT", &place, &[("if-match", &tag)], &body);
    assert_ne!(changed.etag(), tag);
    let stale = admin.json("PUT", &place, &[("if-match", &tag)], &calendar());
    assert_eq!(stale.problem(412), "precondition-failed");
    assert_eq!(stale.body["etag"], changed.etag());
    let only_new = admin.json("PUT", &place, &[("if-none-match", "*")], &calendar());
    assert_eq!(only_new.problem(412), "precondition-failed");
    let next = format!("/v1/schools/{school}/calendar/2027");
    assert_eq!(admin.get(&next).problem(404), "not-found");
    let term =
        json!({ "terms": [{ "name": "Autumn term", "from": "2027-09-02", "to": "2027-12-17" }] });
    assert_eq!(
        admin.json("PUT", &next, &[("if-match", "*")], &term).problem(412),
        "precondition-failed"
    );

    assert_eq!(admin.get(&place).expect(200)["closures"], body["closures"]);
    let kept = Sql::of(&app.database)
        .texts("SELECT body->'closures'->0->>'kind' FROM school_calendar ORDER BY version");
    assert_eq!(kept, ["inset", "closure"]);
}
