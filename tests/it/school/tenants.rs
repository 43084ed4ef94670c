//! Trusts and their schools: added once, found by their URN, seen by whom.

use serde_json::json;

use crate::support::build::{each, school};
use crate::support::one_school::one_trust;

#[test]
fn a_school_is_added_once_and_found_by_its_urn() {
    let (app, trust, admin) = one_trust();
    let elm = json!({ "urn": "912345", "name": " Elm Bank ", "phase": "primary" });
    let added = admin.post("/v1/schools", &elm);
    let place = added.header("location").unwrap().to_owned();
    let added = added.expect(201);
    assert_eq!((&added["name"], &added["phase"]), (&json!("Elm Bank"), &json!("primary")));
    assert_eq!(admin.get(&place).expect(200), added);
    let other = school(&admin, 1, "secondary");
    assert_eq!(each(&admin.get("/v1/schools").expect(200), "urn"), ["912345", "900001"]);
    assert_eq!(each(&admin.get("/v1/schools?urn=900001").expect(200), "school_id"), [other]);
    assert_eq!(
        admin.get("/v1/trust").expect(200),
        json!({ "trust_id": trust, "name": "Larkrise", "sandbox": false })
    );

    let again = admin.post("/v1/schools", &elm);
    assert_eq!((again.problem(409).as_str(), again.pointers()), ("already-exists", vec!["/urn"]));
    for (urn, name, wrong) in [
        ("12345", " ", vec!["/urn", "/name"]),
        ("91234५", "A", vec!["/urn"]),
        ("912346", "a\u{7}", vec!["/name"]),
    ] {
        let refused =
            admin.post("/v1/schools", &json!({ "urn": urn, "name": name, "phase": "primary" }));
        assert_eq!((refused.problem(422).as_str(), refused.pointers()), ("invalid", wrong));
    }
    let phase =
        admin.post("/v1/schools", &json!({ "urn": "912346", "name": "A", "phase": "nursery" }));
    assert_eq!((phase.problem(400).as_str(), phase.pointers()), ("bad-body", vec!["/phase"]));
    let lead = app.school_client("school_lead", trust, &[other]);
    assert_eq!(lead.post("/v1/schools", &elm).problem(403), "forbidden");
}
