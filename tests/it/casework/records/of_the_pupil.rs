//! What the pupil said, the case file before any referral, what the authority sent, and who took a contract at the door.

use serde_json::json;

use crate::support::office::Office;

#[test]
fn a_conversation_with_the_pupil_a_case_file_and_an_advisory_letter_stand_in_the_log() {
    let office =
        Office::that_follows(&json!({ "policy": "flowchart", "answers": { "target": "95%" } }), 2);
    office.on("2026-11-18");
    let about = json!({ "school_id": office.school, "pupil_id": office.pupil(1) });
    let mother = office.parent(1, "Ada");
    let said = json!({ "who": ["Attendance Lead"], "pupil_said": "I do not like the bus", "agreed": "Met at the gate" });
    let body = json!({ "about": about, "day": "2026-11-18", "conversation": said });
    let kept = office.lead.post("/v1/conversations", &body).expect(201);
    assert_eq!(kept["details"]["pupil_said"], "I do not like the bus");
    let nobody = json!({ "about": about, "day": "2026-11-18", "conversation": { "who": [], "pupil_said": "Yes" } });
    let refused = office.lead.post("/v1/conversations", &nobody);
    assert_eq!(refused.problem(422), "invalid");
    assert_eq!(refused.body["errors"][0]["pointer"], "/conversation/who");

    let file = json!({ "about": about, "says": "In the event of a referral" });
    let file = office.lead.post("/v1/case-files", &file).expect(201);
    assert_ne!(file["details"]["evidence"], json!([]));
    let referrals =
        office.lead.get(&format!("/v1/referrals?school_id={}", office.school)).expect(200);
    assert_eq!(referrals["items"], json!([]), "it is no referral");

    let mut paper = json!({
        "what": "pace_invitation", "from": "LAAO", "dated": "2026-11-16", "to_parents": [mother], "says": "Advice, and an interview",
    });
    let received = |paper: &serde_json::Value| {
        office
            .lead
            .post("/v1/received", &json!({ "about": about, "day": "2026-11-18", "paper": paper }))
    };
    let refused = received(&paper);
    assert_eq!(
        (refused.problem(422).as_str(), &refused.body["errors"][0]["pointer"]),
        ("invalid", &json!("/paper/appointment"))
    );
    paper["appointment"] =
        json!({ "day": "2026-12-01", "at": "10:00:00", "place": "Civic Centre" });
    let kept = received(&paper).expect(201);
    assert!(kept["says"].as_str().unwrap().contains("for 2026-12-01 at Civic Centre"), "{kept:#}");

    let plan = json!({
        "about": about, "kind": "attendance_contract", "basis": { "put_in_place_by": "LAAO" },
        "items": [{ "what": "Bus", "who": "Jo" }],
    });
    let plan = office.lead.post("/v1/plans", &plan).expect(201);
    let delivery = json!({ "day": "2026-11-18", "how": "By hand", "taken_by": "The grandmother", "with_letter": "Letter E" });
    let place = format!("/v1/plans/{}/delivery", plan["record_id"]);
    let delivered = office.lead.post(&place, &delivery).expect(200);
    let says = delivered["says"].as_str().unwrap();
    assert!(
        says.ends_with("delivered on 2026-11-18, with Letter E, taken by The grandmother: By hand"),
        "{says}"
    );
    the_log_says_what_was_entered(&office);
}

/// The log has each of them, and says which were entered in the safeguarding system.
fn the_log_says_what_was_entered(office: &Office) {
    let log = format!("/v1/schools/{}/reports/log", office.school);
    let entries = office.lead.get(&log).expect(200)["entries"]["items"].clone();
    let kinds: Vec<&str> =
        entries.as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["conversation", "case file", "received", "plan", "plan"]);
    let entered = json!({ "system": "my_concern", "entries": [entries[0]["entry"]] });
    let told = office.lead.post(&format!("{log}/entered"), &entered).expect(200);
    assert_eq!(told["entered"][0]["system"], "my_concern");
    let entries = office.lead.get(&log).expect(200)["entries"]["items"].clone();
    assert_eq!(entries[0]["entered"][0]["recorded_by"], "test-school_lead");
    assert_eq!(entries[1].get("entered"), None);
    let csv = office.lead.get(&format!("{log}?format=csv"));
    assert!(csv.text.contains("my_concern: 2026-11-18"), "{}", csv.text);
    let wrong = json!({ "system": "cpoms", "entries": ["the first"] });
    assert_eq!(office.lead.post(&format!("{log}/entered"), &wrong).problem(422), "invalid");
}
