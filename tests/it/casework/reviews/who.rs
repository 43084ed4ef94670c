//! The policy names who decides: others are told who may.

use serde_json::{Value, json};

use crate::support::build::id;
use crate::support::office::Office;
use crate::support::weeks::send_marks;

#[test]
fn only_whom_the_policy_names_decides_or_who_stands_in() {
    let office = Office::that_follows(&json!({ "policy": "high-attendance" }), 4);
    office.on("2026-10-23");
    let absent = |pupil, day: usize| (pupil > 1 && day.is_multiple_of(4)).then_some("I");
    send_marks(&office.lead, office.school, &[1, 2, 3, 4], ("2026-09-02", "2026-10-23"), absent);
    let review = office.review("2026-10-23");
    let items: Vec<Value> =
        office.proposed(review).iter().map(|item| item["item"].clone()).collect();
    assert_eq!(
        (items.len(), &office.proposed(review)[0]["decides"]),
        (3, &json!("Head of School"))
    );

    // The safeguarding lead may decide, but not what this policy gives to the Head of School.
    let safeguarding = office.app.school_client("safeguarding_lead", 1, &[office.school]);
    let path = format!("/v1/reviews/{review}/decisions");
    let hold = |item: &Value| json!({ "decisions": [{ "item": item, "decide": "hold", "reason": "Known to us" }] });
    let refused = safeguarding.post(&path, &hold(&items[0])).expect(207)["results"][0].clone();
    assert_eq!((&refused["status"], &refused["now"]["state"]), (&json!(403), &json!("proposed")));
    assert_eq!(refused["problem"]["decides"], "Head of School");

    // With the duty they may, from that day on; and others are told their name.
    let person = json!({ "name": "Jo Marsh", "subject": "test-safeguarding_lead" });
    let staff = id(
        &office
            .app
            .client("trust_admin", 1)
            .post("/v1/staff", &json!({ "person": person, "school_ids": [office.school] }))
            .expect(201),
        "staff_id",
    );
    let duty = |from: &str| json!({ "duties": [{ "school_id": office.school, "duty": "Head of School", "role": "safeguarding_lead", "from_day": from }] });
    let duties = format!("/v1/staff/{staff}/duties");
    office.lead.put(&duties, &duty("2026-11-02")).expect(200);
    assert_eq!(
        safeguarding.post(&path, &hold(&items[0])).expect(207)["results"][0]["status"],
        403,
        "not yet"
    );
    office.lead.put(&duties, &duty("2026-10-01")).expect(200);
    assert_eq!(safeguarding.post(&path, &hold(&items[0])).expect(207)["results"][0]["status"], 200);

    // Who leads attendance stands in, in the school and in the trust.
    let admin = office.app.client("trust_admin", 1);
    assert_eq!(admin.post(&path, &hold(&items[1])).expect(207)["results"][0]["status"], 200);
    assert_eq!(office.lead.post(&path, &hold(&items[2])).expect(207)["results"][0]["status"], 200);
}
