//! Cases, from the review that opens them to their last stage, told as the people of a school live through them.
//!
//! Each of the five policies has one long story, a year at the school of the demonstration trust that follows it, on which
//! every rule of the policy is met. What else can happen to a case is told at small schools made for it.

mod amended;
mod amended_by_file;
mod casework;
mod clock;
mod decisions;
mod demonstration;
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
use crate::support::build::{class, id, pupil, school};
use crate::support::run::wait_until;
use crate::support::sql::Sql;

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
        let path = format!("/v1/reviews/{review}/items?state=proposed&limit=500");
        let items = self.lead.get(&path).expect(200);
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
        let send = |item: &Value| json!({ "item": item["item"], "decide": "send" });
        let decisions: Vec<Value> = self.proposed(review).iter().map(send).collect();
        if decisions.is_empty() {
            return;
        }
        let body = json!({ "decisions": decisions });
        let done = self.lead.post(&format!("/v1/reviews/{review}/decisions"), &body).expect(207);
        let sent = |one: &Value| one["status"] == 200;
        assert!(done["results"].as_array().unwrap().iter().all(sent), "{done:#}");
    }

    /// The case of a pupil, the latest if there were several, with its timeline.
    fn case(&self, number: usize) -> Value {
        self.case_if_any(number).expect("a case")
    }

    fn case_if_any(&self, number: usize) -> Option<Value> {
        let path = format!("/v1/cases?school_id={}&pupil_id={}", self.school, self.pupil(number));
        let cases = self.lead.get(&path).expect(200);
        let latest = cases["items"].as_array().unwrap().last()?;
        Some(self.lead.get(&format!("/v1/cases/{}", latest["case_id"])).expect(200))
    }

    /// Records what became of a pupil's case; where it stands then.
    fn record(&self, number: usize, outcome: &str) -> Value {
        let case = self.case(number);
        let body = json!({ "outcome": outcome, "steps": case["steps"] });
        self.lead.post(&format!("/v1/cases/{}/outcomes", case["case_id"]), &body).expect(200)
    }

    /// The letters of the school, earliest first, each with its state.
    fn letters(&self) -> Vec<(String, String)> {
        let path = format!("/v1/letters?school_id={}&limit=500", self.school);
        let letters = self.lead.get(&path).expect(200);
        let told = |row: &Value| {
            (row["name"].as_str().unwrap().to_owned(), row["state"].as_str().unwrap().to_owned())
        };
        letters["items"].as_array().unwrap().iter().rev().map(told).collect()
    }

    /// Waits until everything is done that goes on by itself.
    fn rests(&self) {
        let mut sql = Sql::of(&self.app.database);
        wait_until("nothing is in the queue", || sql.number("SELECT count(*) FROM job_queue") == 0);
    }

    /// What is to be done, in the policy's words.
    fn to_do(&self) -> Vec<String> {
        let path = format!("/v1/actions?school_id={}&open=true&limit=500", self.school);
        let actions = self.lead.get(&path).expect(200);
        let says = |row: &Value| row["says"].as_str().unwrap().to_owned();
        actions["items"].as_array().unwrap().iter().map(says).collect()
    }

    /// Somebody else of the school.
    fn colleague(&self, role: &str) -> Client {
        let trust = id(&self.lead.get("/v1/trust").expect(200), "trust_id");
        self.app.school_client(role, trust, &[self.school])
    }

    /// What a thing is about: a pupil and the case, and the open action of a rule and kind.
    fn about(&self, number: usize, action: Option<(&str, &str)>) -> Value {
        let (school, case) = (self.school, self.case(number)["case_id"].clone());
        let mut about =
            json!({ "school_id": school, "pupil_id": self.pupil(number), "case_id": case });
        if let Some((rule, kind)) = action {
            let path = format!("/v1/actions?school_id={school}&case_id={case}&open=true&limit=500");
            let open = self.lead.get(&path).expect(200);
            let fits = |one: &&Value| one["rule"] == rule && one["kind"] == kind;
            let found = open["items"].as_array().unwrap().iter().rfind(fits);
            let found = found.unwrap_or_else(|| panic!("no {kind} of {rule} in {open}"));
            about["action_id"] = found["action_id"].clone();
        }
        about
    }
}

/// Posts, and gives the answer's place.
fn post(client: &Client, path: &str, body: &Value) -> String {
    let answer = client.post(path, body);
    let place = answer.header("location").map(str::to_owned);
    answer.expect(201);
    place.expect("a location")
}
