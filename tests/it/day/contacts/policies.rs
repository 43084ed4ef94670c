//! What other policies want of the day: by band, of every parent, a visit on the second day.

use serde_json::{Value, json};

use super::{FIRST, Morning, search, to_do};

const SECOND: &str = "2026-11-19";

#[test]
fn a_text_for_one_band_a_call_and_a_message_for_another_and_the_protected_before_both() {
    let morning = Morning::at_a_school_that_follows(
        Some(&json!({ "policy": "strategy", "answers": { "target": "96%" } })),
        4,
    );
    // The third has missed ten days of fifty; the others miss their first session today.
    morning.after_weeks_in_which_one_was_often_away(3);
    morning.characteristic(4, "sen", "support");
    let parents = [1, 3, 4].map(|number| morning.parent(&[number], "mother", 1));
    morning.register(FIRST, "AM", &[(1, "N"), (3, "N"), (4, "N")]);
    let list = morning.list(FIRST);
    assert_eq!(morning.order(&list["missing"]), [4, 3, 1]);
    let wanted = |number| to_do(&morning.entry(&morning.list(FIRST), number));
    assert_eq!(wanted(1), ["S-02 message", "S-04 record"]);
    assert_eq!(wanted(3), ["S-02 call", "S-02 message", "S-04 record"]);
    let protected = ["S-02 message", "S-04 record", "S-04 record", "S-19 call", "S-19 message"];
    assert_eq!(wanted(4), protected);

    // Every attempt is the record (S-04); whoever else is told is no parent (S-19).
    morning.call(FIRST, 3, parents[1], false);
    assert_eq!(wanted(3), ["S-02 call, done", "S-02 message", "S-04 record, done"]);
    morning.call(FIRST, 4, parents[2], true);
    let told = json!({ "pupil_ids": [morning.pupil(4)], "whom": "Social worker", "kind": "email", "reached": false });
    morning.attempt(FIRST, &told).expect(201);
    assert!(wanted(4).iter().all(|one| one.ends_with("done")), "{:?}", wanted(4));
}

#[test]
fn a_second_day_without_contact_makes_a_visit_where_there_is_cause_for_concern() {
    let morning = Morning::at_a_school_that_follows(
        Some(&json!({ "policy": "strategy", "answers": { "target": "96%" } })),
        2,
    );
    let mother = morning.parent(&[1], "mother", 1);
    for session in ["AM", "PM"] {
        morning.register(FIRST, session, &[(1, "N")]);
    }
    let call = |concern| json!({ "pupil_ids": [morning.pupil(1)], "parent_id": mother, "kind": "call", "reached": false, "concern": concern });
    let visits =
        |date, concern| morning.attempt(date, &call(concern)).expect(201)["visits"].clone();
    assert_eq!(visits(FIRST, true), json!([]), "it is the first day");
    morning.at("2026-11-19T09:00:00Z");
    morning.register(SECOND, "AM", &[(1, "N")]);
    let entry = morning.entry(&morning.list(SECOND), 1);
    assert_eq!(to_do(&entry), ["S-03 visit", "S-04 record"]);
    let visit = entry["to_do"].as_array().unwrap().iter().find(|one| one["rule"] == "S-03");
    assert_eq!(visit.unwrap()["only_if"], "there is cause for concern");
    assert_eq!(entry["next"]["only_if"], Value::Null, "whether there is cause a person says");

    // Yesterday's concern is one: the visit is opened once, for whoever does it at this school (S-03).
    assert_eq!(visits(SECOND, false), json!([morning.pupil(1)]));
    assert_eq!(visits(SECOND, true), json!([]), "one is enough");
    assert_eq!(morning.visits_to_make(), [(morning.pupil(1), "S-03".to_owned())]);
    let visit = json!({ "pupil_ids": [morning.pupil(1)], "parent_id": mother, "kind": "visit", "reached": true, "says": "All well, a cold" });
    morning.attempt(SECOND, &visit).expect(201);
    assert_eq!(
        to_do(&morning.entry(&morning.list(SECOND), 1)),
        Vec::<String>::new(),
        "contact was made"
    );
}

#[test]
fn without_cause_for_concern_nobody_is_visited() {
    let morning = Morning::at_a_school_that_follows(
        Some(&json!({ "policy": "strategy", "answers": { "target": "96%" } })),
        1,
    );
    let mother = morning.parent(&[1], "mother", 1);
    morning.register(FIRST, "AM", &[(1, "N")]);
    morning.at("2026-11-19T09:00:00Z");
    morning.register(SECOND, "AM", &[(1, "N")]);
    assert_eq!(morning.call(SECOND, 1, mother, false)["visits"], json!([]));
    assert_eq!(morning.visits_to_make(), []);
}

#[test]
fn every_parent_is_called_and_who_was_not_reached_is_shown() {
    let policy = json!({ "policy": "flowchart", "answers": { "target": "95%" } });
    let morning = Morning::at_a_school_that_follows(Some(&policy), 1);
    let [mother, father] =
        [("mother", 1), ("father", 2)].map(|(who, order)| morning.parent(&[1], who, order));
    morning.register(FIRST, "AM", &[(1, "N")]);
    let wanted = || to_do(&morning.entry(&morning.list(FIRST), 1));
    assert_eq!(wanted(), ["F-01 call", "F-01 record"]);
    morning.call(FIRST, 1, mother, true);
    assert_eq!(wanted(), ["F-01 call", "F-01 record, done"], "the father is to be called too");
    morning.call(FIRST, 1, father, false);
    assert_eq!(wanted(), ["F-01 call, done", "F-01 record, done", "F-01 message"]);
    let entry = morning.entry(&morning.list(FIRST), 1);
    let reached: Vec<&Value> =
        entry["parents"].as_array().unwrap().iter().map(|one| &one["reached"]).collect();
    assert_eq!(reached, [&json!(true), &json!(false)]);
}

#[test]
fn a_policy_that_asks_for_no_cause_makes_the_visit_by_itself() {
    let policy = json!({ "policy": "flowchart", "answers": { "target": "95%" } });
    let morning = Morning::at_a_school_that_follows(Some(&policy), 1);
    let mother = morning.parent(&[1], "mother", 1);
    morning.register(FIRST, "AM", &[(1, "N")]);
    morning.at("2026-11-19T09:00:00Z");
    morning.register(SECOND, "AM", &[(1, "N")]);
    // Two ring in vain at one moment: one visit.
    let mut visits = std::thread::scope(|scope| {
        let ring = || morning.call(SECOND, 1, mother, false)["visits"].clone();
        [scope.spawn(ring), scope.spawn(ring)].map(|ringing| ringing.join().unwrap())
    });
    visits.sort_by_key(|visits| visits.as_array().map(Vec::len));
    assert_eq!(visits, [json!([]), json!([morning.pupil(1)])]);
    assert_eq!(morning.visits_to_make(), [(morning.pupil(1), "F-01".to_owned())]);
}

#[test]
fn policies_that_say_nothing_of_the_day_call_and_then_text() {
    for policy in ["high-attendance", "improvement-process"] {
        let morning = Morning::at_a_school_that_follows(Some(&json!({ "policy": policy })), 1);
        let mother = morning.parent(&[1], "mother", 1);
        morning.register(FIRST, "AM", &[(1, "N")]);
        let entry = morning.entry(&morning.list(FIRST), 1);
        assert_eq!(search(&entry), ["call, 07700 900123, 09:30", "text, 09:30"], "{policy}");
        morning.call(FIRST, 1, mother, false);
        let entry = morning.entry(&morning.list(FIRST), 1);
        assert_eq!(search(&entry)[0], "call, 07700 900123, 09:30, done", "{policy}");
        assert_eq!(entry["next"]["kind"], "message");
        assert_eq!(to_do(&entry), Vec::<String>::new());
    }
}
