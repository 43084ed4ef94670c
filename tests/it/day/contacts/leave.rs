//! Leave that parents ask for: granted under a code, or refused with a reason.

use serde_json::{Value, json};

use super::Morning;

const DAY: &str = "2026-11-18";

#[test]
fn leave_is_asked_for_and_decided_once_by_a_named_person() {
    let morning = Morning::at_a_school_that_follows(Some(&json!({ "policy": "one-page" })), 3);
    let requests = format!("/v1/schools/{}/leave-requests", morning.school);
    let ask = |number| {
        let body = json!({
            "pupil_id": morning.pupil(number), "first_day": DAY, "last_day": "2026-11-20",
            "reason": "A wedding in the family", "requested_by": "Father",
        });
        morning.office.post(&requests, &body).expect(201)["leave_id"].clone()
    };
    let leaves = [1, 2, 3].map(ask);
    let place = |leave: &Value| format!("/v1/leave-requests/{leave}/decision");
    let decide = |leave: &Value, body: Value| morning.lead.post(&place(leave), &body);
    let granted = json!({ "granted": true, "code": "C" });
    assert_eq!(morning.office.post(&place(&leaves[0]), &granted).problem(403), "forbidden");
    decide(&leaves[0], granted.clone()).expect(200);
    decide(&leaves[0], granted).expect(200);
    let refused = json!({ "granted": false, "reason": "Not exceptional" });
    assert_eq!(decide(&leaves[0], refused.clone()).problem(409), "already-exists");
    let refused = decide(&leaves[1], refused).expect(200);
    assert_eq!(refused["decision"]["recorded_by"], "test-school_lead");
    for (body, pointer) in [
        (json!({ "granted": true }), "/code"),
        (json!({ "granted": true, "code": "N" }), "/code"),
        (json!({ "granted": true, "code": "/" }), "/code"),
        (json!({ "granted": false }), "/reason"),
        (json!({ "granted": false, "code": "C", "reason": "No" }), "/code"),
    ] {
        let answer = decide(&leaves[2], body);
        assert_eq!(answer.problem(422), "invalid");
        assert_eq!(answer.body["errors"][0]["pointer"], pointer);
    }
    let waiting = morning.office.get(&format!("{requests}?open=true")).expect(200);
    assert_eq!(waiting["items"].as_array().unwrap().len(), 1);
    assert_eq!(waiting["items"][0]["leave_id"], leaves[2]);
    let all = morning.office.get(&format!("{requests}?limit=2")).expect(200);
    assert!(all["items"].as_array().unwrap().len() == 2 && all["next"].is_string(), "{all}");

    // On the day: leave that was granted is a reason; leave that was refused or is not decided is none. No mark changes.
    morning.register(DAY, "AM", &[(1, "N"), (2, "N"), (3, "N")]);
    let list = morning.list(DAY);
    assert_eq!(morning.order(&list["missing"]), [2, 3, 1]);
    let first = morning.entry(&list, 1);
    assert_eq!(first["reason"], "leave was granted (C): A wedding in the family");
    assert_eq!((&first["am"], &first["leave"]["decision"]["code"]), (&json!("N"), &json!("C")));
    let second = morning.entry(&list, 2);
    assert_eq!(
        (&second["question"], &second["leave"]["decision"]["granted"]),
        (&json!("why_away"), &json!(false))
    );
    assert_eq!(morning.entry(&list, 3)["leave"]["decision"], Value::Null);
}
