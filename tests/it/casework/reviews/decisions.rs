//! What people decide at a review: hold, mitigate, decide otherwise, stop all letters; and two who decide at once.

use serde_json::{Value, json};

use crate::support::build::upn;
use crate::support::office::{Office, just_below_ninety};
use crate::support::roll::weeks;
use crate::support::weeks::send_marks;

/// A school in which four of five pupils are below 90% at the end of the first half term.
fn office() -> (Office, i64) {
    let office = Office::that_follows(&json!({ "policy": "improvement-process" }), 5);
    office.on("2026-10-23");
    let absent = |pupil, day: usize| (pupil > 1 && day.is_multiple_of(4)).then_some("I");
    let pupils = [1, 2, 3, 4, 5];
    send_marks(&office.lead, office.school, &pupils, ("2026-09-02", "2026-10-23"), absent);
    let review = office.review("2026-10-23");
    (office, review)
}

fn of(office: &Office, review: i64, number: usize) -> Value {
    let pupil = json!(office.pupil(number));
    let proposed = office.proposed(review);
    proposed.into_iter().find(|item| item["pupil_id"] == pupil).expect("an item")["item"].clone()
}

#[test]
fn each_of_the_four_decisions_does_what_it_says_and_no_more() {
    let (office, review) = office();
    assert_eq!(office.proposed(review).len(), 4);
    let item = |number| of(&office, review, number);

    let hold = json!({ "item": item(2), "decide": "hold", "reason": "Moving house this week" });
    assert_eq!(office.decide(review, &hold)["now"]["state"], "held");
    let mitigate = json!({ "item": item(3), "decide": "mitigate", "reason": "Long illness" });
    assert_eq!(office.decide(review, &mitigate)["now"]["state"], "mitigated");
    let otherwise =
        json!({ "item": item(4), "decide": "otherwise", "reason": "Known", "to": "closed" });
    let refused = office.decide(review, &otherwise);
    assert_eq!((&refused["status"], &refused["now"]["state"]), (&json!(422), &json!("proposed")));
    let send = json!({ "item": item(4), "decide": "send" });
    assert_eq!(office.decide(review, &send)["now"]["state"], "sent");
    assert_eq!(office.letters(), [("stage-1".to_owned(), "waiting".to_owned())]);

    // Without a reason nothing is held, and an item that is not there is not found.
    let silent = office.decide(review, &json!({ "item": item(5), "decide": "hold" }));
    assert_eq!(
        (&silent["status"], &silent["problem"]["errors"][0]["pointer"]),
        (&json!(422), &json!("/reason"))
    );
    assert_eq!(office.decide(review, &json!({ "item": 99, "decide": "send" }))["status"], 404);

    // The next review looks again at whom it held; the accepted reason holds the letter of the other.
    let absent = |pupil, day: usize| (pupil > 1 && day.is_multiple_of(4)).then_some("I");
    office.on("2026-12-18");
    send_marks(&office.lead, office.school, &[1, 2, 3, 4, 5], ("2026-11-02", "2026-12-18"), absent);
    let next = office.review("2026-12-18");
    office.decide(next, &json!({ "item": of(&office, next, 2), "decide": "send" }));
    office.decide(next, &json!({ "item": of(&office, next, 3), "decide": "send" }));
    let states = office.letters();
    assert_eq!(
        states[1..],
        [("stage-1".to_owned(), "waiting".to_owned()), ("stage-1".to_owned(), "held".to_owned())]
    );
    assert_eq!(office.case(4)["stage"], "Stage 1", "nobody has decided about the fourth again");
}

#[test]
fn a_person_decides_otherwise_and_the_case_goes_there() {
    let (office, review) = office();
    office.send_all(review);
    let case = office.case(2);
    let path = format!("/v1/cases/{}/outcomes", case["case_id"]);
    let body = |to: &str, reason: &str| json!({ "outcome": "a person decides otherwise", "to": to, "reason": reason, "steps": 1 });
    assert_eq!(office.lead.post(&path, &body("Stage 9", "Known")).problem(422), "invalid");
    assert_eq!(office.lead.post(&path, &body("closed", " ")).problem(422), "invalid");
    let moved = office.lead.post(&path, &body("Stage 4", "The family asked for it")).expect(200);
    assert_eq!((&moved["stage"], &moved["steps"]), (&json!("Stage 4"), &json!(2)));
    // Who still looks at the first step is told where it stands now.
    let late = office.lead.post(&path, &body("closed", "Enough"));
    assert_eq!(late.problem(412), "precondition-failed");
    assert_eq!(late.body["stage"], "Stage 4");
    let unknown = json!({ "outcome": "celebrated", "steps": 2 });
    let refused = office.lead.post(&path, &unknown);
    assert_eq!(refused.problem(422), "invalid");
    assert!(refused.text.contains("penalty notice"), "{}", refused.text);
    // Of a case that was closed meanwhile there is no stage to be told.
    let close =
        json!({ "outcome": "a person decides otherwise", "to": "closed", "reason": "Enough" });
    office.lead.post(&path, &close).expect(200);
    let late = office.lead.post(&path, &body("Stage 4", "Known"));
    assert_eq!(late.problem(412), "precondition-failed");
    assert_eq!(late.body.get("stage"), None);
}

#[test]
fn what_the_stage_brings_comes_with_it_unless_the_person_says_without() {
    let (office, review) = office();
    office.send_all(review);
    let otherwise = |number: usize, without: bool| {
        let body = json!({
            "outcome": "a person decides otherwise", "to": "Stage 2", "reason": "Known", "without": without,
        });
        let path = format!("/v1/cases/{}/outcomes", office.case(number)["case_id"]);
        office.lead.post(&path, &body).expect(200)
    };
    let second = || office.letters().iter().filter(|(name, _)| name == "stage-2").count();
    // The calendar holds the six weeks from the first Monday after.
    let moved = otherwise(2, false);
    assert_eq!((&moved["stage"], &moved["target_to"]), (&json!("Stage 2"), &json!("2026-12-11")));
    assert_eq!(second(), 1);
    let moved = otherwise(3, true);
    assert_eq!((&moved["stage"], moved.get("target_to")), (&json!("Stage 2"), None));
    assert_eq!(second(), 1, "nothing is written where the person says without");
}

#[test]
fn two_people_decide_the_same_item_and_one_is_told_what_the_other_did() {
    let (office, review) = office();
    let item = of(&office, review, 2);
    let body = |reason: &str| json!({ "decisions": [{ "item": item, "decide": "hold", "reason": reason }] });
    let path = format!("/v1/reviews/{review}/decisions");
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let ask = |reason| {
            scope.spawn({
                let (lead, path, body) = (office.lead.clone(), path.clone(), body(reason));
                move || lead.post(&path, &body).expect(207)["results"][0].clone()
            })
        };
        [ask("First"), ask("Second")].map(|one| one.join().unwrap()).into()
    });
    let mut statuses: Vec<i64> =
        answers.iter().map(|one| one["status"].as_i64().unwrap()).collect();
    statuses.sort();
    assert_eq!(statuses, [200, 412]);
    let reasons: Vec<&Value> = answers.iter().map(|one| &one["now"]["reason"]).collect();
    assert_eq!(reasons[0], reasons[1], "both are shown what holds");
}

#[test]
fn all_letters_about_a_child_stop_at_once() {
    let (office, review) = office();
    let send = |number| {
        office.decide(review, &json!({ "item": of(&office, review, number), "decide": "send" }))
    };
    send(2);
    let stop = |number: usize, stopped: bool| {
        let path = format!("/v1/pupils/{}/letters/stop", office.pupil(number));
        let body = json!({ "stopped": stopped, "reason": "Ask the designated lead" });
        office.lead.post(&path, &body).expect(200);
    };
    stop(2, true);
    stop(3, true);
    // The one that waited is held, and the one that is only now decided on is held from the first.
    send(3);
    send(4);
    let held = ("stage-1".to_owned(), "held".to_owned());
    assert_eq!(
        office.letters(),
        [held.clone(), held.clone(), ("stage-1".to_owned(), "waiting".to_owned())]
    );
    // When letters go on, what is held stays so until a person decides.
    stop(2, false);
    assert_eq!(office.letters()[0], held);
}

/// Sessions attended and possible, out of the line of an item that begins so.
fn sessions(item: &Value, begins: &str) -> (u64, u64) {
    let lines = item["because"].as_array().unwrap();
    let line =
        lines.iter().map(|line| line.as_str().unwrap()).find(|line| line.starts_with(begins));
    let line = line.unwrap_or_else(|| panic!("{begins:?} in {item:#}"));
    let numbers: Vec<u64> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
    let [attended, possible] = numbers[..] else { panic!("{line}") };
    (attended, possible)
}

/// The review counts on the morning of its day, and is decided four weeks later: nothing in between is lost.
#[test]
fn what_came_since_a_decision_begins_where_its_figure_ended() {
    let office = Office::that_follows(&json!({ "policy": "improvement-process" }), 2);
    office.on("2026-10-23");
    let away = |pupil, day: usize| (pupil == 2 && day < 10).then_some("O");
    send_marks(&office.lead, office.school, &[1, 2], ("2026-09-02", "2026-10-22"), away);
    weeks(&office.lead, office.school, &upn(2), &[("2026-10-19", r"/\/\/\/\/-")]);
    let review = office.review("2026-10-23");
    let at_the_decision = sessions(&office.proposed(review)[0], "over the year to date");
    assert_eq!(at_the_decision, (55, 75), "38 days, without the last afternoon");
    office.on("2026-11-20");
    office.send_all(review);
    office.on("2026-12-18");
    let present = |_, _: usize| None;
    send_marks(&office.lead, office.school, &[1, 2], ("2026-10-23", "2026-12-18"), present);
    let next = office.review("2026-12-18");
    let item = &office.proposed(next)[0];
    let (then, since) =
        (sessions(item, "at that decision"), sessions(item, "since the last decision"));
    assert_eq!(then, at_the_decision);
    assert_eq!((then.0 + since.0, then.1 + since.1), sessions(item, "over the year to date"));
}

#[test]
fn a_step_is_not_taken_on_figures_that_a_later_review_has_counted_anew() {
    let (office, review) = just_below_ninety();
    office.on("2026-12-18");
    send_marks(
        &office.lead,
        office.school,
        &[1, 2],
        ("2026-11-02", "2026-12-18"),
        |_, day: usize| (day < 20).then_some("O"),
    );
    let next = office.review("2026-12-18");
    let item = office.proposed(review)[0]["item"].clone();
    let old = office.decide(review, &json!({ "item": item, "decide": "send" }));
    assert_eq!(old["status"], 412, "{old}");
    assert!(
        old["problem"]["detail"].as_str().unwrap().contains("The review of 2026-12-18"),
        "{old}"
    );
    office.send_all(next);
}
