//! A letter that was decided on is a text for each parent who may read it; one that is held waits for a person.

mod family;
mod occasions;
mod posted;
mod received;
mod together;

use serde_json::{Value, json};

use crate::support::app::Answer;
use crate::support::build::{address, id};
use crate::support::office::Office;
use crate::support::weeks::send_marks;

/// A school in which three of four pupils are below 90% at the end of the first half term, and its review.
fn office() -> (Office, i64) {
    let office = Office::that_follows(&json!({ "policy": "improvement-process" }), 4);
    office.on("2026-10-23");
    let absent = |pupil, day: usize| (pupil > 1 && day.is_multiple_of(4)).then_some("I");
    let weeks = ("2026-09-02", "2026-10-23");
    send_marks(&office.lead, office.school, &[1, 2, 3, 4], weeks, absent);
    let review = office.review("2026-10-23");
    (office, review)
}

/// Adds a parent of a pupil; who it is.
fn parent(office: &Office, pupil: i32, surname: &str, link: &Value) -> i32 {
    let person =
        json!({ "title": "Mx", "surname": surname, "language": "en", "contacts": address() });
    let body = json!({ "person": person, "link": link });
    id(&office.lead.post(&format!("/v1/pupils/{pupil}/parents"), &body).expect(201), "parent_id")
}

/// The copies of the one letter about a pupil: to whom, and whether it goes to them.
fn copies(office: &Office, pupil: i32) -> Vec<(String, bool, String)> {
    let letters = office.lead.get(&format!("/v1/letters?school_id={}", office.school)).expect(200);
    let of = |letter: &&Value| letter["pupil_id"] == pupil;
    let letter = letters["items"].as_array().unwrap().iter().find(of).expect("a letter").clone();
    let text = |copy: &Value, name: &str| copy[name].as_str().unwrap_or_default().to_owned();
    let copy = |copy: &Value| {
        let goes = copy.get("body").is_some();
        let says = text(copy, if goes { "body" } else { "why_not" });
        (text(copy, "addressed"), goes, says)
    };
    letter["copies"].as_array().map(|all| all.iter().map(copy).collect()).unwrap_or_default()
}

#[test]
fn every_parent_gets_a_text_of_their_own_and_flags_are_respected() {
    let (office, review) = office();
    let child = office.pupil(2);
    let with_care = |relationship: &str, priority: i32| json!({ "relationship": relationship, "priority": priority, "responsibility": true });
    parent(&office, child, "Second", &with_care("father", 2));
    parent(&office, child, "First", &with_care("mother", 1));
    let barred = parent(&office, child, "Third", &with_care("step_parent", 3));
    parent(&office, child, "Fourth", &json!({ "relationship": "relative", "priority": 4 }));
    let order =
        json!({ "no_contact": { "text": "Family court, not to be named", "from": "2026-09-02" } });
    office.lead.put(&format!("/v1/pupils/{child}/parents/{barred}/safeguards"), &order).expect(200);
    office.send_all(review);

    let all = copies(&office, child);
    let told: Vec<(&str, bool)> = all.iter().map(|(to, goes, _)| (to.as_str(), *goes)).collect();
    assert_eq!(
        told,
        [("Mx First", true), ("Mx Second", true), ("Mx Third", false), ("Mx Fourth", false)]
    );
    let (_, _, text) = &all[0];
    assert!(text.contains("Dear Mx First") && text.contains("Forename2"), "{text}");
    // 38 school days, every fourth missed: 56 of 76 sessions.
    for says in ["73.6%", "56 of 76 sessions", "Jo Field\nAttendance Lead"] {
        assert!(text.contains(says), "{says:?} in {text}");
    }
    assert!(!text.contains('{'), "{text}");
    assert!(all[2].2.contains("safeguarding") && !all[2].2.contains("court, not"), "{}", all[2].2);
    assert!(all[3].2.contains("responsibility"), "{}", all[3].2);
    let nobody = copies(&office, office.pupil(4));
    assert_eq!(
        nobody,
        [("nobody".to_owned(), false, "no parent is recorded for the pupil".to_owned())]
    );
    // Who may not see parents sees the letter without them.
    let teacher = office.app.school_client("teacher", 1, &[office.school]);
    let letters = teacher.get(&format!("/v1/letters?school_id={}", office.school)).expect(200);
    assert!(
        letters["items"].as_array().unwrap().iter().all(|letter| letter.get("copies").is_none())
    );
}

/// Stops all letters about the second pupil, or lets them go again.
fn stop(office: &Office, stopped: bool) {
    let path = format!("/v1/pupils/{}/letters/stop", office.pupil(2));
    office.lead.post(&path, &json!({ "stopped": stopped, "reason": "Ask the lead" })).expect(200);
}

/// A school where letters about the second pupil are stopped, and where the one decided on about them is decided.
fn held() -> (Office, String) {
    let (office, review) = office();
    let mother = json!({ "relationship": "mother", "priority": 1, "responsibility": true });
    parent(&office, office.pupil(2), "Late", &mother);
    stop(&office, true);
    office.send_all(review);
    let path = format!("/v1/letters?school_id={}&state=held", office.school);
    let letters = office.lead.get(&path).expect(200);
    let [letter] = letters["items"].as_array().unwrap().as_slice() else { panic!("{letters}") };
    let decision = format!("/v1/letters/{}/decision", letter["letter_id"]);
    (office, decision)
}

fn decide(office: &Office, decision: &str, what: &str, reason: &str) -> Answer {
    office.lead.post(decision, &json!({ "decide": what, "reason": reason }))
}

#[test]
fn a_held_letter_is_released_with_a_reason_unless_all_are_stopped() {
    let (office, decision) = held();
    let decide = |what: &str, reason: &str| decide(&office, &decision, what, reason);
    assert_eq!(copies(&office, office.pupil(2)), [], "a letter that is held is written for nobody");

    let refused = decide("release", "The family asked for it");
    assert_eq!(
        (refused.problem(422).as_str(), &refused.body["errors"][0]["pointer"]),
        ("invalid", &json!("/decide"))
    );
    stop(&office, false);
    assert_eq!(decide("release", " ").problem(422), "invalid");
    let released = decide("release", "The family asked for it").expect(200);
    assert_eq!(
        (&released["state"], &released["decisions"][0]["reason"]),
        (&json!("waiting"), &json!("The family asked for it"))
    );
    assert!(
        released["copies"][0]["body"].as_str().unwrap().contains("56 of 76 sessions"),
        "{released:#}"
    );
    let late = decide("withdraw", "Too late");
    assert_eq!(
        (late.problem(412).as_str(), &late.body["state"]),
        ("precondition-failed", &json!("waiting"))
    );

    // Held again, and released again: it is written anew, once.
    stop(&office, true);
    stop(&office, false);
    let again = decide("release", "It was a mistake").expect(200);
    assert_eq!(again["copies"].as_array().unwrap().len(), 1, "{again:#}");
}

#[test]
fn a_held_letter_is_withdrawn_with_a_reason_even_while_all_are_stopped() {
    let (office, decision) = held();
    let withdrawn = decide(&office, &decision, "withdraw", "The child has died").expect(200);
    assert_eq!(
        (&withdrawn["state"], &withdrawn["why"], &withdrawn["decisions"][0]["reason"]),
        (&json!("taken_back"), &json!("a person withdrew it"), &json!("The child has died"))
    );
    let release = json!({ "decide": "release", "reason": "x" });
    let clerk = office.colleague("school_office");
    assert_eq!(clerk.post(&decision, &release).problem(403), "forbidden");
}
