//! The attendance improvement process, told at the school of the demonstration trust that follows it: four stages with
//! targets of six school weeks, from the first review to the local authority (rules W-01 to W-09).

use serde_json::{Value, json};

use super::Story;

use crate::support::office::post;

/// A child who never improves; one who does, and does not, and then achieves the target; and one who achieves the second.
fn away(family: usize, day: usize) -> Option<&'static str> {
    let every = match (family, day) {
        (_, ..38) => 5,
        (1, _) => 3,
        (2, 73..102) => 5,
        (3, 38..102) => 4,
        _ => return None,
    };
    day.is_multiple_of(every).then_some("O")
}

#[test]
fn a_pupil_goes_through_all_four_stages_of_the_improvement_process() {
    let story = Story::at_the_school_that_follows("improvement-process", 3, away);
    the_first_absence(&story);
    stage_1(&story);
    stage_2(&story);
    stage_3(&story);
    targets_achieved(&story);
    stage_4(&story);
    the_timeline(&story);
    story.has_met_every_rule();
}

/// The document says nothing of the morning: the office calls, as every office does.
fn the_first_absence(story: &Story) {
    story.morning_of("2026-09-09");
    story.register(1, "2026-09-09", "AM", "N");
    assert_eq!(story.wanted(1, "2026-09-09"), Vec::<String>::new());
    let search = story.search(1, "2026-09-09");
    assert!(["call", "text"].iter().all(|step| search.contains(&(*step).to_owned())), "{search:?}");
}

/// "All pupils are monitored each half term" (W-01). Below 90%: a letter with expectations and support, and no further
/// absence is authorised without medical evidence (W-02).
fn stage_1(story: &Story) {
    let review = story.looks_again("2026-10-20");
    assert!(story.rules_of(review).contains("W-01"));
    assert_eq!(story.proposed_about(review, [1, 2, 3]), ["W-02", "W-02", "W-02"]);
    assert!(story.letters_about(1).is_empty(), "nothing leaves before a person has decided");
    story.send_all(review);
    assert_eq!(story.stage(1), "Stage 1");
    assert!(story.case(1)["timeline"].to_string().contains("medical evidence required"));
}

/// Not improved: a letter, and a formal target of 96% or more over the next six weeks (W-04). Improved: a letter that
/// acknowledges it, and Stage 1 goes on below 90% (W-03).
fn stage_2(story: &Story) {
    let review = story.looks_again("2026-12-16");
    assert_eq!(story.proposed_about(review, [1, 2, 3]), ["W-04", "W-03", "W-04"]);
    story.send_all(review);
    assert_eq!([1, 2, 3].map(|family| story.stage(family)), ["Stage 2", "Stage 1", "Stage 2"]);
    let days = target(story, 1);
    assert_eq!((&days["from"], &days["to"]), (&json!("2027-01-04"), &json!("2027-02-11")));

    // While the target runs the case waits for its end, and the office sees each day how it stands. The second child has
    // slipped again: Stage 2 for them too.
    let review = story.looks_again("2027-02-10");
    assert_eq!(story.proposed_about(review, [1, 2, 3]), ["", "W-04", ""]);
    story.send_all(review);
    assert_eq!(target(story, 1)["standing"], "out_of_reach");
    assert_eq!(story.stage(1), "Stage 2", "it alerts, and does not escalate");
}

/// How a family's target stands today.
fn target(story: &Story, family: usize) -> Value {
    let path = format!("/v1/cases/{}/target", story.case(family)["case_id"]);
    story.lead.get(&path).expect(200)
}

/// Not achieved: a letter, and an invitation to meet the Attendance Lead and agree an action plan (W-06).
fn stage_3(story: &Story) {
    let review = story.looks_again("2027-02-15");
    assert_eq!(story.proposed_about(review, [1, 2, 3]), ["W-06", "", "W-06"]);
    story.send_all(review);
    let meetings = [1, 3].map(|family| story.offers(family, "2027-02-25", ("W-06", "meeting")));
    // One parent comes: the plan is agreed, and a second target begins.
    let parents = story.parents(3);
    assert_eq!(story.came(&meetings[1], "2027-02-25", &parents[..1]), "Stage 3");
    let plan = json!({ "about": story.about(3, Some(("W-06", "plan"))), "kind": "action_plan",
        "basis": { "agreed_with": [parents[0]] }, "items": [{ "what": "Bus pass", "who": "Office" }] });
    post(&story.lead, "/v1/plans", &plan);
    // The others do not come: an additional time is offered, "then the action plan is sent anyway" (W-07).
    assert_eq!(story.came(&meetings[0], "2027-02-25", &[]), "Stage 3, second meeting");
    let second = story.offers(1, "2027-03-08", ("W-07", "meeting"));
    assert_eq!(story.came(&second, "2027-03-08", &[]), "Stage 3");
    assert_eq!(story.letters_home(1), ["stage-1", "stage-2", "stage-3", "action-plan"]);
}

/// The second child's first target: an acknowledgement, and overall still below 90%, so Stage 1 for another half term
/// (W-05). The third child's second target likewise (W-08).
fn targets_achieved(story: &Story) {
    let review = story.looks_again("2027-04-19");
    assert_eq!(story.proposed_about(review, [1, 2, 3]), ["", "W-05", ""]);
    story.send_all(review);
    let review = story.looks_again("2027-04-26");
    assert_eq!(story.proposed_about(review, [1, 2, 3]), ["", "", "W-08"]);
    story.send_all(review);
    assert_eq!([2, 3].map(|family| story.stage(family)), ["Stage 1", "Stage 1"]);
    assert_eq!(story.letters_home(3).last().unwrap(), "target-achieved");
}

/// Not achieved at Stage 3 either: a referral to the local authority's attendance team, with the evidence (W-09).
fn stage_4(story: &Story) {
    let review = story.looks_again("2027-05-10");
    assert_eq!(story.proposed_about(review, [1, 2, 3]), ["W-09", "", ""]);
    story.send_all(review);
    assert_eq!(story.stage(1), "Stage 4");
    let referral = json!({ "about": story.about(1, Some(("W-09", "refer"))), "to": "local_authority",
        "name": "Warwickshire Attendance Team", "why": "Two targets of 96% were not achieved" });
    let referral = post(&story.lead, "/v1/referrals", &referral);
    let sent = json!({ "state": "sent", "day": "2027-05-10", "says": "By secure e-mail",
        "reason": "Nobody was at home" });
    story.lead.post(&format!("{referral}/progress"), &sent).expect(200);
    story.morning_of("2027-05-24");
    let answer = json!({ "state": "answered", "day": "2027-05-24", "outcome": "support",
        "says": "The team offers support to the family" });
    let told = story.lead.post(&format!("{referral}/progress"), &answer).expect(200);
    assert_eq!((&told["case"]["moved"], &told["case"]["stage"]), (&json!(true), &Value::Null));
}

/// The timeline tells it with the rule, the person and the counts of each step.
fn the_timeline(story: &Story) {
    let case = story.case(1);
    let timeline = case["timeline"].as_array().unwrap().iter();
    let moves: Vec<&Value> =
        timeline.filter(|event| event["body"]["what"].get("moved").is_some()).collect();
    let rules: Vec<&str> =
        moves.iter().map(|event| event["body"]["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["W-02", "W-04", "W-06", "W-07", "W-07", "W-09", "W-09"]);
    assert!(moves.iter().all(|event| event["recorded_by"] == "test-school_lead"));
    assert!(moves[0]["because"].to_string().contains("sessions attended"), "{}", moves[0]);
}
