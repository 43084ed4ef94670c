//! Where stories of draws begin: a school that follows the strategy's rewards, pupils with tickets, a draw.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::app::{Answer, Client, Start, TestApp};
use crate::support::build::{class, id, pupil, school, text};
use crate::support::folder::Folder;
use crate::support::program::{program, rollcall, run};
use crate::support::sql::Sql;

/// The prize of the strategy's termly draw.
pub const PRIZE: &str = "the termly prize";
/// The period that stories play in.
pub const TERM: &str = "2026/term-1";

/// A school with pupils, and who leads there.
pub struct Stage {
    pub app: TestApp,
    pub trust: i32,
    pub admin: Client,
    pub lead: Client,
    pub school: i32,
    pub class: i32,
    pub pupils: Vec<i32>,
}

impl Stage {
    /// A sandbox, in which nothing falls due by itself.
    pub fn sandbox(pupils: u32) -> Self {
        let app = TestApp::start_with(Start { clockwork: false, ..Start::default() });
        app.clock.set("2026-09-01T08:00:00Z");
        let trust = app.sandbox("Larkrise");
        Self::on(app, trust, pupils)
    }

    /// In a trust that the story has added.
    pub fn on(app: TestApp, trust: i32, pupils: u32) -> Self {
        let admin = app.client("trust_admin", trust);
        let school = school(&admin, 1, "primary");
        let class = class(&admin, school, "6A");
        let pupils = (1..=pupils).map(|number| pupil(&admin, school, class, number)).collect();
        let follows = json!({ "policy": "strategy", "answers": { "target": "96%" } });
        let place = format!("/v1/schools/{school}/policy/rewards/2026-09-01");
        admin.put(&place, &follows).expect(200);
        let lead = app.school_client("school_lead", trust, &[school]);
        Self { app, trust, admin, lead, school, class, pupils }
    }

    /// Gives a pupil so many tickets for the termly prize, a week each.
    pub fn give(&self, pupil: i32, tickets: u32) {
        self.give_for(pupil, tickets, TERM);
    }

    /// The same for the prize of another period.
    pub fn give_for(&self, pupil: i32, tickets: u32, period: &str) {
        self.give_to(PRIZE, pupil, tickets, period);
    }

    /// The same for any prize.
    pub fn give_to(&self, prize: &str, pupil: i32, tickets: u32, period: &str) {
        let (trust, school) = (self.trust, self.school);
        Sql::of(&self.app.database).run(&format!(
            "INSERT INTO ticket_event SELECT {trust}, {school}, {pupil}, '{prize} {period}', '2026/2026-W' || (36 + n), 1, 'earned', \
                 '{prize}', '{period}', NULL, NULL, 'run', '2026-11-18T09:00:00Z', 'clockwork' \
             FROM generate_series(1, {tickets}) n"
        ));
    }

    /// The first pupil has one ticket, the second two, and so on, up to ten.
    pub fn give_all(&self) {
        for (number, pupil) in (0..).zip(&self.pupils) {
            self.give(*pupil, 1 + number % 10);
        }
    }

    /// Prepares a draw for the termly prize with these members beside; its id.
    pub fn prepare(&self, beside: Value) -> i32 {
        let mut body = json!({ "school_id": self.school, "prize": PRIZE, "period": TERM });
        body.as_object_mut().unwrap().extend(beside.as_object().unwrap().clone());
        id(&self.lead.post("/v1/draws", &body).expect(201), "draw_id")
    }

    /// Does something to a draw.
    pub fn to(&self, draw: i32, what: &str, body: Value) -> Answer {
        self.lead.post(&format!("/v1/draws/{draw}/{what}"), &body)
    }

    pub fn read(&self, draw: i32) -> Value {
        self.lead.get(&format!("/v1/draws/{draw}")).expect(200)
    }

    /// A draw that is frozen at the cut-off, on the evening of 15 December.
    pub fn frozen(&self, beside: Value) -> i32 {
        let draw = self.prepare(beside);
        self.app.clock.set("2026-12-01T07:00:00Z");
        self.to(draw, "opening", json!({})).expect(200);
        self.app.clock.set("2026-12-15T18:30:00Z");
        self.to(draw, "freeze", json!({})).expect(200);
        draw
    }

    /// The same, drawn a day later.
    pub fn drawn(&self, beside: Value) -> i32 {
        let draw = self.frozen(beside);
        self.app.clock.set("2026-12-16T19:00:00Z");
        self.to(draw, "drawing", json!({})).expect(200);
        draw
    }

    /// The receipt as anybody reads it who has the link.
    pub fn receipt(&self, draw: i32) -> String {
        let link = text(&self.read(draw), "receipt_link").to_owned();
        let answer = self.app.client_of("").get(&link);
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.text
    }
}

/// What the program and the other verifier say of a text: the exit code and the output of each.
pub fn verifiers(text: &str, options: &[&str]) -> [(Option<i32>, String); 2] {
    let folder = Folder::new();
    let file = folder.file("text.json");
    std::fs::write(&file, text).unwrap();
    let ours = {
        let slip = options.contains(&"--slip");
        let mut arguments = vec!["draw", if slip { "verify-slip" } else { "verify" }, &file];
        arguments.extend(options.iter().filter(|option| **option != "--slip"));
        if !slip {
            arguments.push("--test-beacon");
        }
        run(&mut rollcall(&arguments))
    };
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("tools/verify_draw.py");
    let mut arguments = vec![python.to_str().unwrap()];
    arguments.extend(options);
    if !options.contains(&"--slip") {
        arguments.push("--test-beacon");
    }
    arguments.push(&file);
    let others = run(program("python3", &arguments).env("PYTHONDONTWRITEBYTECODE", "1"));
    [ours, others].map(|ended| (ended.code, format!("{}{}", ended.out, ended.err)))
}
