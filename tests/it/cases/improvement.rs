//! The improvement process, four stages with six-week targets, from the first review to the local authority (rules W-01
//! to W-09).

use serde_json::{Value, json};

use super::Office;
use crate::support::weeks::send_marks;

fn waits(state: &str) -> (String, String) {
    (state.to_owned(), "waiting".to_owned())
}

#[test]
fn a_pupil_goes_through_all_four_stages_of_the_improvement_process() {
    let office = Office::that_follows(&json!({ "policy": "improvement-process" }), 2);
    office.on("2027-07-21");
    // The second pupil misses every fifth school day, and from November on every third; the first misses nothing.
    let every = |day: usize| if day < 38 { 5 } else { 3 };
    let absent = |pupil, day: usize| (pupil == 2 && day.is_multiple_of(every(day))).then_some("O");
    send_marks(&office.lead, office.school, &[1, 2], ("2026-09-02", "2027-07-21"), absent);

    // The last day of the half term: W-01 looks at everybody, W-02 proposes Stage 1 for the pupil below 90%.
    let review = office.review("2026-10-23");
    let proposed = office.proposed(review);
    let [item] = proposed.as_slice() else { panic!("{proposed:?}") };
    assert_eq!((&item["rule"], &item["pupil_id"]), (&json!("W-02"), &json!(office.pupil(2))));
    assert!(item["because"].to_string().contains("sessions attended"), "{item}");
    assert!(office.letters().is_empty(), "nothing leaves before a person has decided");
    office.send_all(review);
    assert_eq!(office.case(2)["stage"], "Stage 1");
    assert_eq!(office.letters(), [waits("stage-1")]);

    // The next half term is no better: Stage 2, with a target of six school weeks from January (W-04).
    let review = office.review("2026-12-18");
    office.send_all(review);
    let case = office.case(2);
    assert_eq!(case["stage"], "Stage 2");
    let events = case["timeline"].as_array().unwrap();
    let target = events.iter().find_map(|event| event["body"]["what"].get("target")).unwrap();
    assert_eq!((&target["from"], &target["to"]), (&json!("2027-01-04"), &json!("2027-02-14")));

    // While the target runs the case waits for its end, whatever the half term's review says.
    assert_eq!(office.proposed(office.review("2027-02-12")), Vec::<Value>::new());
    let review = office.review("2027-02-22");
    assert_eq!(office.proposed(review)[0]["rule"], "W-06");
    office.send_all(review);
    assert_eq!(office.case(2)["stage"], "Stage 3, meeting");
    assert!(office.to_do().iter().any(|says| says.contains("agree an action plan")));

    // The parents do not come; an additional time; the plan goes out anyway, and the target starts (W-07).
    assert_eq!(office.record(2, "not attended")["stage"], "Stage 3, second meeting");
    assert_eq!(office.record(2, "not attended")["stage"], "Stage 3");

    // Not achieved either: the referral, and what came of it (W-09).
    let review = office.review("2027-04-26");
    assert_eq!(office.proposed(review)[0]["rule"], "W-09");
    office.send_all(review);
    assert_eq!(office.case(2)["stage"], "Stage 4");
    let sent = ["stage-1", "stage-2", "stage-3", "action-plan"];
    assert_eq!(office.letters(), sent.map(waits));
    assert_eq!(office.record(2, "support")["stage"], Value::Null);

    // The timeline tells it with the rule, the person and the counts of each step.
    let case = office.case(2);
    let moves: Vec<&Value> = case["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["body"]["what"].get("moved").is_some())
        .collect();
    let rules: Vec<&str> =
        moves.iter().map(|event| event["body"]["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["W-02", "W-04", "W-06", "W-07", "W-07", "W-09", "W-09"]);
    assert!(moves.iter().all(|event| event["recorded_by"] == "test-school_lead"));
    assert!(moves[0]["because"].to_string().contains("60 of 76"), "{}", moves[0]);
}
