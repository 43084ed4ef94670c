//! Action plans and attendance contracts: agreed with the parents, or put in place without them.

use serde_json::json;

use super::meetings::{nobody, offer};
use crate::support::office::{flowchart, post};

/// F-16 to F-18: two offers five school days apart are missed; the contract is put in place by the officer, not agreed,
/// and the school delivers it.
#[test]
fn a_contract_that_nobody_comes_to_agree_is_put_in_place_and_delivered() {
    let office = flowchart();
    office.put_at(2, "3: contract meeting");
    let father = office.parent(2, "Bo");
    let missed = |day| {
        let body = json!({ "about": office.about(2, None), "kind": "complete an Attendance Contract",
            "offer": offer(day, &[father], true) });
        let meeting = post(&office.lead, "/v1/meetings", &body);
        nobody(&office, day, &meeting)
    };
    let case = missed("2026-10-12");
    assert_eq!((&case["moved"], &case["stage"]), (&json!(false), &json!("3: contract meeting")));
    let case = missed("2026-10-19");
    assert_eq!((&case["moved"], &case["stage"]), (&json!(true), &json!("3: contract")));
    let contract = json!({ "about": office.about(2, None), "kind": "attendance_contract",
        "basis": { "put_in_place_by": "LAAO" }, "items": [{ "what": "At school by 8:45", "who": "Parents" }] });
    let contract = post(&office.lead, "/v1/plans", &contract);
    let delivery =
        json!({ "day": "2026-10-19", "how": "By hand; nobody answered, Letter E was posted" });
    let told = office.lead.post(&format!("{contract}/delivery"), &delivery).expect(200);
    assert_eq!(told["state"], "put in place", "delivered is not agreed");
    assert_eq!(told["details"]["delivered"]["day"], "2026-10-19");
    let history = office.lead.get(&contract).expect(200);
    assert_eq!(history["before"].as_array().unwrap().len(), 1, "{history}");
}
