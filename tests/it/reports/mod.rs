//! Reports as data, told as the people live through them who take them into a meeting or send them to the authority.

mod broken_weeks;
mod figures;
mod lists;
mod log;
mod oracle;
mod returns;
mod safeguarding;
mod zones;

use serde_json::{Value, json};

use crate::support::app::{Answer, Client, Start, TestApp};
use crate::support::one_school::OneSchool;
use crate::support::weeks::send_marks;

/// A school with a class of pupils numbered from 1, on Wednesday 18 November 2026.
struct Hall {
    app: TestApp,
    trust: i32,
    admin: Client,
    /// Who leads on attendance and safeguarding at the school.
    lead: Client,
    school: i32,
    class: i32,
    /// By number, from 1.
    pupils: Vec<i32>,
}

impl Hall {
    fn of(pupils: u32) -> Self {
        Self::started(Start::default(), pupils)
    }

    /// The same, where nothing falls due by itself.
    fn by_hand(pupils: u32) -> Self {
        Self::started(Start { clockwork: false, ..Start::default() }, pupils)
    }

    fn started(how: Start, pupils: u32) -> Self {
        let begun = OneSchool::since_september(TestApp::start_with(how), pupils);
        let lead = begun.colleague("school_lead");
        let OneSchool { app, trust, admin, school, class, pupils } = begun;
        app.clock.set("2026-11-18T10:00:00Z");
        Self { app, trust, admin, lead, school, class, pupils }
    }

    /// The school follows a policy from September.
    fn follows(self, policy: &str) -> Self {
        let place = format!("/v1/schools/{}/policy/pathway/2026-09-01", self.school);
        let answers = if policy == "strategy" { json!({ "target": "96%" }) } else { json!({}) };
        self.admin.put(&place, &json!({ "policy": policy, "answers": answers })).expect(200);
        self
    }

    fn pupil(&self, number: usize) -> i32 {
        self.pupils[number - 1]
    }

    /// Marks of all pupils from one day to another: present, or what `mark` says of a pupil and a school day.
    fn marks(&self, days: (&str, &str), mark: impl Fn(u32, usize) -> Option<&'static str>) {
        let numbers: Vec<u32> = (1..).take(self.pupils.len()).collect();
        send_marks(&self.admin, self.school, &numbers, days, mark);
    }

    /// What a report of the school answers to the lead.
    fn asked(&self, report: &str) -> Answer {
        self.lead.get(&format!("/v1/schools/{}/{report}", self.school))
    }

    /// The numbers of the pupils in a list, in its order.
    fn numbers(&self, list: &Value) -> Vec<usize> {
        let place = |item: &Value| self.pupils.iter().position(|pupil| item["pupil_id"] == *pupil);
        list.as_array().unwrap().iter().map(|item| place(item).unwrap() + 1).collect()
    }

    /// An answer as a person reads it: without keys and instants, which differ from run to run.
    fn readable(answer: &Value) -> String {
        let mut answer = answer.clone();
        without(&mut answer);
        serde_json::to_string_pretty(&answer).unwrap()
    }
}

/// Takes out what a person does not read: keys, instants, and the long texts of definitions.
fn without(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| {
                !name.ends_with("_id")
                    && !matches!(
                        name.as_str(),
                        "as_known_on" | "at" | "definition" | "entry" | "recorded_at"
                    )
            });
            members.values_mut().for_each(without);
        }
        Value::Array(items) => items.iter_mut().for_each(without),
        _ => {}
    }
}
