//! Every parent in their order, those who must not be contacted, and one call for brothers and sisters.

use serde_json::{Value, json};

use super::{Morning, search};
use crate::support::build::{class, marks, pupil, school};

const DAY: &str = "2026-11-18";

fn parent_ids(entry: &Value) -> Vec<&Value> {
    entry["parents"].as_array().unwrap().iter().map(|one| &one["parent"]["parent_id"]).collect()
}

#[test]
fn a_parent_who_must_not_be_contacted_is_never_offered_and_named_to_those_alone_who_may_see_it() {
    let morning = Morning::at_a_school_that_follows(None, 1);
    let father = morning.parent(&[1], "father", 1);
    let mother = morning.parent(&[1], "mother", 2);
    morning.register(DAY, "AM", &[(1, "N")]);
    let entry = morning.entry(&morning.list(DAY), 1);
    assert_eq!(parent_ids(&entry), [&json!(father), &json!(mother)], "both, in their order");

    let order = json!({ "no_contact": { "text": "Family court", "from": "2026-09-02" } });
    let place = format!("/v1/pupils/{}/parents/{father}/safeguards", morning.pupil(1));
    morning.lead.put(&place, &order).expect(200);
    let entry = morning.entry(&morning.list(DAY), 1);
    assert_eq!((parent_ids(&entry), &entry["ask_first"]), (vec![&json!(mother)], &json!(false)));
    let told = morning.list(DAY).to_string();
    assert!(!told.contains("father1") && !told.contains("Family court"), "{told}");
    let seen = morning.entry(&morning.list_of(&morning.lead, DAY), 1);
    assert_eq!(parent_ids(&seen), [&json!(mother)]);
    assert_eq!(seen["not_to_be_contacted"][0]["parent_id"], father);

    // The office may not even say that it rang him; whoever leads on it may.
    let call = json!({ "pupil_ids": [morning.pupil(1)], "parent_id": father, "kind": "call", "reached": true });
    let refused = morning.attempt(DAY, &call);
    assert_eq!(
        (refused.problem(422).as_str(), &refused.body["errors"][0]["pointer"]),
        ("invalid", &json!("/parent_id"))
    );
    let place = format!("/v1/schools/{}/contacts/{DAY}/attempts", morning.school);
    morning.lead.post(&place, &call).expect(201);
    assert_eq!(morning.entry(&morning.list(DAY), 1)["attempts"], json!([]), "not even that it was");
    let seen = morning.entry(&morning.list_of(&morning.lead, DAY), 1);
    assert_eq!(seen["attempts"][0]["parent_id"], father);

    // With nobody left to call the office is told to ask.
    let gone = json!({ "relationship": "mother", "priority": 2, "last_day": "2026-11-17" });
    morning
        .admin
        .put(&format!("/v1/pupils/{}/parents/{mother}", morning.pupil(1)), &gone)
        .expect(200);
    let entry = morning.entry(&morning.list(DAY), 1);
    assert_eq!((&entry["parents"], &entry["ask_first"]), (&json!([]), &json!(true)));
}

#[test]
fn one_call_is_enough_for_brothers_and_sisters_also_across_schools() {
    let morning = Morning::at_a_school_that_follows(None, 3);
    let other = school(&morning.admin, 2, "secondary");
    let form = class(&morning.admin, other, "8B");
    let eldest = pupil(&morning.admin, other, form, 50);
    let mother = morning.parent(&[1, 2], "mother", 1);
    let link = json!({ "relationship": "mother", "priority": 1 });
    morning.admin.put(&format!("/v1/pupils/{eldest}/parents/{mother}"), &link).expect(200);
    morning.register(DAY, "AM", &[(1, "N"), (2, "N"), (3, "N")]);
    let siblings = |client, number| {
        let entry = morning.entry(&morning.list_of(client, DAY), number);
        let all = entry["siblings"].as_array().unwrap().clone();
        all.iter().map(|one| one["pupil_id"].as_i64().unwrap() as i32).collect::<Vec<_>>()
    };
    assert_eq!(siblings(&morning.admin, 1), [morning.pupil(2)], "the eldest is not missing yet");
    let place = format!("/v1/classes/{form}/registers/{DAY}/AM");
    morning.admin.put(&place, &marks(&[(eldest, "N")])).expect(200);

    // The trust sees the whole family; the school's own office only its own pupils, and nothing of the other school.
    assert_eq!(siblings(&morning.admin, 1), [morning.pupil(2), eldest]);
    assert_eq!(siblings(&morning.office, 1), [morning.pupil(2)]);
    assert_eq!(siblings(&morning.office, 3), Vec::<i32>::new());
    let told = morning.list(DAY).to_string();
    assert!(
        !told.contains("Surname50") && !told.contains(&format!("\"school_id\":{other}")),
        "{told}"
    );

    // One call counts for all three: at the other school too.
    let call = json!({ "pupil_ids": [morning.pupil(1), morning.pupil(2), eldest], "parent_id": mother, "kind": "call", "reached": true, "accounts_for": true });
    assert_eq!(
        morning.attempt(DAY, &call).problem(404),
        "not-found",
        "the office knows of no eldest"
    );
    let place = format!("/v1/schools/{}/contacts/{DAY}/attempts", morning.school);
    let kept = morning.admin.post(&place, &call).expect(201);
    assert_eq!(kept["attempts"].as_array().unwrap().len(), 3);
    for number in [1, 2] {
        let entry = morning.entry(&morning.list(DAY), number);
        assert_eq!((&entry["question"], search(&entry)), (&json!("which_code"), vec![]));
    }
    let there = morning.admin.get(&format!("/v1/schools/{other}/contacts/{DAY}")).expect(200);
    assert_eq!(there["missing"][0]["attempts"][0]["parent_id"], mother);

    // Whoever may not ask her about one of them does not see the two as one family.
    let order = json!({ "no_contact": { "text": "Family court", "from": "2026-09-02" } });
    let place = format!("/v1/pupils/{}/parents/{mother}/safeguards", morning.pupil(2));
    morning.lead.put(&place, &order).expect(200);
    assert_eq!(siblings(&morning.office, 1), Vec::<i32>::new());
}
