//! Referrals: what a school asks of others, with the evidence as it stood, and what comes of it.

use serde_json::json;

use crate::support::office::{improvement, post};

/// W-09: the referral with the evidence as it stood, sent, received, and what came of it, which ends the case.
#[test]
fn a_referral_keeps_the_evidence_and_its_outcome_moves_the_case() {
    let office = improvement();
    let review = office.review("2026-10-23");
    office.send_all(review);
    office.put_at(2, "Stage 4");
    let body = json!({ "about": office.about(2, None), "to": "local_authority", "name": "Warwickshire Attendance Team",
        "why": "Two targets of 96% were not achieved" });
    let referral = post(&office.lead, "/v1/referrals", &body);
    let on = |state: &str, says: &str, outcome: Option<&str>| {
        let mut body = json!({ "state": state, "day": "2026-10-23", "says": says });
        if state == "sent" {
            let refused = office.lead.post(&format!("{referral}/progress"), &body);
            assert!(refused.text.contains("home visit"), "it names what is red: {}", refused.text);
            assert_eq!(refused.pointers(), ["/reason"]);
            body["reason"] = json!("The family has moved away");
        }
        if let Some(outcome) = outcome {
            body["outcome"] = json!(outcome);
        }
        office.lead.post(&format!("{referral}/progress"), &body).expect(200)
    };
    on("sent", "By secure e-mail", None);
    on("received", "Mrs Day acknowledged it", None);
    let told = on("answered", "The team offers support to the family", Some("support"));
    assert_eq!((&told["case"]["moved"], told["case"].get("stage")), (&json!(true), None));
    let history = office.lead.get(&referral).expect(200);
    let steps = history["now"]["details"]["steps"].as_array().unwrap();
    assert_eq!((steps.len(), &steps[0]["reason"]), (3, &json!("The family has moved away")));
    assert_eq!(history["before"].as_array().unwrap().len(), 3);
    let states: Vec<String> = office.things(2).into_iter().map(|(_, state)| state).collect();
    assert_eq!(states, ["prepared", "sent", "received", "answered"]);
    let path = format!("/v1/referrals?school_id={}&state=answered", office.school);
    assert_eq!(office.lead.get(&path).expect(200)["items"].as_array().unwrap().len(), 1);
    assert_eq!(office.lead.get("/v1/referrals").problem(400), "bad-query", "of which school?");
}
