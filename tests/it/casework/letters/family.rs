//! To whom letters go: an order silences the person whom it restrains and nobody else, and only a child who is looked after
//! is in care.

use serde_json::{Value, json};

use super::{copies, office, parent};
use crate::support::office::Office;
use crate::support::roll::{enrolment_of, put_fact};

/// A parent with responsibility.
fn with_care(relationship: &str, priority: i32) -> Value {
    json!({ "relationship": relationship, "priority": priority, "responsibility": true })
}

fn respect(office: &Office, child: i32, parent: i32, safeguards: &Value) {
    let path = format!("/v1/pupils/{child}/parents/{parent}/safeguards");
    office.lead.put(&path, safeguards).expect(200);
}

fn order(text: &str, effects: &[&str]) -> Value {
    json!({ "court_order": { "text": text, "from": "2026-09-02", "effects": effects } })
}

/// To whom the letter about a child goes, and why not to the others.
fn told(office: &Office, child: i32) -> Vec<(String, Option<String>)> {
    let copy = |(to, goes, says): (String, bool, String)| (to, (!goes).then_some(says));
    copies(office, child).into_iter().map(copy).collect()
}

#[test]
fn an_order_silences_whom_it_restrains_and_nobody_else() {
    let (office, review) = office();
    let child = office.pupil(2);
    let mother = parent(&office, child, "Mother", &with_care("mother", 1));
    let father = parent(&office, child, "Father", &with_care("father", 2));
    let second = parent(&office, child, "Second", &with_care("step_parent", 3));
    let worker = json!({ "relationship": "social_worker", "priority": 4 });
    parent(&office, child, "Worker", &worker);
    // Nobody has said what it does: it bars nobody, and the lead is asked.
    respect(&office, child, mother, &order("Child arrangements order: lives with the mother", &[]));
    respect(
        &office,
        child,
        father,
        &order("Prohibited steps", &["may_not_collect", "address_hidden"]),
    );
    respect(&office, child, second, &order("No information", &["no_information"]));
    let list = format!("/v1/schools/{}/reports/safeguarding?day=2026-10-23", office.school);
    let list = office.lead.get(&list).expect(200).to_string();
    assert!(list.contains("order_unclear"), "{list}");
    office.send_all(review);
    let lead = "not without asking whoever leads on safeguarding".to_owned();
    let at_home = "the child is not in care: the parents are written to".to_owned();
    let expected = [
        ("Mx Mother", None),
        ("Mx Father", None),
        ("Mx Second", Some(lead)),
        ("Mx Worker", Some(at_home)),
    ];
    assert_eq!(told(&office, child), expected.map(|(to, why)| (to.to_owned(), why)));
}

#[test]
fn no_contact_has_no_effects_of_its_own() {
    let (office, _) = office();
    let child = office.pupil(2);
    let mother = parent(&office, child, "Mother", &with_care("mother", 1));
    let body = json!({ "no_contact": { "text": "x", "from": "2026-09-02", "effects": ["may_not_collect"] } });
    let path = format!("/v1/pupils/{child}/parents/{mother}/safeguards");
    let refused = office.lead.put(&path, &body);
    assert_eq!(
        (refused.problem(422).as_str(), refused.pointers()),
        ("invalid", vec!["/no_contact/effects"])
    );
}

#[test]
fn parents_of_a_child_in_care_are_written_to_as_the_social_worker_says() {
    let (office, review) = office();
    let child = office.pupil(3);
    let asked = parent(&office, child, "Asked", &with_care("mother", 1));
    parent(&office, child, "Unasked", &with_care("father", 2));
    parent(&office, child, "Carer", &json!({ "relationship": "foster_carer", "priority": 3 }));
    parent(&office, child, "Worker", &json!({ "relationship": "social_worker", "priority": 4 }));
    let enrolment = enrolment_of(&office.lead, child);
    put_fact(&office.lead, enrolment, "looked_after", "2026-09-02", json!("yes")).expect(200);
    respect(&office, child, asked, &json!({ "letters_in_care": true }));
    office.send_all(review);
    let told = told(&office, child);
    let goes: Vec<(&str, bool)> =
        told.iter().map(|(to, why)| (to.as_str(), why.is_none())).collect();
    let expected =
        [("Mx Asked", true), ("Mx Unasked", false), ("Mx Carer", true), ("Mx Worker", true)];
    assert_eq!(goes, expected);
    assert!(told[1].1.as_ref().unwrap().contains("ask the social worker"), "{told:?}");
}

#[test]
fn when_a_child_has_died_letters_reviews_and_contacts_stop_at_once() {
    let (office, review) = office();
    let child = office.pupil(2);
    parent(&office, child, "Mother", &with_care("mother", 1));
    let items = office.proposed(review);
    let item = items.iter().find(|item| item["pupil_id"] == child).unwrap()["item"].clone();
    let path = format!("/v1/pupils/{child}/letters/stop");
    let wrong = office.lead.post(&path, &json!({ "stopped": false, "died": true, "reason": "x" }));
    assert_eq!((wrong.problem(422).as_str(), wrong.pointers()), ("invalid", vec!["/stopped"]));
    let died = json!({ "stopped": true, "died": true, "reason": "The child died on 22 October" });
    office.lead.post(&path, &died).expect(200);

    let decided = office.decide(review, &json!({ "item": item, "decide": "send" }));
    assert_eq!(decided["status"], 412, "{decided}");
    assert!(office.proposed(review).iter().all(|item| item["pupil_id"] != child));
    let open =
        office.lead.get(&format!("/v1/actions?school_id={}&open=true&limit=500", office.school));
    let open = open.expect(200);
    assert!(open["items"].as_array().unwrap().iter().all(|one| one["pupil_id"] != child), "{open}");
    // On the next school day nobody is called, and no later review proposes anything.
    office.on("2026-11-02");
    let contacts =
        office.lead.get(&format!("/v1/schools/{}/contacts/2026-11-02", office.school)).expect(200);
    let missing =
        |list: &str| contacts[list].as_array().unwrap().iter().any(|one| one["pupil_id"] == child);
    assert!(!missing("missing") && !missing("missing_since_morning"), "{contacts}");
    let next = office.review("2026-12-18");
    let all = office.lead.get(&format!("/v1/reviews/{next}/items?limit=500")).expect(200);
    assert!(all["items"].as_array().unwrap().iter().all(|item| item["pupil_id"] != child), "{all}");
}

#[test]
fn parents_whom_a_court_keeps_apart_are_named_when_both_are_invited() {
    let (office, _) = office();
    let child = office.pupil(2);
    let mother = parent(&office, child, "Mother", &with_care("mother", 1));
    let father = parent(&office, child, "Father", &with_care("father", 2));
    respect(&office, child, father, &order("Non-molestation", &["no_contact_with_other_parent"]));
    let offer = |parents: &[i32]| {
        let about = json!({ "school_id": office.school, "pupil_id": child });
        let offer =
            json!({ "day": "2026-11-05", "at": "09:00:00", "place": "Room 3", "parents": parents });
        let body = json!({ "about": about, "kind": "informal", "offer": offer });
        office.lead.post("/v1/meetings", &body).expect(201)["ask_first"].clone()
    };
    assert_eq!(offer(&[mother, father]), json!([father]));
    assert_eq!(offer(&[father]), json!([]));
}
