//! A missing child, until a responsible adult has accounted for them.

use serde_json::{Value, json};

use super::{FIRST, Morning, search};
use crate::support::build::{class, id, pupil, school};

/// Somebody who is rung about a pupil, with these numbers.
fn contact(
    morning: &Morning,
    number: usize,
    who: &str,
    priority: i16,
    ways: &[(&str, &str)],
) -> i32 {
    let contacts: Vec<Value> =
        ways.iter().map(|(kind, value)| json!({ "kind": kind, "value": value })).collect();
    let person = json!({ "surname": who, "language": "en", "contacts": contacts });
    let body = json!({ "person": person, "link": { "relationship": who, "priority": priority } });
    let place = format!("/v1/pupils/{}/parents", morning.pupil(number));
    id(&morning.admin.post(&place, &body).expect(201), "parent_id")
}

fn attempt(morning: &Morning, body: Value) -> Value {
    let mut whole = json!({ "pupil_ids": [morning.pupil(1)], "kind": "call", "reached": false });
    whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
    morning.attempt(&morning.app.clock.now().date_naive().to_string(), &whole).expect(201)
}

fn steps(morning: &Morning, date: &str) -> Vec<String> {
    search(&morning.entry(&morning.list(date), 1))
}

fn decide(morning: &Morning, date: &str, decided: &str) {
    let place = format!("/v1/schools/{}/contacts/{date}/decisions", morning.school);
    let body = json!({ "pupil_id": morning.pupil(1), "decided": decided, "says": "No answer all morning" });
    assert_eq!(morning.office.post(&place, &body).problem(403), "forbidden");
    let kept = morning.lead.post(&place, &body).expect(201);
    assert_eq!(
        (&kept["decided"], &kept["recorded_by"]),
        (&json!(decided), &json!("test-school_lead"))
    );
}

#[test]
fn a_morning_on_which_nobody_answers_and_the_days_after_it() {
    let morning = Morning::at_a_school_that_follows(None, 2);
    let neighbour = contact(&morning, 1, "emergency_contact", 1, &[("home", "020 7946 0100")]);
    let mobile_and_work =
        [("mobile", "07700 900001"), ("work", "020 7946 0101"), ("email", "m@example.org")];
    let mother = contact(&morning, 1, "mother", 2, &mobile_and_work);
    let father = contact(&morning, 1, "father", 3, &[("mobile", "07700 900002")]);
    morning.register(FIRST, "AM", &[(1, "N")]);
    assert_eq!(
        steps(&morning, FIRST),
        [
            "call, 07700 900001, 09:30",
            "call, 020 7946 0101, 09:30",
            "call, 07700 900002, 09:30",
            "call, 020 7946 0100, 09:30",
            "text, 09:30",
        ],
        "every number of every contact in order, parents first, and a text"
    );
    let entry = morning.entry(&morning.list(FIRST), 1);
    assert_eq!(entry["next"]["says"], "ring mother (mother) on 07700 900001: where is the child?");
    assert_eq!(entry["parents"][2]["link"]["relationship"], "emergency_contact");

    attempt(&morning, json!({ "parent_id": mother, "says": "Voicemail" }));
    attempt(&morning, json!({ "parent_id": mother, "kind": "text" }));
    attempt(&morning, json!({ "parent_id": mother, "number": "020 7946 0101" }));
    attempt(
        &morning,
        json!({ "parent_id": father, "reached": true, "says": "Thought he was in school" }),
    );
    let entry = morning.entry(&morning.list(FIRST), 1);
    assert_eq!((&entry["question"], &entry["accounted_for"]), (&json!("why_away"), &json!(false)));
    assert_eq!(entry["next"]["number"], "020 7946 0100", "the neighbour is left");
    attempt(&morning, json!({ "parent_id": neighbour }));
    assert_eq!(steps(&morning, FIRST)[5], "decide, 10:30");
    morning.at("2026-11-18T10:31:00Z");
    let entry = morning.entry(&morning.list(FIRST), 1);
    assert_eq!(
        (&entry["overdue"], &entry["next"]["role"]),
        (&json!(true), &json!("Designated safeguarding lead"))
    );
    decide(&morning, FIRST, "keep_calling");
    let entry = morning.entry(&morning.list(FIRST), 1);
    assert_eq!((&entry["overdue"], &entry["next"]), (&json!(false), &Value::Null));
    assert_eq!(entry["decisions"][0]["says"], "No answer all morning");

    // Again in the afternoon, and on each day; on the third the home is visited at the latest.
    morning.at("2026-11-18T13:00:00Z");
    assert_eq!(steps(&morning, FIRST)[0], "call, 07700 900001, 14:00");
    morning.at("2026-11-19T09:00:00Z");
    morning.register("2026-11-19", "AM", &[(1, "N")]);
    assert_eq!(steps(&morning, "2026-11-19").len(), 5);
    morning.at("2026-11-20T09:00:00Z");
    morning.register("2026-11-20", "AM", &[(1, "N")]);
    assert_eq!(steps(&morning, "2026-11-20")[5], "visit");

    // A visit that could not get in is no visit; one at which an adult says where the child is ends the search.
    attempt(&morning, json!({ "parent_id": mother, "kind": "visit" }));
    let entry = morning.entry(&morning.list("2026-11-20"), 1);
    assert_eq!(search(&entry)[5], "after_visit, 09:00");
    assert!(entry["to_do"][5]["says"].as_str().unwrap().contains("the police for a welfare check"));
    decide(&morning, "2026-11-20", "police_welfare_check");
    attempt(
        &morning,
        json!({ "whom": "PC 4711", "professional": "police", "reached": true, "accounts_for": true, "says": "All well" }),
    );
    let entry = morning.entry(&morning.list("2026-11-20"), 1);
    assert_eq!((&entry["question"], search(&entry)), (&json!("which_code"), vec![]));
}

#[test]
fn a_child_in_need_is_visited_the_same_morning_and_the_social_worker_is_told() {
    for policy in
        [None, Some(json!({ "policy": "one-page" })), Some(json!({ "policy": "high-attendance" }))]
    {
        let morning = Morning::at_a_school_that_follows(policy.as_ref(), 1);
        morning.characteristic(1, "child_in_need", "yes");
        contact(&morning, 1, "mother", 1, &[("mobile", "07700 900001")]);
        contact(&morning, 1, "social_worker", 2, &[("work", "020 7946 0102")]);
        morning.register(FIRST, "AM", &[(1, "N")]);
        let wanted = [
            "call, 07700 900001, 09:30",
            "text, 09:30",
            "tell_social_worker",
            "decide, 09:30",
            "visit, 12:00",
        ];
        assert_eq!(steps(&morning, FIRST), wanted, "{policy:?}");
        let entry = morning.entry(&morning.list(FIRST), 1);
        assert_eq!(
            entry["to_do"][2]["says"],
            "tell the child's social worker today: social_worker (social worker) on 020 7946 0102"
        );
        attempt(&morning, json!({ "whom": "Ms Reid", "professional": "social_worker" }));
        assert_eq!(steps(&morning, FIRST)[2], "tell_social_worker", "a call in vain tells nobody");
        attempt(
            &morning,
            json!({ "whom": "Ms Reid", "professional": "social_worker", "kind": "email" }),
        );
        assert_eq!(steps(&morning, FIRST)[2], "tell_social_worker, done");
    }
}

#[test]
fn whom_an_order_bars_is_not_rung_and_if_only_they_remain_the_lead_acts() {
    let morning = Morning::at_a_school_that_follows(None, 1);
    let father = contact(&morning, 1, "father", 1, &[("mobile", "07700 900009")]);
    let order = json!({ "no_contact": { "text": "Family court", "from": "2026-09-02" } });
    let place = format!("/v1/pupils/{}/parents/{father}/safeguards", morning.pupil(1));
    morning.lead.put(&place, &order).expect(200);
    morning.register(FIRST, "AM", &[(1, "N")]);
    let entry = morning.entry(&morning.list(FIRST), 1);
    assert_eq!(search(&entry), ["decide, 09:30"]);
    let because = "only people are left whom nobody rings without asking the safeguarding lead";
    assert_eq!(entry["to_do"][0]["because"], json!([because]));
    assert!(!entry.to_string().contains("07700 900009"), "{entry:#}");
}

#[test]
fn the_school_of_a_brother_or_sister_is_named_and_nothing_of_who_is_there() {
    let morning = Morning::at_a_school_that_follows(None, 1);
    let other = school(&morning.admin, 2, "secondary");
    let form = class(&morning.admin, other, "8B");
    let eldest = pupil(&morning.admin, other, form, 50);
    let mother = contact(&morning, 1, "mother", 1, &[("mobile", "07700 900001")]);
    let childminder = contact(&morning, 1, "childminder", 2, &[("home", "020 7946 0103")]);
    let minded = json!({ "relationship": "childminder", "priority": 1 });
    morning.admin.put(&format!("/v1/pupils/{eldest}/parents/{childminder}"), &minded).expect(200);
    morning.register(FIRST, "AM", &[(1, "N")]);
    assert_eq!(steps(&morning, FIRST).len(), 3, "one childminder makes no family");
    let link = json!({ "relationship": "mother", "priority": 1 });
    morning.admin.put(&format!("/v1/pupils/{eldest}/parents/{mother}"), &link).expect(200);
    let entry = morning.entry(&morning.list(FIRST), 1);
    let name = morning.admin.get(&format!("/v1/schools/{other}")).expect(200)["name"].clone();
    let says = format!("ask the school of a brother or sister: {}", name.as_str().unwrap());
    assert_eq!(entry["to_do"][3]["says"], says);
    assert!(!entry.to_string().contains("Surname50"), "{entry:#}");
    let asked = json!({ "whom": "Their office", "professional": "school", "reached": true, "says": "The sister is in" });
    attempt(&morning, asked);
    assert_eq!(steps(&morning, FIRST)[3], "ask_school, 09:30, done");
}

#[test]
fn a_reason_that_a_mark_does_not_say_yet_asks_a_person_for_the_code_and_suggests_none() {
    let morning = Morning::at_a_school_that_follows(None, 1);
    let dentist = json!({ "pupil_id": morning.pupil(1), "first_day": FIRST, "reason": "At the dentist's", "reported_by": "Mother" });
    morning.report(&dentist).expect(201);
    morning.register(FIRST, "AM", &[(1, "N")]);
    let entry = morning.entry(&morning.list(FIRST), 1);
    assert_eq!((&entry["question"], &entry["accounted_for"]), (&json!("which_code"), &json!(true)));
    assert_eq!(entry["next"]["because"], json!(["the reason given: At the dentist's"]));
    let says = entry["next"]["says"].as_str().unwrap();
    assert!(says.contains("unauthorised") && !says.contains(" M"), "{says}");
    let said = json!({ "pupil_ids": [morning.pupil(1)], "code": "M", "reason": "Dentist" });
    let place = format!("/v1/schools/{}/contacts/{FIRST}/reasons", morning.school);
    morning.office.post(&place, &said).expect(201);
    let entry = morning.entry(&morning.list(FIRST), 1);
    assert_eq!((&entry["question"], &entry["next"]), (&json!("ask_more"), &Value::Null));
}

#[test]
fn a_code_that_gives_no_reason_accounts_for_nobody() {
    let morning = Morning::at_a_school_that_follows(None, 1);
    contact(&morning, 1, "mother", 1, &[("mobile", "07700 900001")]);
    morning.register(FIRST, "AM", &[(1, "O")]);
    let entry = morning.entry(&morning.list(FIRST), 1);
    assert_eq!((&entry["question"], &entry["reason"]), (&json!("why_away"), &Value::Null));
}

#[test]
fn pupils_for_whom_two_people_cannot_be_rung_are_a_list() {
    let morning = Morning::at_a_school_that_follows(None, 3);
    let mobile = [("mobile", "07700 900001")];
    contact(&morning, 1, "mother", 1, &mobile);
    contact(&morning, 1, "childminder", 2, &[("home", "020 7946 0103")]);
    contact(&morning, 2, "mother", 1, &mobile);
    contact(&morning, 2, "father", 2, &[("email", "f@example.org")]);
    contact(&morning, 2, "social_worker", 3, &mobile);
    let place = format!("/v1/schools/{}/few-contacts", morning.school);
    let list = morning.office.get(&place).expect(200);
    assert_eq!(morning.order(&list["items"]), [2, 3]);
    assert_eq!(
        (&list["items"][0]["contacts"], &list["items"][1]["contacts"]),
        (&json!(1), &json!(0))
    );
    let first = morning.office.get(&format!("{place}?limit=1")).expect(200);
    let next = morning
        .office
        .get(&format!("{place}?limit=1&cursor={}", first["next"].as_str().unwrap()))
        .expect(200);
    assert_eq!((morning.order(&first["items"]), morning.order(&next["items"])), (vec![2], vec![3]));
}

#[test]
fn a_school_sets_its_own_times_from_a_day_on() {
    let morning = Morning::at_a_school_that_follows(None, 1);
    contact(&morning, 1, "mother", 1, &[("mobile", "07700 900001")]);
    let place = format!("/v1/schools/{}/contact-times", morning.school);
    let stands = morning.office.get(&place).expect(200);
    assert_eq!((&stands["call_by"], &stands["visit_on_day"]), (&json!("09:30:00"), &json!(3)));
    assert_eq!(stands["history"], json!([]));
    let body = json!({ "call_by": "09:10:00", "visit_on_day": 1 });
    for _ in 0..2 {
        morning.office.put(&format!("{place}/2026-11-18"), &body).expect(200);
    }
    let stands = morning.office.get(&place).expect(200);
    assert_eq!(stands["history"].as_array().unwrap().len(), 1, "the same again changes nothing");
    let before = morning.office.get(&format!("{place}?on=2026-11-17")).expect(200);
    assert_eq!(before["call_by"], "09:30:00");
    morning.register(FIRST, "AM", &[(1, "N")]);
    assert_eq!(steps(&morning, FIRST), ["call, 07700 900001, 09:10", "text, 09:10", "visit"]);
    let refused = |body: Value| {
        let answer = morning.office.put(&format!("{place}/2026-11-18"), &body);
        assert_eq!(answer.problem(422), "invalid");
        answer.body["errors"][0]["pointer"].clone()
    };
    assert_eq!(refused(json!({ "visit_by": "12:30:00" })), "/visit_by");
    assert_eq!(refused(json!({ "visit_on_day": 4 })), "/visit_on_day");
}
