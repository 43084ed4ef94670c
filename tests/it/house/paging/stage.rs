//! Two schools with what lists are made of, and the work that goes on there.

use std::cell::Cell;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::lists::List;
use crate::support::app::{Client, Start, TestApp};
use crate::support::build::{self, id, pupil};
use crate::support::weeks::send_marks;

/// Elm has cases and what comes of them, Oak the reports of a policy that has bands.
pub struct Stage {
    pub app: TestApp,
    pub trust: i32,
    pub admin: Client,
    /// Who leads on attendance and safeguarding at both schools.
    lead: Client,
    pub elm: i32,
    pub oak: i32,
    /// Elm's class, and its pupils.
    pub class: i32,
    pub pupils: Vec<i32>,
    oak_class: i32,
    pub review: i32,
    fresh: Cell<u32>,
}

/// Pupils of Elm and of Oak, by the numbers of their UPNs.
const ELM: std::ops::Range<u32> = 1..10;
const OAK: std::ops::Range<u32> = 101..115;

impl Stage {
    /// On Wednesday 18 November 2026.
    pub fn set() -> Self {
        let app = TestApp::start_with(Start { clockwork: false, ..Start::default() });
        app.clock.set("2026-09-01T08:00:00Z");
        let trust = app.trust("Larkrise");
        let admin = app.client("trust_admin", trust);
        let [elm, oak] = [1, 2].map(|number| build::school(&admin, number, "primary"));
        let [class, oak_class] = [elm, oak].map(|school| build::class(&admin, school, "6A"));
        let pupils: Vec<i32> = ELM.map(|number| pupil(&admin, elm, class, number)).collect();
        OAK.for_each(|number| {
            pupil(&admin, oak, oak_class, number);
        });
        let follows = [
            (elm, "improvement-process", json!({})),
            (oak, "strategy", json!({ "target": "96%" })),
        ];
        for (school, policy, answers) in follows {
            let place = format!("/v1/schools/{school}/policy/pathway/2026-09-01");
            admin.put(&place, &json!({ "policy": policy, "answers": answers })).expect(200);
        }
        app.clock.set("2026-11-18T10:00:00Z");
        let lead = app.school_client("school_lead", trust, &[elm, oak]);
        let review = 0;
        let fresh = Cell::new(1_000);
        let mut stage =
            Self { app, trust, admin, lead, elm, oak, class, pupils, oak_class, review, fresh };
        stage.keep_registers();
        stage.review = stage.decide();
        stage
    }

    /// At Elm everybody misses every third day of the first half term. At Oak half the class misses a day or two, and the
    /// others most of what was after half term, without a reason.
    fn keep_registers(&self) {
        let half_term = ("2026-09-02", "2026-10-23");
        let third = |_, day: usize| day.is_multiple_of(3).then_some("O");
        send_marks(&self.admin, self.elm, &ELM.collect::<Vec<_>>(), half_term, third);
        let oak = |number: u32, day: usize| match number {
            101..=107 => (day == 44 + (number as usize - 101) / 3).then_some("I"),
            _ => (day >= 40 && !(day + number as usize).is_multiple_of(4)).then_some("N"),
        };
        let numbers: Vec<u32> = OAK.collect();
        send_marks(&self.admin, self.oak, &numbers, ("2026-09-02", "2026-11-18"), oak);
    }

    /// A review of Elm at which seven letters were sent, with a target for each; two items wait.
    fn decide(&self) -> i32 {
        let review = format!("/v1/schools/{}/reviews/2026-10-23", self.elm);
        let review = id(&self.admin.post(&review, &json!({})).expect(201), "review_id");
        for _ in 0..7 {
            self.decide_next(review, &json!({ "decide": "send" }));
        }
        let cases = self.admin.get(&format!("/v1/cases?school_id={}", self.elm)).expect(200);
        for case in cases["items"].as_array().unwrap() {
            let outcomes = format!("/v1/cases/{}/outcomes", case["case_id"]);
            let meeting = json!({
                "outcome": "a person decides otherwise", "to": "Stage 3, meeting", "reason": "Known",
            });
            self.admin.post(&outcomes, &meeting).expect(200);
            self.admin.post(&outcomes, &json!({ "outcome": "attended" })).expect(200);
        }
        review
    }

    /// Decides the first item of a review that waits, if one does.
    pub fn decide_next(&self, review: i32, decision: &Value) {
        let items =
            self.admin.get(&format!("/v1/reviews/{review}/items?state=proposed")).expect(200);
        let Some(item) = items["items"].get(0) else { return };
        let mut decision = decision.clone();
        decision["item"] = item["item"].clone();
        let body = json!({ "decisions": [decision] });
        self.admin.post(&format!("/v1/reviews/{review}/decisions"), &body).expect(207);
    }

    /// Whoever may read the list.
    pub fn client(&self, list: &List) -> &Client {
        if list.operation == "safeguarding_list" { &self.lead } else { &self.admin }
    }

    /// A number that was not given before; time goes on by a second.
    pub fn fresh(&self) -> u32 {
        self.fresh.set(self.fresh.get() + 1);
        let now = self.app.clock.now() + TimeDelta::seconds(1);
        self.app.clock.set(&now.to_rfc3339());
        self.fresh.get()
    }

    /// A name at the front of the alphabet and at its end, by turns.
    pub fn surname(&self) -> String {
        let number = self.fresh();
        format!("{}{number}", if number.is_multiple_of(2) { "Aa" } else { "Zz" })
    }

    /// One pupil of Elm after the other.
    pub fn next_pupil(&self) -> i32 {
        self.pupils[self.fresh() as usize % self.pupils.len()]
    }

    /// What goes on whatever is listed: the pupil of a row is renamed, to the front and to the end by turns, and one of
    /// their marks amended; a pupil joins each school.
    pub fn work_on(&self, row: &Value) {
        let pupil = row["pupil_id"].as_i64().unwrap_or(self.pupils[0].into());
        let body = json!({ "surname": self.surname(), "reason": "Adoption" });
        self.admin.post(&format!("/v1/pupils/{pupil}/corrections"), &body).expect(201);
        for school in [self.elm, self.oak] {
            let mark = if self.fresh().is_multiple_of(2) { "I" } else { "/" };
            let change = json!({ "date": "2026-10-22", "session": "AM", "mark": mark });
            let body = json!({ "reason": "Letter seen", "school_id": school, "changes": [change] });
            // The pupil is on the roll of one of them.
            let answer = self.admin.post(&format!("/v1/pupils/{pupil}/marks/amendments"), &body);
            assert!(answer.status < 500, "{}", answer.text);
        }
        pupil_of(self, self.elm, self.class);
        pupil_of(self, self.oak, self.oak_class);
    }
}

/// A pupil joins a class.
pub fn pupil_of(stage: &Stage, school: i32, class: i32) {
    pupil(&stage.admin, school, class, stage.fresh());
}
