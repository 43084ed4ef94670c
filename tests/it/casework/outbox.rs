//! Messages to the school's own people: written by a review, listed until they have gone out.

use serde_json::{Value, json};

use crate::support::build::{class, pupil, text};
use crate::support::office::Office;
use crate::support::weeks::send_marks;

/// The messages of a kind: class or role, and text.
fn messages(office: &Office, query: &str) -> Vec<(String, String)> {
    let path = format!("/v1/messages?school_id={}&{query}", office.school);
    let page = office.lead.get(&path).expect(200);
    let told = |one: &Value| {
        let to = one["to_class"].as_str().or(one["to_role"].as_str()).unwrap().to_owned();
        (to, text(one, "body").to_owned())
    };
    page["items"].as_array().unwrap().iter().map(told).collect()
}

#[test]
fn h_the_list_to_teachers_fridays_chase_and_the_heads_digest_go_out_as_messages() {
    let office = Office::by_the_clock(&json!({ "policy": "high-attendance" }), 2);
    let other = class(&office.lead, office.school, "6B");
    let third = pupil(&office.lead, office.school, other, 3);
    office.on("2026-10-20");
    let absent = |pupil, day: usize| (pupil > 1 && day.is_multiple_of(4)).then_some("I");
    send_marks(&office.lead, office.school, &[1, 2, 3], ("2026-09-02", "2026-10-20"), absent);

    let wednesday = office.opens_at("2026-10-21T05:00:00Z");
    let lists = messages(&office, "kind=list");
    let to: Vec<&str> = lists.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(to, ["6A", "6B"]);
    assert!(lists[0].1.contains("Surname2") && !lists[0].1.contains("Surname3"), "{}", lists[0].1);
    assert!(lists[0].1.contains("by 2026-10-22"), "until Thursday: {}", lists[0].1);
    office.on("2026-10-22");
    let says = json!({ "pupil_id": third, "says": "Asthma; the nurse knows" });
    office.lead.post(&format!("/v1/reviews/{wednesday}/feedback"), &says).expect(201);

    office.opens_at("2026-10-23T05:00:00Z");
    let chased = messages(&office, "kind=chase");
    assert!(chased.len() == 1 && chased[0].0 == "6A", "{chased:?}");
    let digest = messages(&office, "kind=digest");
    assert_eq!(digest.len(), 1, "{digest:?}");
    for told in ["Surname2", "Surname3", "Asthma; the nurse knows", "sessions attended"] {
        assert!(digest[0].1.contains(told), "{told}: {}", digest[0].1);
    }

    // It waits until somebody says that it went out, and that is said once.
    let page = office.lead.get(&format!("/v1/messages?school_id={}", office.school)).expect(200);
    let first = &page["items"][0];
    assert_eq!((&first["state"], &first["due"]), (&json!("waiting"), &json!("2026-10-21")));
    let sent = format!("/v1/messages/{}/sent", first["message_id"]);
    let once = office.lead.post(&sent, &json!({ "how": "by e-mail" })).expect(200);
    let again = office.lead.post(&sent, &json!({ "how": "by hand" })).expect(200);
    assert_eq!((&once, &once["sent_how"]), (&again, &json!("by e-mail")));
    assert_eq!(messages(&office, "state=waiting").len(), 3);
}
