//! Who is visible where: a school sees those who are or were on its roll.

use serde_json::{Value, json};

use crate::support::app::Client;
use crate::support::build::{class, each, id, pupil, school, unenrolled};
use crate::support::one_school::one_trust;
use crate::support::roll::enrol;

#[test]
fn a_school_sees_who_is_or_was_on_its_roll_and_a_mover_is_seen_by_both() {
    let (app, trust, admin) = one_trust();
    let (one, two) = (school(&admin, 1, "primary"), school(&admin, 2, "primary"));
    let (here, there) = (class(&admin, one, "6A"), class(&admin, two, "6A"));
    let (ada, ben) = (pupil(&admin, one, here, 1), pupil(&admin, two, there, 2));
    let mover = unenrolled(&admin, one, 3, "2015-01-31");
    let old = id(
        &enrol(&admin, mover, here, ("2026-09-02", Some("2026-10-16"))).expect(201),
        "enrolment_id",
    );
    let first = app.school_client("school_office", trust, &[one]);
    let second = app.school_client("school_office", trust, &[two]);
    let pupils = |client: &Client| {
        each(&client.get("/v1/pupils").expect(200), "pupil_id")
            .into_iter()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (pupils(&first), pupils(&second)),
        (vec![json!(ada), json!(mover)], vec![json!(ben)])
    );
    let missing = second.get(&format!("/v1/pupils/{mover}"));
    assert_eq!(missing.problem(404), "not-found");
    assert_eq!(enrol(&second, mover, there, ("2026-11-02", None)).problem(404), "not-found");

    let new = id(&enrol(&admin, mover, there, ("2026-11-02", None)).expect(201), "enrolment_id");
    assert_eq!((pupils(&first).len(), pupils(&second).len()), (2, 2));
    for (client, own, others) in [(&first, old, new), (&second, new, old)] {
        let page = client.get(&format!("/v1/pupils/{mover}")).expect(200);
        let stays: Vec<&Value> =
            page["enrolments"].as_array().unwrap().iter().map(|e| &e["enrolment_id"]).collect();
        assert_eq!(stays, [own]);
        assert_eq!(client.get(&format!("/v1/enrolments/{others}")).problem(404), "not-found");
    }
    for path in [
        format!("/v1/schools/{two}"),
        format!("/v1/schools/{two}/calendar/2026"),
        format!("/v1/classes/{there}"),
        format!("/v1/classes?school_id={two}"),
        format!("/v1/enrolments?school_id={two}"),
        format!("/v1/enrolments?pupil_id={ben}"),
        format!("/v1/pupils?school_id={two}"),
        format!("/v1/pupils/{ben}/marks"),
        format!("/v1/classes/{there}/registers/2026-11-18/AM"),
    ] {
        assert_eq!(first.get(&path).problem(404), "not-found", "{path}");
        assert_eq!(second.get(&path).status, 200, "{path}");
    }
    assert_eq!(each(&first.get("/v1/schools").expect(200), "school_id"), [one]);
}
