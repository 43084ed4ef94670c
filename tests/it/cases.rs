//! Cases, from the review that opens them to their last stage, told as the people of a school live through them.

mod amended;
mod casework;
mod clock;
mod decisions;
mod entry;
mod flowchart;
mod high_attendance;
mod improvement;
mod letters;
mod one_page;
mod random;
mod reassign;
mod strategy;
mod who;

use serde_json::{Value, json};

use crate::support::app::{Client, Start, TestApp};
use crate::support::build::{class, pupil, school};
use crate::support::run::wait_until;

/// A school that follows a policy from September, with a class of pupils numbered from 1.
struct Office {
    app: TestApp,
    lead: Client,
    school: i32,
    /// By number, from 1.
    pupils: Vec<i32>,
}

impl Office {
    /// A school where people open the reviews: nothing falls due by itself.
    fn that_follows(policy: &Value, pupils: u32) -> Self {
        Self::started(Start { clockwork: false, ..Start::default() }, policy, pupils)
    }

    /// A school where reviews open by the clock.
    fn by_the_clock(policy: &Value, pupils: u32) -> Self {
        Self::started(Start::default(), policy, pupils)
    }

    fn started(how: Start, policy: &Value, pupils: u32) -> Self {
        let app = TestApp::start_with(how);
        app.clock.set("2026-09-01T08:00:00Z");
        let trust = app.trust("Larkrise");
        let admin = app.client("trust_admin", trust);
        let school = school(&admin, 1, "primary");
        let place = format!("/v1/schools/{school}/policy/pathway/2026-09-01");
        admin.put(&place, policy).expect(200);
        let class = class(&admin, school, "6A");
        let pupils = (1..=pupils).map(|number| pupil(&admin, school, class, number)).collect();
        let lead = app.school_client("school_lead", trust, &[school]);
        Self { app, lead, school, pupils }
    }

    fn pupil(&self, number: usize) -> i32 {
        self.pupils[number - 1]
    }

    /// Ten in the morning of a day.
    fn on(&self, day: &str) {
        self.app.clock.set(&format!("{day}T10:00:00Z"));
    }

    /// Opens the review of a day; its key.
    fn review(&self, day: &str) -> i64 {
        self.on(day);
        let opened =
            self.lead.post(&format!("/v1/schools/{}/reviews/{day}", self.school), &json!({}));
        opened.expect(201)["review_id"].as_i64().unwrap()
    }

    /// The review that the clock opens when it shows an instant; its key.
    fn opens_at(&self, instant: &str) -> i64 {
        self.opens_at_late(&instant[..10], instant)
    }

    /// The review of a day that the clock opens late, at an instant; its key.
    fn opens_at_late(&self, day: &str, instant: &str) -> i64 {
        self.app.clock.set(instant);
        let path = format!("/v1/reviews?school_id={}", self.school);
        let mut review = Value::Null;
        wait_until(&format!("the review of {day}"), || {
            review = self.lead.get(&path).expect(200)["items"][0].clone();
            review["day"] == day
        });
        assert_eq!(review["opened_by"], "clockwork");
        review["review_id"].as_i64().unwrap()
    }

    /// What waits for a person at a review.
    fn proposed(&self, review: i64) -> Vec<Value> {
        let items =
            self.lead.get(&format!("/v1/reviews/{review}/items?state=proposed")).expect(200);
        items["items"].as_array().unwrap().clone()
    }

    /// Decides one item; how it stands then.
    fn decide(&self, review: i64, decision: &Value) -> Value {
        let body = json!({ "decisions": [decision] });
        let done = self.lead.post(&format!("/v1/reviews/{review}/decisions"), &body).expect(207);
        done["results"][0].clone()
    }

    /// Sends everything that waits.
    fn send_all(&self, review: i64) {
        for item in self.proposed(review) {
            let done = self.decide(review, &json!({ "item": item["item"], "decide": "send" }));
            assert_eq!(done["status"], 200, "{done}");
        }
    }

    /// The one case of a pupil, with its timeline.
    fn case(&self, number: usize) -> Value {
        self.case_if_any(number).expect("a case")
    }

    fn case_if_any(&self, number: usize) -> Option<Value> {
        let path = format!("/v1/cases?school_id={}&pupil_id={}", self.school, self.pupil(number));
        let cases = self.lead.get(&path).expect(200);
        match cases["items"].as_array().unwrap().as_slice() {
            [] => None,
            [case] => Some(self.lead.get(&format!("/v1/cases/{}", case["case_id"])).expect(200)),
            _ => panic!("more than one case: {cases}"),
        }
    }

    /// Records what became of a pupil's case; where it stands then.
    fn record(&self, number: usize, outcome: &str) -> Value {
        let case = self.case(number);
        let body = json!({ "outcome": outcome, "steps": case["steps"] });
        self.lead.post(&format!("/v1/cases/{}/outcomes", case["case_id"]), &body).expect(200)
    }

    /// The letters of the school, earliest first, each with its state.
    fn letters(&self) -> Vec<(String, String)> {
        let letters = self.lead.get(&format!("/v1/letters?school_id={}", self.school)).expect(200);
        let told = |row: &Value| {
            (row["name"].as_str().unwrap().to_owned(), row["state"].as_str().unwrap().to_owned())
        };
        letters["items"].as_array().unwrap().iter().rev().map(told).collect()
    }

    /// What is to be done, in the policy's words.
    fn to_do(&self) -> Vec<String> {
        let path = format!("/v1/actions?school_id={}&open=true", self.school);
        let actions = self.lead.get(&path).expect(200);
        let says = |row: &Value| row["says"].as_str().unwrap().to_owned();
        actions["items"].as_array().unwrap().iter().map(says).collect()
    }
}
