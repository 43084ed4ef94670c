//! The office of a school that follows a policy, whose people open reviews, decide, and record what became of a case.

use serde_json::{Value, json};

use super::app::{Client, Start, TestApp};
use super::build::{address, id};
use super::one_school::OneSchool;
use super::run::wait_until;
use super::sql::Sql;
use super::weeks::send_marks;

/// A school that follows a policy from September, with a class of pupils numbered from 1.
pub struct Office {
    pub app: TestApp,
    /// Who leads on attendance.
    pub lead: Client,
    pub school: i32,
    /// By number, from 1.
    pub pupils: Vec<i32>,
}

impl Office {
    /// A school where people open the reviews: nothing falls due by itself.
    pub fn that_follows(policy: &Value, pupils: u32) -> Self {
        Self::started(Start { clockwork: false, ..Start::default() }, policy, pupils)
    }

    /// A school where reviews open by the clock.
    pub fn by_the_clock(policy: &Value, pupils: u32) -> Self {
        Self::started(Start::default(), policy, pupils)
    }

    pub fn started(how: Start, policy: &Value, pupils: u32) -> Self {
        let begun = OneSchool::since_september(TestApp::start_with(how), pupils);
        let place = format!("/v1/schools/{}/policy/pathway/2026-09-01", begun.school);
        begun.admin.put(&place, policy).expect(200);
        let lead = begun.colleague("school_lead");
        let OneSchool { app, school, pupils, .. } = begun;
        Self { app, lead, school, pupils }
    }

    pub fn pupil(&self, number: usize) -> i32 {
        self.pupils[number - 1]
    }

    /// Ten in the morning of a day.
    pub fn on(&self, day: &str) {
        self.app.clock.set(&format!("{day}T10:00:00Z"));
    }

    /// Opens the review of a day; its key.
    pub fn review(&self, day: &str) -> i64 {
        self.on(day);
        let opened =
            self.lead.post(&format!("/v1/schools/{}/reviews/{day}", self.school), &json!({}));
        opened.expect(201)["review_id"].as_i64().unwrap()
    }

    /// The review that the clock opens when it shows an instant; its key.
    pub fn opens_at(&self, instant: &str) -> i64 {
        self.opens_at_late(&instant[..10], instant)
    }

    /// The review of a day that the clock opens late, at an instant; its key.
    pub fn opens_at_late(&self, day: &str, instant: &str) -> i64 {
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
    pub fn proposed(&self, review: i64) -> Vec<Value> {
        let path = format!("/v1/reviews/{review}/items?state=proposed&limit=500");
        let items = self.lead.get(&path).expect(200);
        items["items"].as_array().unwrap().clone()
    }

    /// Decides one item; how it stands then.
    pub fn decide(&self, review: i64, decision: &Value) -> Value {
        let body = json!({ "decisions": [decision] });
        let done = self.lead.post(&format!("/v1/reviews/{review}/decisions"), &body).expect(207);
        done["results"][0].clone()
    }

    /// Sends everything that waits.
    pub fn send_all(&self, review: i64) {
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
    pub fn case(&self, number: usize) -> Value {
        self.case_if_any(number).expect("a case")
    }

    pub fn case_if_any(&self, number: usize) -> Option<Value> {
        let path = format!("/v1/cases?school_id={}&pupil_id={}", self.school, self.pupil(number));
        let cases = self.lead.get(&path).expect(200);
        let latest = cases["items"].as_array().unwrap().last()?;
        Some(self.lead.get(&format!("/v1/cases/{}", latest["case_id"])).expect(200))
    }

    /// Records what became of a pupil's case; where it stands then.
    pub fn record(&self, number: usize, outcome: &str) -> Value {
        let case = self.case(number);
        let body = json!({ "outcome": outcome, "steps": case["steps"] });
        self.lead.post(&format!("/v1/cases/{}/outcomes", case["case_id"]), &body).expect(200)
    }

    /// The letters of the school, earliest first, each with its state.
    pub fn letters(&self) -> Vec<(String, String)> {
        let path = format!("/v1/letters?school_id={}&limit=500", self.school);
        let letters = self.lead.get(&path).expect(200);
        let told = |row: &Value| {
            (row["name"].as_str().unwrap().to_owned(), row["state"].as_str().unwrap().to_owned())
        };
        letters["items"].as_array().unwrap().iter().rev().map(told).collect()
    }

    /// Waits until everything is done that goes on by itself.
    pub fn rests(&self) {
        let mut sql = Sql::of(&self.app.database);
        wait_until("nothing is in the queue", || sql.number("SELECT count(*) FROM job_queue") == 0);
    }

    /// Waits until a run of a kind and period is done; how late it was, in words.
    pub fn ran(&self, kind: &str, period: &str) -> String {
        let mut late = String::new();
        wait_until(&format!("{kind} of {period}"), || {
            let runs = self.app.client("trust_admin", 1).get("/v1/runs?limit=500").expect(200);
            let runs = runs["items"].as_array().unwrap();
            let found = runs.iter().find(|run| run["kind"] == kind && run["period"] == period);
            late = found
                .map(|run| run["late"]["says"].as_str().unwrap_or_default().to_owned())
                .unwrap_or_default();
            found.is_some_and(|run| run["job"]["state"] == "done")
        });
        late
    }

    /// What is to be done, in the policy's words.
    pub fn to_do(&self) -> Vec<String> {
        let path = format!("/v1/actions?school_id={}&open=true&limit=500", self.school);
        let actions = self.lead.get(&path).expect(200);
        let says = |row: &Value| row["says"].as_str().unwrap().to_owned();
        actions["items"].as_array().unwrap().iter().map(says).collect()
    }

    /// Somebody else of the school.
    pub fn colleague(&self, role: &str) -> Client {
        let trust = id(&self.lead.get("/v1/trust").expect(200), "trust_id");
        self.app.school_client(role, trust, &[self.school])
    }

    /// What a thing is about: a pupil and the case, and the open action of a rule and kind.
    pub fn about(&self, number: usize, action: Option<(&str, &str)>) -> Value {
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

    /// A parent of a pupil.
    pub fn parent(&self, number: usize, forename: &str) -> i32 {
        let person = json!({ "forename": forename, "surname": "Lind", "language": "en", "contacts": address() });
        let body = json!({ "person": person, "link": { "relationship": "mother", "priority": 1 } });
        let path = format!("/v1/pupils/{}/parents", self.pupil(number));
        id(&self.lead.post(&path, &body).expect(201), "parent_id")
    }

    /// A person puts the case at a stage, without what the stage brings.
    pub fn put_at(&self, number: usize, stage: &str) {
        let case = self.case(number);
        let body = json!({ "outcome": "a person decides otherwise", "to": stage, "reason": "Known", "without": true });
        self.lead.post(&format!("/v1/cases/{}/outcomes", case["case_id"]), &body).expect(200);
    }

    /// Everything beside the events on a pupil's timeline, in order, as (thing, state).
    pub fn things(&self, number: usize) -> Vec<(String, String)> {
        let case = self.case(number);
        let lines = case["timeline"].as_array().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let things = lines.filter(|line| line.get("thing").is_some());
        things.map(|line| (text(&line["thing"]), text(&line["state"]))).collect()
    }

    /// The one letter of the school.
    pub fn letter(&self) -> Value {
        let letters = self.lead.get(&format!("/v1/letters?school_id={}", self.school)).expect(200);
        letters["items"][0].clone()
    }

    /// What people are told to look at because marks were amended.
    pub fn told(&self) -> Vec<String> {
        self.to_do().into_iter().filter(|says| says.starts_with("marks were amended")).collect()
    }
}

/// Posts, and gives the answer's place.
pub fn post(client: &Client, path: &str, body: &Value) -> String {
    let answer = client.post(path, body);
    let place = answer.header("location").map(str::to_owned);
    answer.expect(201);
    place.expect("a location")
}

/// The improvement process with two pupils of whom the second misses every fifth school day, and from November on every
/// third.
pub fn improvement() -> Office {
    let office = Office::that_follows(&json!({ "policy": "improvement-process" }), 2);
    office.on("2027-07-21");
    let absent = |pupil, day: usize| (pupil == 2 && missed(day)).then_some("O");
    send_marks(&office.lead, office.school, &[1, 2], ("2026-09-02", "2027-07-21"), absent);
    office
}

/// The same when three half terms are over, and the case waits for a meeting.
pub fn at_a_meeting() -> Office {
    let office = improvement();
    for day in ["2026-10-23", "2026-12-18", "2027-02-22"] {
        let review = office.review(day);
        office.send_all(review);
    }
    office
}

/// Whether the second pupil misses a school day, counted from 2 September.
pub fn missed(day: usize) -> bool {
    day.is_multiple_of(if day < 38 { 5 } else { 3 })
}

/// The flowchart, with a second pupil who has had Letter A.
pub fn flowchart() -> Office {
    let policy = json!({ "policy": "flowchart", "answers": { "target": "95%" } });
    let office = Office::that_follows(&policy, 2);
    office.on("2026-10-05");
    let absent = |pupil, day: usize| (pupil == 2 && day.is_multiple_of(4)).then_some("O");
    send_marks(&office.lead, office.school, &[1, 2], ("2026-09-02", "2026-10-02"), absent);
    let review = office.review("2026-10-05");
    office.send_all(review);
    office
}

/// A pupil who was absent on four days of the first half term, 68 of 76 sessions attended: just below 90%.
pub fn just_below_ninety() -> (Office, i64) {
    let office = Office::that_follows(&json!({ "policy": "improvement-process" }), 2);
    office.on("2026-10-23");
    let absent = |pupil, day| (pupil == 2 && (10..14).contains(&day)).then_some("O");
    send_marks(&office.lead, office.school, &[1, 2], ("2026-09-02", "2026-10-23"), absent);
    let review = office.review("2026-10-23");
    (office, review)
}
