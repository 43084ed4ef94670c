//! The evidence that a local authority asks to see, and what becomes of what the school asks of it.

use serde_json::{Value, json};

use super::{flowchart, improvement, post};
use crate::cases::Office;

/// The lights of a case's evidence, each as "item light".
fn lights(office: &Office) -> Vec<String> {
    let readiness = office.lead.get(&format!("/v1/cases/{}/readiness", office.case(2)["case_id"]));
    let readiness = readiness.expect(200);
    let red = |check: &Value| check["light"] == "red";
    let checks = readiness["checks"].as_array().unwrap();
    assert_eq!(readiness["ready"], !checks.iter().any(red), "{readiness}");
    let told = |check: &Value| {
        format!("{} {}", check["item"].as_str().unwrap(), check["light"].as_str().unwrap())
    };
    checks.iter().map(told).collect()
}

/// F-06, F-08: with gaps the officer refuses and names them; with evidence of every attempt the period is granted.
#[test]
fn a_monitoring_period_is_refused_with_its_gaps_and_granted_with_the_evidence() {
    let office = flowchart();
    office.put_at(2, "1: re-arranged meeting");
    office.record(2, "not attended");
    let attempt = |day: &str, kind: &str| {
        let path = format!("/v1/schools/{}/contacts/{day}/attempts", office.school);
        let body = json!({ "pupil_ids": [office.pupil(2)], "whom": "Grandmother", "kind": kind, "reached": false });
        post(&office.lead, &path, &body);
    };
    // Neither a call before the case was opened nor a visit is one of its attempts at contact.
    attempt("2026-10-02", "call");
    attempt("2026-10-05", "visit");
    let missing = [
        "marks green",
        "reasons green",
        "unexplained absence red",
        "parents red",
        "contacts red",
        "letters amber",
        "meeting red",
        "home visit red",
        "plan or contract red",
        "early help amber",
    ];
    assert_eq!(lights(&office), missing);

    let ask = || {
        let body = json!({ "about": office.about(2, None), "asked": "LAAO", "why": "Two invitations without an answer" });
        post(&office.lead, "/v1/monitoring-periods", &body)
    };
    let period = ask();
    let both =
        json!({ "granted": { "from": "2026-10-12", "to": "2026-11-13" }, "gaps": ["home visit"] });
    assert_eq!(office.lead.post(&format!("{period}/answer"), &both).problem(422), "invalid");
    let many = json!({ "gaps": vec!["home visit"; 51] });
    assert_eq!(office.lead.post(&format!("{period}/answer"), &many).problem(422), "invalid");
    let unknown = json!({ "gaps": ["home visit"], "outcome": "perhaps" });
    assert_eq!(office.lead.post(&format!("{period}/answer"), &unknown).problem(422), "invalid");
    let refused = json!({ "gaps": ["no home visit", "two calls only"], "outcome": "not enough" });
    let told = office.lead.post(&format!("{period}/answer"), &refused).expect(200);
    assert_eq!(
        (&told["period"]["state"], &told["case"]["stage"]),
        (&json!("refused"), &json!("2: collecting evidence"))
    );

    // The school goes on: calls, a visit, a meeting that is offered, a plan that is sent, Early Help.
    let mother = office.parent(2, "Ada");
    let talk = office.about(2, Some(("F-08", "talk")))["action_id"].clone();
    for says in ["Rang at 9:10", "Rang at 14:00"] {
        let body = json!({ "says": says, "done": false });
        office.lead.post(&format!("/v1/actions/{talk}/evidence"), &body).expect(200);
    }
    assert!(lights(&office).contains(&"contacts amber".to_owned()), "two of three");
    attempt("2026-10-05", "text");
    let nobody = json!({ "made": true, "says": "Nobody answered; a card was left" });
    let body = json!({ "about": office.about(2, None), "day": "2026-10-05", "visit": nobody });
    assert_eq!(office.lead.post("/v1/visits", &body).problem(422), "invalid", "who went?");
    let nobody =
        json!({ "made": true, "went": ["Jo", "Sam"], "says": "Nobody answered; a card was left" });
    let body = json!({ "about": office.about(2, None), "day": "2026-10-05", "visit": nobody });
    let visit = post(&office.lead, "/v1/visits", &body);
    assert_eq!(office.lead.get(&visit).expect(200)["now"]["state"], "nobody seen");
    let offer =
        json!({ "day": "2026-10-05", "at": "09:00:00", "place": "Room 3", "parents": [mother] });
    let body = json!({ "about": office.about(2, None), "kind": "informal", "offer": offer });
    post(&office.lead, "/v1/meetings", &body);
    let plan = json!({ "about": office.about(2, None), "kind": "action_plan", "basis": { "sent_anyway": true }, "items": [{ "what": "Later start", "who": "Tutor" }] });
    post(&office.lead, "/v1/plans", &plan);
    let help = json!({ "about": office.about(2, None), "to": "early_help", "name": "EHAC", "why": "Housing" });
    post(&office.lead, "/v1/referrals", &help);
    let there = [
        "marks green",
        "reasons green",
        "unexplained absence red",
        "parents green",
        "contacts green",
        "letters amber",
        "meeting amber",
        "home visit green",
        "plan or contract green",
        "early help green",
    ];
    assert_eq!(lights(&office), there);

    office.put_at(2, "2: evidence");
    let granted =
        json!({ "granted": { "from": "2026-10-12", "to": "2026-11-13" }, "outcome": "agreed" });
    let told = office.lead.post(&format!("{}/answer", ask()), &granted).expect(200);
    assert_eq!(
        (&told["period"]["state"], &told["case"]["stage"]),
        (&json!("granted"), &json!("2: monitoring period"))
    );
    let kept = told["period"]["details"]["evidence"].as_array().unwrap();
    assert_eq!(kept.len(), there.len(), "the evidence as it stood is kept with the request");
}

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
    assert_eq!(history["now"]["details"]["steps"].as_array().unwrap().len(), 3);
    assert_eq!(history["before"].as_array().unwrap().len(), 3);
    let states: Vec<String> = office.things(2).into_iter().map(|(_, state)| state).collect();
    assert_eq!(states, ["prepared", "sent", "received", "answered"]);
    let path = format!("/v1/referrals?school_id={}&state=answered", office.school);
    assert_eq!(office.lead.get(&path).expect(200)["items"].as_array().unwrap().len(), 1);
    assert_eq!(office.lead.get("/v1/referrals").problem(400), "bad-query", "of which school?");
}
