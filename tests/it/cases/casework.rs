//! The things of a case: meetings, plans, targets, monitoring periods, visits, referrals, penalty notices. The office
//! records each once, and the case moves.

mod at_once;
mod confidential;
mod evidence;
mod meetings;
mod moved;
mod never_offered;
mod no_calendar;
mod notices;
mod reasons;
mod received;
mod registers;
mod targets;

use serde_json::{Value, json};

use super::{Office, post};
use crate::support::build::id;
use crate::support::weeks::send_marks;

/// The improvement process with two pupils of whom the second misses every fifth school day, and from November on every
/// third.
fn improvement() -> Office {
    let office = Office::that_follows(&json!({ "policy": "improvement-process" }), 2);
    office.on("2027-07-21");
    let absent = |pupil, day: usize| (pupil == 2 && missed(day)).then_some("O");
    send_marks(&office.lead, office.school, &[1, 2], ("2026-09-02", "2027-07-21"), absent);
    office
}

/// Whether the second pupil misses a school day, counted from 2 September.
fn missed(day: usize) -> bool {
    day.is_multiple_of(if day < 38 { 5 } else { 3 })
}

/// The flowchart, with a second pupil who has had Letter A.
fn flowchart() -> Office {
    let policy = json!({ "policy": "flowchart", "answers": { "target": "95%" } });
    let office = Office::that_follows(&policy, 2);
    office.on("2026-10-05");
    let absent = |pupil, day: usize| (pupil == 2 && day.is_multiple_of(4)).then_some("O");
    send_marks(&office.lead, office.school, &[1, 2], ("2026-09-02", "2026-10-02"), absent);
    let review = office.review("2026-10-05");
    office.send_all(review);
    office
}

impl Office {
    /// A parent of a pupil.
    fn parent(&self, number: usize, forename: &str) -> i32 {
        let person = json!({ "forename": forename, "surname": "Lind", "language": "en" });
        let body = json!({ "person": person, "link": { "relationship": "mother", "priority": 1 } });
        let path = format!("/v1/pupils/{}/parents", self.pupil(number));
        id(&self.lead.post(&path, &body).expect(201), "parent_id")
    }

    /// A person puts the case at a stage.
    fn put_at(&self, number: usize, stage: &str) {
        let case = self.case(number);
        let body =
            json!({ "outcome": "a person decides otherwise", "to": stage, "reason": "Known" });
        self.lead.post(&format!("/v1/cases/{}/outcomes", case["case_id"]), &body).expect(200);
    }

    /// Everything beside the events on a pupil's timeline, in order, as (thing, state).
    fn things(&self, number: usize) -> Vec<(String, String)> {
        let case = self.case(number);
        let lines = case["timeline"].as_array().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let things = lines.filter(|line| line.get("thing").is_some());
        things.map(|line| (text(&line["thing"]), text(&line["state"]))).collect()
    }
}
