//! An office that never offers the meeting that its policy asks for: the action has a day, falls due, is overdue, and both
//! are told, on the action and on the case (W-06; F-04, F-11, F-16).

use serde_json::{Value, json};

use crate::support::app::Start;
use crate::support::office::{Office, at_a_meeting, flowchart};
use crate::support::run::wait_until;

/// Nobody does anything until the morning after the meeting was due: it is told, on the action and on the case.
fn forgotten(office: &Office, rule: &str, due: &str, morning_after: &str) {
    let path = format!("/v1/actions?school_id={}&open=true&limit=500", office.school);
    let open = office.lead.get(&path).expect(200)["items"].clone();
    let of = |one: &&Value| one["rule"] == rule && one["kind"] == "meeting";
    let meeting = open.as_array().unwrap().iter().find(of).unwrap_or_else(|| panic!("{open}"));
    assert_eq!(meeting["due"], due, "{meeting}");
    let one = format!("/v1/actions/{}", meeting["action_id"]);
    let mut events = Value::Null;
    // From the morning on which it is due the clock goes by itself.
    office.app.clock.set(&format!("{due}T07:00:00Z"));
    let clock = office.app.another(Start::default());
    for (morning, told) in [(due, 1), (morning_after, 2)] {
        office.app.clock.set(&format!("{morning}T07:00:00Z"));
        wait_until(&format!("what is told on {morning}"), || {
            events = office.lead.get(&one).expect(200)["events"].clone();
            events.as_array().unwrap().len() == told
        });
    }
    drop(clock);
    let told: Vec<&Value> = events.as_array().unwrap().iter().map(|one| &one["what"]).collect();
    assert_eq!(told, ["due", "breached"]);
    assert_eq!((&events[0]["on_day"], &events[1]["on_day"]), (&json!(due), &json!(morning_after)));
    let overdue = format!("/v1/actions?school_id={}&overdue=true&limit=500", office.school);
    let overdue = office.lead.get(&overdue).expect(200)["items"].clone();
    assert!(overdue.as_array().unwrap().iter().any(of_action(meeting)), "{overdue}");
    let timeline = office.case(2)["timeline"].clone();
    let breached =
        |line: &&Value| line["body"]["what"]["breached"]["action"] == meeting["action_id"];
    let line = timeline.as_array().unwrap().iter().find(breached).expect("it is told on the case");
    assert_eq!((&line["body"]["rule"], &line["recorded_by"]), (&json!(rule), &json!("clockwork")));
}

fn of_action(action: &Value) -> impl Fn(&Value) -> bool {
    let id = action["action_id"].clone();
    move |one| one["action_id"] == id
}

#[test]
fn w_a_meeting_that_nobody_offers_is_overdue_after_five_school_days() {
    let office = at_a_meeting();
    assert_eq!(office.case(2)["stage"], "Stage 3, meeting");
    forgotten(&office, "W-06", "2027-03-01", "2027-03-02");
}

#[test]
fn f_no_meeting_of_the_flowchart_is_without_a_day() {
    let office = flowchart();
    // The contract, for which no document names a day: the school's setting does.
    office.put_at(2, "2: next steps");
    office.record(2, "contract");
    forgotten(&office, "F-16", "2026-10-12", "2026-10-13");
}
