//! Child protection, court orders and health: visible only with `safeguarding:read`; others see that there is something.

use serde_json::json;

use crate::support::office::{Office, flowchart, post};
use crate::support::weeks::send_marks;

const SECRETS: [&str; 3] = ["Section 47 enquiry", "No contact with the father", "Leukaemia"];

#[test]
fn others_see_that_something_is_confidential_and_not_what() {
    let office = flowchart();
    office.put_at(2, "1: informal meeting");
    let mother = office.parent(2, "Ada");
    let offer =
        json!({ "day": "2026-10-05", "at": "09:00:00", "place": "Room 3", "parents": [mother] });
    let body = json!({ "about": office.about(2, None), "kind": "informal", "offer": offer });
    let meeting = post(&office.lead, "/v1/meetings", &body);
    let confidential = json!({ "child_protection": SECRETS[0], "court_order": SECRETS[1] });
    let body =
        json!({ "parents": [mother], "said": { "notes": "Calm", "confidential": confidential } });
    let written = office.lead.post(&format!("{meeting}/attendance"), &body);
    // What is kept for those who send a request twice holds no secret, whoever sent it.
    assert!(SECRETS.iter().all(|secret| !written.text.contains(secret)), "{}", written.text);
    written.expect(200);
    let body = json!({ "said": { "confidential": { "health": "" } } });
    let empty = office.lead.post(&format!("{meeting}/notes"), &body).expect(422);
    assert_eq!(empty["errors"][0]["pointer"], "/said/confidential/health");
    let body = json!({ "said": { "confidential": { "health": SECRETS[2] } } });
    office.lead.post(&format!("{meeting}/notes"), &body).expect(200);

    // The lead sees all of it, and that what was said later does not put out what was said before.
    let told = office.lead.get(&meeting).expect(200);
    let all =
        json!({ "child_protection": SECRETS[0], "court_order": SECRETS[1], "health": SECRETS[2] });
    assert_eq!(told["now"]["confidential"], all);

    let case = format!("/v1/cases/{}", office.case(2)["case_id"]);
    let list = format!("/v1/meetings?school_id={}", office.school);
    let actions = format!("/v1/actions?school_id={}", office.school);
    for role in ["school_office", "teacher"] {
        let other = office.colleague(role);
        for path in [&meeting, &case, &list, &actions] {
            let seen = other.get(path);
            assert_eq!(seen.status, 200, "{role} {path}");
            for secret in SECRETS {
                assert!(!seen.text.contains(secret), "{role} reads {secret} at {path}");
            }
        }
        let told = other.get(&meeting).expect(200);
        assert_eq!(
            (&told["now"]["has_confidential"], &told["now"]["details"]["notes"]),
            (&json!(true), &json!("Calm"))
        );
    }
    let log = format!("/v1/schools/{}/reports/log", office.school);
    let log = office.colleague("school_office").get(&log);
    assert!(log.text.contains(r#""kind":"meeting""#), "{}", log.text);
    assert!(SECRETS.iter().all(|secret| !log.text.contains(secret)), "{}", log.text);
}

/// An accepted reason is an illness or a death: those who follow cases see that there is one.
#[test]
fn what_an_accepted_reason_is_stands_in_no_proposal_and_no_letter() {
    let office = flowchart_before_letters();
    let review = office.review("2026-10-05");
    let item = office.proposed(review)[0]["item"].clone();
    let reason = SECRETS[2];
    let decided =
        office.decide(review, &json!({ "item": item, "decide": "mitigate", "reason": reason }));
    assert_eq!(decided["now"]["state"], "mitigated");
    let review = office.review("2026-10-12");
    office.send_all(review);
    let clerk = office.colleague("school_office");
    let (school, pupil) = (office.school, office.pupil(2));
    let items = format!("/v1/reviews/{review}/items");
    let paths = [
        items,
        format!("/v1/letters?school_id={school}"),
        format!("/v1/pupils/{pupil}/mitigations"),
        format!("/v1/schools/{school}/reports/log"),
    ];
    for path in paths {
        let seen = clerk.get(&path);
        assert!(seen.status == 200 && !seen.text.contains(reason), "{path}: {}", seen.text);
    }
    let letters = clerk.get(&format!("/v1/letters?school_id={school}")).expect(200);
    assert_eq!(letters["items"][0]["state"], "held", "{letters}");
    assert!(
        letters["items"][0]["why"].as_str().unwrap().contains("an accepted reason"),
        "{letters}"
    );
    let path = format!("/v1/pupils/{pupil}/mitigations");
    let (theirs, ours) = (clerk.get(&path).expect(200), office.lead.get(&path).expect(200));
    assert_eq!(theirs["mitigations"][0].get("kind"), None);
    assert_eq!(ours["mitigations"][0]["kind"], reason);
}

fn flowchart_before_letters() -> Office {
    let policy = json!({ "policy": "flowchart", "answers": { "target": "95%" } });
    let office = Office::that_follows(&policy, 2);
    office.on("2026-10-05");
    let absent = |pupil, day: usize| (pupil == 2 && day.is_multiple_of(4)).then_some("O");
    send_marks(&office.lead, office.school, &[1, 2], ("2026-09-02", "2026-10-02"), absent);
    office
}
