//! A colleague is absent, and what is open for them goes to another in one call.

use serde_json::{Value, json};

use crate::support::app::Answer;
use crate::support::build::id;
use crate::support::office::Office;
use crate::support::weeks::send_marks;

/// The duty that the policy gives what the office is to do.
const OFFICE: &str = "Office staff promoting high attendance";

/// A school in which the office is to do some things, whoever has that duty.
fn office() -> Office {
    let office = Office::that_follows(&json!({ "policy": "high-attendance" }), 3);
    office.on("2026-10-21");
    let absent = |pupil, day: usize| (pupil > 1 && day.is_multiple_of(4)).then_some("I");
    send_marks(&office.lead, office.school, &[1, 2, 3], ("2026-09-02", "2026-10-21"), absent);
    office.review("2026-10-21");
    office
}

/// Somebody of the school.
fn staff(office: &Office, name: &str) -> i32 {
    let body = json!({ "person": { "name": name }, "school_ids": [office.school] });
    id(&office.lead.post("/v1/staff", &body).expect(201), "staff_id")
}

/// Jo, who has the duty that the policy names.
fn jo(office: &Office) -> i32 {
    let jo = staff(office, "Jo");
    let duty = json!({ "school_id": office.school, "duty": OFFICE,
        "role": "school_office", "from_day": "2026-09-01" });
    office.lead.put(&format!("/v1/staff/{jo}/duties"), &json!({ "duties": [duty] })).expect(200);
    jo
}

fn give(office: &Office, from: Value, to: Value, reason: &str) -> Answer {
    let body = json!({ "school_id": office.school, "from": from, "to": to, "reason": reason });
    office.lead.post("/v1/reassignments", &body)
}

#[test]
fn everything_that_is_open_for_an_absent_colleague_goes_to_another() {
    let office = office();
    let (jo, sam, kim) = (jo(&office), staff(&office, "Sam"), staff(&office, "Kim"));
    let open = office.lead.get(&format!("/v1/actions?school_id={}&open=true", office.school));
    let open = open.expect(200)["items"].clone();
    let offices = open.as_array().unwrap().iter().filter(|one| one["role"] == OFFICE);
    let all: Vec<&Value> = offices.map(|one| &one["action_id"]).collect();
    assert!(!all.is_empty());
    let give = |from: Value, to: Value, reason: &str| give(&office, from, to, reason);
    // Jo has the duty that the policy names, so what is given to nobody by name is theirs.
    let given =
        give(json!({ "staff_id": jo }), json!({ "staff_id": sam }), "Jo is ill").expect(200);
    assert_eq!(given["actions"], json!(all));
    assert_eq!(
        give(json!({ "staff_id": jo }), json!({ "staff_id": kim }), "Again").expect(200)["actions"],
        json!([])
    );
    let of = |staff: i32| {
        let path = format!("/v1/actions?school_id={}&staff_id={staff}", office.school);
        office.lead.get(&path).expect(200)["items"].as_array().unwrap().len()
    };
    assert_eq!((of(jo), of(sam), of(kim)), (0, all.len(), 0));
    // What is done stays with whoever did it.
    let done = json!({ "says": "Sent", "done": true });
    office.lead.post(&format!("/v1/actions/{}/evidence", all[0]), &done).expect(200);
    let rest = give(
        json!({ "staff_id": sam }),
        json!({ "staff_id": kim, "role": "Head of School" }),
        "Sam, too",
    );
    assert_eq!(rest.expect(200)["actions"], json!(all[1..]));
    let action = office.lead.get(&format!("/v1/actions/{}", all[all.len() - 1])).expect(200);
    if all.len() > 1 {
        let reasons: Vec<&Value> =
            action["events"].as_array().unwrap().iter().map(|event| &event["reason"]).collect();
        assert_eq!(reasons, [&json!("Jo is ill"), &json!("Sam, too")]);
        assert_eq!((&action["staff_id"], &action["role"]), (&json!(kim), &json!("Head of School")));
    }
}

#[test]
fn who_gives_and_who_takes_are_two_people_of_the_school() {
    let office = office();
    let (jo, sam) = (jo(&office), staff(&office, "Sam"));
    for (from, to, pointer) in [
        (json!({}), json!({ "staff_id": sam }), "/from"),
        (json!({ "staff_id": jo }), json!({}), "/to"),
        (json!({ "staff_id": jo }), json!({ "staff_id": jo }), "/to"),
        (json!({ "staff_id": 4711 }), json!({ "staff_id": jo }), "/from/staff_id"),
    ] {
        let refused = give(&office, from, to, "Ill");
        assert_eq!(
            (refused.problem(422).as_str(), &refused.body["errors"][0]["pointer"]),
            ("invalid", &json!(pointer))
        );
    }
}
