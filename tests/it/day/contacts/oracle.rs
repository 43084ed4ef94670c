//! The list while registers come in, in any order, with everything that may happen in between: after every step it is
//! what the obvious recomputation says.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};

use super::naive::{self, Attempt, Child, Entry, Leave, Marks, Report, Said};
use crate::support::app::{Client, TestApp};
use crate::support::build::{class, id, school, unenrolled};
use crate::support::dice::Dice;
use crate::support::roll::enrol;

const DAYS: [&str; 4] = ["2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19"];
const CODES: [&str; 10] = ["N", "N", "N", "I", "O", "C", "U", "L", "X", "B"];
const STEPS: usize = 30;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

struct World {
    app: TestApp,
    admin: Client,
    school: i32,
    classes: [i32; 2],
    children: Vec<Child>,
    parent: i32,
    said: Said,
    closed: BTreeSet<(i32, NaiveDate, bool)>,
    today: NaiveDate,
}

impl World {
    fn new() -> Self {
        let app = TestApp::start();
        app.clock.set("2026-11-16T08:30:00Z");
        let admin = app.client("trust_admin", app.trust("Larkrise"));
        let school = school(&admin, 1, "primary");
        let classes = ["6A", "6B"].map(|name| class(&admin, school, name));
        let kinds = [("child_in_need", "yes"), ("looked_after", "yes"), ("sen", "ehcp")];
        let mut children = Vec::new();
        for number in 0..9_u8 {
            let born = if number == 3 { "2022-01-10" } else { "2015-03-14" };
            let pupil = unenrolled(&admin, school, u32::from(number) + 1, born);
            let class = classes[usize::from(number % 2)];
            // One leaves and one joins while the story goes on.
            let first = if number == 7 { "2026-11-17" } else { "2026-09-02" };
            let last = (number == 8).then_some("2026-11-17");
            let enrolment = enrol(&admin, pupil, class, (first, last)).expect(201);
            if let Some((kind, value)) = kinds.get(usize::from(number)) {
                let place = format!("/v1/enrolments/{}/characteristics", enrolment["enrolment_id"]);
                let fact = json!({ "kind": kind, "from_day": "2026-09-02", "value": value });
                admin.put(&place, &json!({ "characteristics": [fact] })).expect(200);
            }
            children.push(Child {
                pupil,
                class,
                first_day: day(first),
                last_day: last.map(day),
                priority: if number < 4 { number } else { 9 },
            });
        }
        let body = json!({ "person": { "surname": "A", "language": "en", "contacts": [
            { "kind": "mobile", "value": naive::NUMBERS[0] }, { "kind": "home", "value": naive::NUMBERS[1] },
        ] }, "link": { "relationship": "mother", "priority": 1 } });
        let place = format!("/v1/pupils/{}/parents", children[0].pupil);
        let parent = id(&admin.post(&place, &body).expect(201), "parent_id");
        for child in &children[1..] {
            let link = json!({ "relationship": "mother", "priority": 1 });
            admin.put(&format!("/v1/pupils/{}/parents/{parent}", child.pupil), &link).expect(200);
        }
        let (said, closed, today) = (Said::default(), BTreeSet::new(), day(DAYS[0]));
        Self { app, admin, school, classes, children, parent, said, closed, today }
    }

    fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    /// Somebody who is on roll today.
    fn child(&self, dice: &mut Dice) -> i32 {
        let on_roll: Vec<i32> = self
            .children
            .iter()
            .filter(|child| child.is_on_roll(self.today))
            .map(|child| child.pupil)
            .collect();
        *dice.pick(&on_roll)
    }

    fn step(&mut self, dice: &mut Dice) {
        let minutes = [0, 1, 7, 25][dice.below(4)];
        self.app.clock.set(&(self.now() + TimeDelta::minutes(minutes)).to_rfc3339());
        match dice.below(11) {
            0..=3 => self.register(dice),
            4 => self.amendment(dice),
            5 | 6 => self.attempt(dice),
            7 => self.report(dice),
            8 => self.withdrawal(dice),
            9 => self.leave(dice),
            _ => self.reason(dice),
        }
    }

    fn register(&mut self, dice: &mut Dice) {
        let class = *dice.pick(&self.classes);
        let afternoon = dice.below(2) == 1;
        let key = (class, self.today, afternoon);
        if self.closed.contains(&key) {
            return;
        }
        let present = if afternoon { "\\" } else { "/" };
        let mut marks = Vec::new();
        for child in
            self.children.iter().filter(|one| one.class == class && one.is_on_roll(self.today))
        {
            let mark = match dice.below(8) {
                0..=2 => Some(present),
                3 => None,
                _ => Some(*dice.pick(&CODES)),
            };
            marks.push(json!({ "pupil_id": child.pupil, "mark": mark }));
        }
        let close = dice.below(5) == 0;
        let session = if afternoon { "PM" } else { "AM" };
        let place = format!("/v1/classes/{class}/registers/{}/{session}", self.today);
        let body = json!({ "marks": marks, "close": close });
        let saved = self.admin.put(&place, &body).expect(200);
        let taken = saved["taken_at"].as_str().unwrap().parse().unwrap();
        self.said.saved.entry(key).or_insert(taken);
        if close {
            self.closed.insert(key);
        }
    }

    fn amendment(&self, dice: &mut Dice) {
        let child = &self.children[dice.below(self.children.len())];
        let days: Vec<&str> = DAYS
            .into_iter()
            .filter(|text| day(text) <= self.today && child.is_on_roll(day(text)))
            .collect();
        if days.is_empty() {
            return;
        }
        let session = *dice.pick(&["AM", "PM"]);
        let change =
            json!({ "date": dice.pick(&days), "session": session, "mark": dice.pick(&CODES) });
        let place = format!("/v1/pupils/{}/marks/amendments", child.pupil);
        self.admin.post(&place, &json!({ "reason": "Seen", "changes": [change] })).expect(201);
    }

    fn attempt(&mut self, dice: &mut Dice) {
        let pupil = self.child(dice);
        let kind = *dice.pick(&["call", "call", "text"]);
        let reached = dice.below(3) == 0;
        let accounts = reached && dice.below(2) == 0;
        let number = [None, Some(0), Some(1)][dice.below(3)];
        let until = (reached && dice.below(3) == 0)
            .then(|| self.today + TimeDelta::days(1 + dice.below(3) as i64));
        let body = json!({
            "pupil_ids": [pupil], "parent_id": self.parent, "kind": kind, "reached": reached, "no_call_until": until,
            "accounts_for": accounts, "number": number.map(|number: usize| naive::NUMBERS[number]),
        });
        let place = format!("/v1/schools/{}/contacts/{}/attempts", self.school, self.today);
        let kept = self.admin.post(&place, &body).expect(201);
        let id = kept["attempts"][0]["attempt_id"].as_i64().unwrap();
        let (day, at) = (self.today, self.now());
        self.said.attempts.push(Attempt {
            id,
            pupil,
            day,
            at,
            kind,
            number,
            reached,
            accounts,
            until,
        });
    }

    fn report(&mut self, dice: &mut Dice) {
        let pupil = self.child(dice);
        let last = self.today + TimeDelta::days(dice.below(3) as i64);
        let reason = format!("Reason {}", dice.below(1_000));
        let body = json!({
            "pupil_id": pupil, "first_day": self.today, "last_day": last, "reason": reason, "reported_by": "Mother",
        });
        let place = format!("/v1/schools/{}/reported-absences", self.school);
        let kept = self.admin.post(&place, &body).expect(201)["report_id"].as_i64().unwrap();
        self.said.reports.push(Report(kept, pupil, self.today, last, reason));
    }

    fn withdrawal(&mut self, dice: &mut Dice) {
        if self.said.reports.is_empty() {
            return;
        }
        let gone = self.said.reports.remove(dice.below(self.said.reports.len()));
        let place = format!("/v1/reported-absences/{}/withdrawal", gone.0);
        self.admin.post(&place, &json!({ "reason": "Another child" })).expect(200);
    }

    fn leave(&mut self, dice: &mut Dice) {
        let pupil = self.child(dice);
        let last = self.today + TimeDelta::days(dice.below(2) as i64);
        let body = json!({
            "pupil_id": pupil, "first_day": self.today, "last_day": last, "reason": "A wedding", "requested_by": "Father",
        });
        let place = format!("/v1/schools/{}/leave-requests", self.school);
        let leave = self.admin.post(&place, &body).expect(201)["leave_id"].clone();
        let granted = dice.below(2) == 0;
        let decision = if granted {
            json!({ "granted": true, "code": "C" })
        } else {
            json!({ "granted": false, "reason": "Not exceptional" })
        };
        if granted || dice.below(2) == 0 {
            self.admin.post(&format!("/v1/leave-requests/{leave}/decision"), &decision).expect(200);
        }
        self.said.leave.push(Leave(pupil, self.today, last, granted));
    }

    fn reason(&self, dice: &mut Dice) {
        let body = json!({ "pupil_ids": [self.child(dice)], "code": dice.pick(&["I", "M", "O"]), "reason": "Said so" });
        let place = format!("/v1/schools/{}/contacts/{}/reasons", self.school, self.today);
        self.admin.post(&place, &body).expect(201);
    }

    /// Every pupil's marks, as they are read one by one.
    fn marks(&self) -> BTreeMap<i32, Marks> {
        let read = |child: &Child| {
            let path = format!("/v1/pupils/{}/marks?from=2026-09-01&to=2026-12-18", child.pupil);
            let page = self.admin.get(&path).expect(200);
            let mark = |one: &Value| {
                let date = day(one["date"].as_str().unwrap());
                (date, one["session"] == "PM", one["mark"].as_str().unwrap().to_owned())
            };
            (child.pupil, page["marks"].as_array().unwrap().iter().map(mark).collect())
        };
        self.children.iter().map(read).collect()
    }

    fn list(&self, date: NaiveDate) -> Value {
        self.admin.get(&format!("/v1/schools/{}/contacts/{date}", self.school)).expect(200)
    }

    /// Compares the list of a day; how many stand in it.
    fn compare(&self, date: NaiveDate, what: &str) -> usize {
        let list = self.list(date);
        let expected = naive::list(&self.children, &self.marks(), &self.said, (date, self.now()));
        let count = expected.len();
        let (afternoon, morning): (Vec<Entry>, Vec<Entry>) =
            expected.into_iter().partition(|entry| entry.since_morning);
        let found = |part: &str, since_morning| -> Vec<Entry> {
            let all = list[part].as_array().unwrap().iter();
            all.map(|one| read(one, since_morning)).collect()
        };
        assert_eq!(found("missing", false), morning, "{what} {date}");
        assert_eq!(found("missing_since_morning", true), afternoon, "{what} {date}");
        for (session, afternoon) in [(0, false), (1, true)] {
            let noon = date.and_hms_opt(12, 0, 0).unwrap().and_utc();
            let due = |class: &&i32| {
                let anybody =
                    self.children.iter().any(|one| one.class == **class && one.is_on_roll(date));
                anybody && (!afternoon || noon <= self.now())
            };
            let missing = self.classes.iter().filter(due);
            let missing: Vec<i32> = missing
                .filter(|class| !self.said.saved.contains_key(&(**class, date, afternoon)))
                .copied()
                .collect();
            let told = list["registers"][session]["missing"].as_array().unwrap().iter();
            let told: Vec<i32> = told.map(|one| id(one, "class_id")).collect();
            assert_eq!(told, missing, "{what} {date}: registers");
        }
        count
    }
}

/// What stands in the real list about a pupil.
fn read(one: &Value, since_morning: bool) -> Entry {
    let number = |name: &str| one[name].as_u64().unwrap();
    let reason = one["reason"].as_str().map(|reason| {
        if reason.starts_with("Reason ") {
            reason.to_owned()
        } else if reason.starts_with("leave was granted") {
            "leave was granted".to_owned()
        } else {
            "a code".to_owned()
        }
    });
    Entry {
        pupil: id(one, "pupil_id"),
        since_morning,
        question: ["why_away", "which_code", "ask_more", "nothing"]
            .into_iter()
            .find(|name| one["question"] == *name)
            .unwrap(),
        since: day(one["since"].as_str().unwrap()),
        day: number("day_of_absence"),
        sessions: (number("sessions_absent"), number("sessions_possible")),
        reason,
        attempts: one["attempts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|attempt| attempt["attempt_id"].as_i64().unwrap())
            .collect(),
        due_at: one["due_at"].as_str().map(|at| at.parse().unwrap()),
        overdue: one["overdue"] == true,
    }
}

#[test]
fn the_list_is_always_what_the_obvious_recomputation_says() {
    let mut seen = 0;
    for seed in [3, 1_789, 20_261_118] {
        let (mut world, mut dice) = (World::new(), Dice(seed));
        for (number, text) in DAYS.into_iter().enumerate() {
            world.today = day(text);
            world.app.clock.set(&format!("{text}T08:30:00Z"));
            for step in 0..STEPS {
                world.step(&mut dice);
                let what = format!("seed {seed}, step {step} of");
                seen += world.compare(world.today, &what);
                if number > 0 && step % 5 == 0 {
                    world.compare(day(DAYS[number - 1]), &what);
                }
            }
        }
    }
    assert!(seen > 500, "the lists were nearly empty: {seen}");
}
