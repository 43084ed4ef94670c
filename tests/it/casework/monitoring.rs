//! Monitoring periods: the evidence that a local authority asks to see, and what becomes of what the school asks of it.

use serde_json::{Value, json};

use crate::support::office::{Office, flowchart, post};

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
    // Neither a call before the case was opened nor a visit is one of its attempts at contact.
    attempt(&office, "2026-10-02", "call");
    attempt(&office, "2026-10-05", "visit");
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

    refused_with_its_gaps(&office);
    the_school_goes_on(&office);
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
    let told = office.lead.post(&format!("{}/answer", ask(&office)), &granted).expect(200);
    assert_eq!(
        (&told["period"]["state"], &told["case"]["stage"]),
        (&json!("granted"), &json!("2: monitoring period"))
    );
    let kept = told["period"]["details"]["evidence"].as_array().unwrap();
    assert_eq!(kept.len(), there.len(), "the evidence as it stood is kept with the request");
}

/// An attempt at contact in vain.
fn attempt(office: &Office, day: &str, kind: &str) {
    let path = format!("/v1/schools/{}/contacts/{day}/attempts", office.school);
    let body = json!({ "pupil_ids": [office.pupil(2)], "whom": "Grandmother", "kind": kind, "reached": false });
    post(&office.lead, &path, &body);
}

/// The school asks for a monitoring period; its place.
fn ask(office: &Office) -> String {
    let body = json!({ "about": office.about(2, None), "asked": "LAAO", "why": "Two invitations without an answer" });
    post(&office.lead, "/v1/monitoring-periods", &body)
}

/// The officer's answer grants a period or names gaps, and never both.
fn refused_with_its_gaps(office: &Office) {
    let period = ask(office);
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
}

/// Calls, a visit, a meeting that is offered, a plan that is sent, Early Help.
fn the_school_goes_on(office: &Office) {
    let mother = office.parent(2, "Ada");
    let talk = office.about(2, Some(("F-08", "talk")))["action_id"].clone();
    for says in ["Rang at 9:10", "Rang at 14:00"] {
        let body = json!({ "says": says, "done": false });
        office.lead.post(&format!("/v1/actions/{talk}/evidence"), &body).expect(200);
    }
    assert!(lights(office).contains(&"contacts amber".to_owned()), "two of three");
    attempt(office, "2026-10-05", "text");
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
}
