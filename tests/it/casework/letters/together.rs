//! A stack of letters goes to the post in one call; and a meeting that has nothing to do with a letter does not keep it.

use serde_json::{Value, json};

use super::{office, parent};
use crate::support::office::post;

#[test]
fn many_letters_are_sent_in_one_call_each_answered_by_itself() {
    let (office, review) = office();
    let mother = json!({ "relationship": "mother", "priority": 1, "responsibility": true });
    for number in 2..=4 {
        parent(&office, office.pupil(number), &format!("Mother{number}"), &mother);
    }
    office.send_all(review);
    let stop = json!({ "stopped": true, "reason": "A conference" });
    office.lead.post(&format!("/v1/pupils/{}/letters/stop", office.pupil(4)), &stop).expect(200);
    // A meeting about something else, on the day after the letter was decided on.
    let offer = json!({ "day": "2026-10-24", "at": "09:00:00", "place": "the library" });
    let body = json!({ "about": office.about(3, None), "kind": "informal", "offer": offer });
    let meeting = post(&office.lead, "/v1/meetings", &body);
    office.on("2026-10-26");
    office.lead.post(&format!("{meeting}/attendance"), &json!({})).expect(200);

    let path = format!("/v1/letters?school_id={}&limit=500", office.school);
    let letters = || office.lead.get(&path).expect(200)["items"].as_array().unwrap().clone();
    let of = |number: usize| {
        let all = letters();
        all.iter().find(|one| one["pupil_id"] == office.pupil(number)).unwrap().clone()
    };
    let ids = [2, 3, 4].map(|number| of(number)["letter_id"].clone());
    let stack = [ids[0].clone(), json!(999_999), ids[1].clone(), ids[2].clone(), ids[0].clone()];
    let body = json!({ "letters": stack, "on": "2026-10-26", "how": "by post, to every parent" });
    let answer = office.lead.post("/v1/sent-letters", &body).expect(207);
    let results = answer["results"].as_array().unwrap();
    let status: Vec<u64> = results.iter().map(|one| one["status"].as_u64().unwrap()).collect();
    assert_eq!(status, [200, 404, 200, 412, 200], "{answer:#}");
    assert_eq!(results[2]["now"]["sent_how"], "by post, to every parent");
    let state = |number: usize| of(number)["state"].clone();
    assert_eq!([2, 3, 4].map(state), [json!("sent"), json!("sent"), json!("held")]);
    let none: [Value; 0] = [];
    let body = json!({ "letters": none, "on": "2026-10-26", "how": "by post" });
    assert_eq!(office.lead.post("/v1/sent-letters", &body).problem(422), "invalid");
}
