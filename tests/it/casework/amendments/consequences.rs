//! An amended mark changes the truth: what was proposed, decided or sent on the marks as they were.

use serde_json::{Value, json};

use crate::support::office::{Office, just_below_ninety};
use crate::support::weeks::send_marks;

/// The first day of the four was a visit to a museum: 70 of 76.
fn amend(office: &Office, preview: bool) -> Value {
    let path = format!("/v1/pupils/{}/marks/amendments?preview={preview}", office.pupil(2));
    let change = |session| json!({ "date": "2026-09-16", "session": session, "mark": "V" });
    let body = json!({ "reason": "Museum visit", "changes": [change("AM"), change("PM")] });
    office.lead.post(&path, &body).expect(if preview { 200 } else { 201 })
}

/// What is touched, in the order in which it is told.
fn touched(amended: &Value) -> Vec<&str> {
    let touched = amended["touched"].as_array().unwrap().iter();
    touched.map(|one| one["what"].as_str().unwrap()).collect()
}

#[test]
fn a_letter_that_was_only_proposed_is_proposed_no_more() {
    let (office, review) = just_below_ninety();
    assert_eq!(office.proposed(review).len(), 1);
    let preview = amend(&office, true);
    assert_eq!(preview["preview"], true);
    assert_eq!(touched(&preview), ["proposal_withdrawn"]);
    assert_eq!(office.proposed(review).len(), 1, "a preview changes nothing");
    let amended = amend(&office, false);
    assert_eq!(amended["touched"], preview["touched"], "what was foretold is what happens");
    assert_eq!(office.proposed(review), Vec::<Value>::new());
    assert_eq!(office.told().len(), 1);
    // Who still has the item on the screen is told.
    let late = office.decide(review, &json!({ "item": 1, "decide": "send" }));
    assert_eq!(late["status"], 412, "{late}");
}

#[test]
fn a_letter_that_waits_leaves_the_queue_and_its_case_ends() {
    let (office, review) = just_below_ninety();
    office.send_all(review);
    assert_eq!(office.case(2)["stage"], "Stage 1");
    let preview = amend(&office, true);
    assert_eq!(touched(&preview), ["letter_taken_back", "stage_undone"]);
    assert_eq!(office.letters(), [("stage-1".to_owned(), "waiting".to_owned())]);
    let amended = amend(&office, false);
    assert_eq!(touched(&amended), touched(&preview));
    assert_eq!(office.letters(), [("stage-1".to_owned(), "taken_back".to_owned())]);
    let case = office.case(2);
    assert_eq!(case["stage"], Value::Null);
    let last = case["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!(last["body"]["what"]["undone"]["from"], 1, "{last}");
    let told = office.told();
    let [one] = told.as_slice() else { panic!("one item tells all of it: {told:?}") };
    assert!(
        one.contains("Museum visit") && one.contains("W-02") && one.contains("stage-1"),
        "{one}"
    );
    // The same again is no amendment, and touches nothing.
    assert_eq!(touched(&amend(&office, false)), Vec::<&str>::new());
}

#[test]
fn a_letter_that_was_sent_stays_but_does_not_count_any_more() {
    let (office, review) = just_below_ninety();
    office.send_all(review);
    let letter = office.letter();
    let path = format!("/v1/letters/{}/sent", letter["letter_id"]);
    let by_post = |on: &str| json!({ "on": on, "how": "by post, to both parents" });
    assert_eq!(office.lead.post(&path, &by_post("2026-10-22")).problem(422), "invalid");
    office.lead.post(&path, &by_post("2026-10-23")).expect(200);
    office.lead.post(&path, &by_post("2026-10-23")).expect(200);
    let again = office.lead.post(&path, &json!({ "on": "2026-10-23", "how": "by hand" }));
    assert_eq!(again.problem(412), "precondition-failed");
    assert_eq!(again.body["state"], "sent");

    assert_eq!(touched(&amend(&office, false)), ["letter_unsupported", "stage_undone"]);
    // The apology for it waits for a person.
    assert_eq!(
        (&office.letter()["name"], &office.letter()["state"]),
        (&json!("correction"), &json!("held"))
    );
    let letter = office.lead.get(&format!("/v1/letters/{}", letter["letter_id"])).expect(200);
    assert_eq!((&letter["state"], &letter["sent_on"]), (&json!("sent"), &json!("2026-10-23")));
    assert!(letter["unsupported_at"].is_string(), "{letter}");

    // Below 90% again at Christmas it is the first time.
    let absent = |pupil, day| (pupil == 2 && day < 10).then_some("O");
    office.on("2026-12-18");
    send_marks(&office.lead, office.school, &[1, 2], ("2026-11-02", "2026-12-18"), absent);
    let review = office.review("2026-12-18");
    let proposed = office.proposed(review);
    assert_eq!(proposed[0]["rule"], "W-02", "{proposed:?}");
}

/// Stage 1 in October, Stage 2 in December with a target of 96% from January, and then absent on two of its 30 days:
/// Stage 3, at the review whose key this is.
fn office_that_missed_a_target() -> (Office, i64) {
    let office = Office::that_follows(&json!({ "policy": "improvement-process" }), 2);
    office.on("2027-07-21");
    let absent = |pupil, day: usize| {
        let days = day < 8 || (38..46).contains(&day) || [75, 76].contains(&day);
        (pupil == 2 && days).then_some("O")
    };
    send_marks(&office.lead, office.school, &[1, 2], ("2026-09-02", "2027-07-21"), absent);
    for day in ["2026-10-23", "2026-12-18"] {
        office.send_all(office.review(day));
    }
    let review = office.review("2027-02-22");
    office.send_all(review);
    assert_eq!(office.case(2)["stage"], "Stage 3, meeting");
    (office, review)
}

/// One of the two days in January was a match for the county.
fn amend_january(office: &Office) -> Value {
    let day = absences(office).into_iter().find(|day| day.as_str() > "2027").unwrap();
    let change = |session| json!({ "date": day, "session": session, "mark": "P" });
    let body =
        json!({ "reason": "Played for the county", "changes": [change("AM"), change("PM")] });
    let path = format!("/v1/pupils/{}/marks/amendments", office.pupil(2));
    office.lead.post(&path, &body).expect(201)
}

#[test]
fn a_target_was_met_after_all() {
    let (office, review) = office_that_missed_a_target();
    let plan = |office: &Office| office.to_do().iter().any(|says| says.contains("action plan"));
    assert!(plan(&office));
    let amended = amend_january(&office);
    let expected = ["letter_taken_back", "stage_undone", "proposal_added"];
    assert_eq!(touched(&amended), expected, "{amended}");
    assert_eq!(office.case(2)["stage"], "Stage 2");
    assert_eq!(office.told().len(), 1);
    // The same review proposes what it would have proposed: the acknowledgement (W-05).
    let proposed = office.proposed(review);
    assert_eq!(proposed[0]["rule"], "W-05", "{proposed:?}");
    office.send_all(review);
    assert_eq!(office.case(2)["stage"], "Stage 1");
    assert_eq!(office.letters().last().unwrap().1, "waiting");
}

#[test]
fn where_people_have_recorded_more_since_a_person_decides() {
    let (office, review) = office_that_missed_a_target();
    assert_eq!(office.record(2, "not attended")["stage"], "Stage 3, second meeting");
    let amended = amend_january(&office);
    assert_eq!(touched(&amended), ["letter_taken_back", "stage_in_doubt"], "{amended}");
    assert_eq!(office.case(2)["stage"], "Stage 3, second meeting");
    assert_eq!(office.proposed(review), Vec::<Value>::new());
    assert!(office.told()[0].contains("until a person decides"), "{:?}", office.told());
}

#[test]
fn a_running_target_is_counted_anew() {
    let office = Office::that_follows(&json!({ "policy": "improvement-process" }), 2);
    office.on("2027-01-15");
    let absent = |pupil, day: usize| (pupil == 2 && !(8..=40).contains(&day)).then_some("O");
    send_marks(&office.lead, office.school, &[1, 2], ("2026-09-02", "2027-01-15"), absent);
    for day in ["2026-10-23", "2026-12-18"] {
        office.send_all(office.review(day));
    }
    office.on("2027-01-15");
    let amended = amend_january(&office);
    assert_eq!(touched(&amended), ["target_recounted"], "{amended}");
    let says = amended["touched"][0]["says"].as_str().unwrap();
    assert!(says.contains("2 of 20 sessions attended, instead of 0 of 20"), "{says}");
    assert_eq!(office.told(), Vec::<String>::new(), "counts move with every mark");
}

#[test]
fn a_letter_is_not_sent_on_marks_that_a_file_has_changed_since() {
    let (office, review) = just_below_ninety();
    let item = office.proposed(review)[0]["item"].clone();
    // The school's own system sends the half term again, with one day of the four corrected.
    let absent = |pupil, day| (pupil == 2 && (11..14).contains(&day)).then_some("O");
    send_marks(&office.lead, office.school, &[1, 2], ("2026-09-02", "2026-10-23"), absent);
    let late = office.decide(review, &json!({ "item": item, "decide": "send" }));
    assert_eq!((&late["status"], &late["now"]["state"]), (&json!(412), &json!("moved_on")));
    assert_eq!(office.proposed(review), Vec::<Value>::new());
    assert_eq!(office.letters(), []);
}

#[test]
fn a_letter_is_sent_with_the_counts_of_the_day_on_which_it_is_decided() {
    let (office, review) = just_below_ninety();
    // Nothing but a fifth day of absence: still below 90%, and the letter says by how much.
    let absent = |pupil, day| (pupil == 2 && (10..15).contains(&day)).then_some("O");
    send_marks(&office.lead, office.school, &[1, 2], ("2026-09-02", "2026-10-23"), absent);
    office.rests();
    office.send_all(review);
    let letter = office.letter();
    let figure = (&letter["figure"]["attended"], &letter["figure"]["possible"]);
    assert_eq!(figure, (&json!(66), &json!(76)), "{letter}");
}

#[test]
fn a_penalty_notice_that_waited_falls_with_the_session_that_made_the_threshold() {
    let office = Office::that_follows(&json!({ "policy": "improvement-process" }), 2);
    office.on("2026-10-23");
    // Ten sessions without leave: exactly the national threshold.
    let absent = |pupil, day| (pupil == 2 && (10..15).contains(&day)).then_some("O");
    send_marks(&office.lead, office.school, &[1, 2], ("2026-09-02", "2026-10-23"), absent);
    let link = json!({ "relationship": "mother", "priority": 1 });
    let parent = json!({ "person": { "surname": "Lind", "language": "en" }, "link": link });
    let path = format!("/v1/pupils/{}/parents", office.pupil(2));
    let parent = office.lead.post(&path, &parent).expect(201)["parent_id"].clone();
    let path = format!("/v1/pupils/{}/notices", office.pupil(2));
    let body = json!({ "parent_id": parent, "school_id": office.school });
    let pending = office.lead.post(&path, &body).expect(201);
    assert_eq!(pending["details"]["reached"], true, "{pending}");
    let notice = format!("/v1/notices/{}", pending["notice_id"]);
    let state = || office.lead.get(&notice).expect(200)["now"]["state"].clone();

    let preview = amend(&office, true);
    assert_eq!(touched(&preview), ["notice_fallen"], "{preview}");
    assert_eq!(state(), "pending");
    assert_eq!(amend(&office, false)["touched"], preview["touched"]);
    assert_eq!(state(), "waived");
    assert_eq!(office.told().len(), 1);
    let limits = office.lead.get(&path).expect(200);
    assert_eq!(limits["parents"][0]["reached"], false, "{limits}");
}

/// The days on which the pupil has an O in the morning.
fn absences(office: &Office) -> Vec<String> {
    let path = format!("/v1/pupils/{}/marks?from=2026-09-01&to=2027-07-31", office.pupil(2));
    let marks = office.lead.get(&path).expect(200);
    let absent = |day: &&Value| day["mark"] == "O" && day["session"] == "AM";
    let marks = marks["marks"].as_array().unwrap_or_else(|| panic!("{marks}")).clone();
    marks.iter().filter(absent).map(|day| day["date"].as_str().unwrap().to_owned()).collect()
}
