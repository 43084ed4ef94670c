//! What the local authority's officer writes in the flowchart, Letter D and the advisory letter: the school records them
//! as received, with who and when, and never writes as the authority (rules F-16 and F-19).

use serde_json::{Value, json};

use crate::support::office::{Office, flowchart, post};
use crate::support::weeks::send_marks;

/// What is to be recorded of a rule, as it stands in the list of what is to be done.
fn to_record(office: &Office, rule: &str) -> Value {
    let path = format!("/v1/actions?school_id={}&open=true&limit=500", office.school);
    let open = office.lead.get(&path).expect(200)["items"].clone();
    let of = |one: &&Value| one["rule"] == rule && one["kind"] == "record";
    open.as_array().unwrap().iter().find(of).unwrap_or_else(|| panic!("{rule} in {open}")).clone()
}

/// The office has received something: it is done by what is said of it.
fn received(office: &Office, rule: &str, says: &str) {
    let action = to_record(office, rule);
    assert!(action["says"].as_str().unwrap().contains("as received"), "{action}");
    assert_eq!(action["role"], "Attendance office");
    let path = format!("/v1/actions/{}/evidence", action["action_id"]);
    let clerk = office.colleague("school_office");
    let told = clerk.post(&path, &json!({ "says": says, "done": true })).expect(200);
    assert_eq!(told["evidence"][0]["recorded_by"], "test-school_office");
    assert!(told.get("done_at").is_some(), "{told}");
}

#[test]
fn letter_d_and_the_advisory_letter_are_recorded_as_received_and_never_written_here() {
    let office = flowchart();
    office.put_at(2, "2: next steps");
    // The referral to the officer; the answer is a contract, and Letter D comes with it.
    let body = json!({ "about": office.about(2, None), "to": "local_authority", "name": "LAAO", "why": "Next steps" });
    let referral = post(&office.lead, "/v1/referrals", &body);
    let answered = json!({ "state": "answered", "day": "2026-10-05", "says": "Letter D of 2 October, as received",
        "outcome": "contract" });
    let told = office.lead.post(&format!("{referral}/progress"), &answered).expect(200);
    assert_eq!(told["case"]["stage"], "3: contract meeting");
    received(&office, "F-16", "Letter D of 2 October came by e-mail; filed with the case");

    // The contract is put in place; months later the advisory letter comes, which invites to a PACE meeting.
    office.put_at(2, "3: contract");
    office.put_at(2, "3: PACE meeting");
    let answered = json!({ "state": "answered", "day": "2026-10-05", "says": "The advisory letter, as received" });
    office.lead.post(&format!("{referral}/progress"), &answered).expect(200);
    assert_eq!(office.record(2, "recorded").get("stage"), None);

    // Who received what stands in the log; no letter of the authority was ever written, held or sent by the school.
    let log = office.lead.get(&format!("/v1/schools/{}/reports/log?limit=500", office.school));
    let entries = log.expect(200)["entries"]["items"].clone();
    let told: Vec<(&str, &str)> = entries
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| ["done", "referral"].contains(&one["kind"].as_str().unwrap()))
        .map(|one| (one["who"].as_str().unwrap(), one["what"].as_str().unwrap()))
        .collect();
    let expected = [
        ("test-school_lead", "a referral to LAAO was prepared"),
        ("test-school_lead", "referral to LAAO, answered: Letter D of 2 October, as received"),
        ("test-school_office", "Letter D of 2 October came by e-mail; filed with the case"),
        ("test-school_lead", "referral to LAAO, answered: The advisory letter, as received"),
    ];
    for one in expected {
        assert!(told.contains(&one), "{one:?} in {told:?}");
    }
    let names: Vec<String> = office.letters().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["letter-a"], "the school's own");
}

/// F-19 by the review: when the contract does not help, the office is to record the authority's advisory letter.
#[test]
fn a_contract_that_does_not_help_asks_the_office_to_record_the_authoritys_letter() {
    let office = flowchart();
    office.put_at(2, "3: contract");
    office.on("2026-12-14");
    let absent = |pupil, day: usize| (pupil == 2 && day.is_multiple_of(2)).then_some("O");
    send_marks(&office.lead, office.school, &[1, 2], ("2026-10-05", "2026-12-11"), absent);
    let review = office.review("2026-12-14");
    let rules: Vec<Value> =
        office.proposed(review).into_iter().map(|item| item["rule"].clone()).collect();
    assert_eq!(rules, [json!("F-19")]);
    office.send_all(review);
    assert_eq!(office.case(2)["stage"], "3: PACE meeting");
    received(&office, "F-19", "The advisory letter of 11 December came by post");
}
