//! A year under each of the five policies, at the school of the demonstration trust that follows it: its clock goes on from
//! day to day, its registers come in, its reviews open when they fall due, and its people do the rest over HTTP.

mod families;
mod flowchart;
mod high_attendance;
mod improvement;
mod met;
mod one_page;
mod strategy;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::ops::Deref;

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use self::families::{chosen, classes, parents};
use crate::support::app::Client;
use crate::support::build::{id, marks};
use crate::support::demonstration::{Registers, demonstration};
use crate::support::office::{Office, post};

/// A year at the school, with the families whom the story is about, numbered from 1.
pub(super) struct Story {
    office: Office,
    /// The policy that the school follows.
    policy: &'static str,
    /// Somebody in the office, who takes the calls.
    pub clerk: Client,
    registers: Registers,
    /// The families' classes.
    classes: Vec<i32>,
    /// The UPNs of everybody on roll.
    roll: BTreeSet<String>,
    /// The first day of which the registers have not come in.
    next: Cell<NaiveDate>,
    /// What the API has answered that it does not keep, such as the list of a morning.
    heard: RefCell<Vec<Value>>,
}

impl Deref for Story {
    type Target = Office;

    fn deref(&self) -> &Office {
        &self.office
    }
}

impl Story {
    /// At the school that follows a policy, on the first morning of September, with so many families of pupils who stay
    /// all year, each in another class as far as there are enough. `away` says when they are away.
    pub fn at_the_school_that_follows(
        policy: &'static str,
        families: usize,
        away: impl Fn(usize, usize) -> Option<&'static str> + 'static,
    ) -> Self {
        let (app, trust, schools) = demonstration();
        let school = schools.iter().find(|one| one.policy.as_deref() == Some(policy)).unwrap();
        let [lead, clerk] = ["school_lead", "school_office"]
            .map(|role| app.school_client(role, trust, &[school.school_id.number()]));
        let mut registers = Registers::of(&school.urn, Box::new(away));
        let classes = classes(&lead, school.school_id.number());
        let chosen = chosen(&lead, &classes, &registers.all_year(), families);
        registers.families = chosen.iter().map(|pupil| pupil.upn.clone()).collect();
        let pupils = chosen.iter().map(|pupil| pupil.pupil).collect();
        let classes_of = chosen.iter().map(|pupil| pupil.class).collect();
        let roll = classes.iter().flatten().map(|pupil| pupil.upn.clone()).collect();
        let next = Cell::new(app.today());
        let office = Office { app, lead, school: school.school_id.number(), pupils };
        let heard = RefCell::default();
        Self { office, policy, clerk, registers, classes: classes_of, roll, next, heard }
    }

    /// A quarter to nine on the morning of a day: all registers of the days before have come in.
    pub fn morning_of(&self, day: &str) {
        self.goes_on_to(&format!("{day}T07:45:00Z"), day.parse().unwrap());
    }

    /// The clock goes on to an instant, and the registers come in of the days before the one that is given.
    fn goes_on_to(&self, instant: &str, until: NaiveDate) {
        self.app.clock.set(instant);
        let file = self.registers.export(&self.roll, self.next.get(), until);
        self.next.set(until);
        if file.lines().count() > 1 {
            let query = format!("kind=marks&school_id={}", self.school);
            let import = self.lead.import(&query, file.as_bytes());
            assert_eq!(import["job"]["state"], "done", "{}", import["result"]["problems"]);
        }
    }

    /// The teacher of a family's class takes the register: everybody is there but the family's child.
    pub fn register(&self, family: usize, day: &str, session: &str, mark: &'static str) {
        let half = usize::from(session == "PM");
        self.registers.put(family, day.parse().unwrap(), half, mark);
        let path = format!("/v1/classes/{}/registers/{day}/{session}", self.classes[family - 1]);
        let teacher = self.colleague("teacher");
        let register = teacher.get(&path).expect(200);
        let present = ["/", "\\"][half];
        let marked = register["marks"].as_array().unwrap().iter().map(|row| {
            let pupil = id(row, "pupil_id");
            (pupil, if pupil == self.pupil(family) { mark } else { present })
        });
        teacher.put(&path, &marks(&marked.collect::<Vec<_>>())).expect(200);
    }

    /// What the list of a morning wants for a family's child, as "rule kind" with ", done" behind what is done.
    pub fn wanted(&self, family: usize, day: &str) -> Vec<String> {
        let told = |one: &Value| {
            let done = if one["done"] == true { ", done" } else { "" };
            Some(format!("{} {}{done}", one["rule"].as_str()?, one["kind"].as_str()?))
        };
        self.to_do(family, day).iter().filter_map(told).collect()
    }

    /// The steps of the search for a family's child that are still to be taken on a day.
    pub fn search(&self, family: usize, day: &str) -> Vec<String> {
        let open =
            |one: &Value| Some(one["step"].as_str()?.to_owned()).filter(|_| one["done"] == false);
        self.to_do(family, day).iter().filter_map(open).collect()
    }

    fn to_do(&self, family: usize, day: &str) -> Vec<Value> {
        let list = self.clerk.get(&format!("/v1/schools/{}/contacts/{day}", self.school));
        let list = list.expect(200);
        let of = |one: &&Value| one["pupil_id"] == self.pupil(family);
        let all = ["missing", "missing_since_morning"].map(|part| list[part].as_array().unwrap());
        let entry = all.into_iter().flatten().find(of);
        let entry = entry.unwrap_or_else(|| panic!("nobody of family {family} in {list:#}"));
        let to_do = entry["to_do"].as_array().unwrap().clone();
        self.heard.borrow_mut().push(list);
        to_do
    }

    /// The office tries to reach a parent, the first being number 1, about a family's child.
    pub fn tries(&self, family: usize, day: &str, (kind, parent): (&str, usize), reached: bool) {
        let body = json!({ "pupil_ids": [self.pupil(family)], "kind": kind, "reached": reached,
            "parent_id": self.parents(family)[parent - 1] });
        let path = format!("/v1/schools/{}/contacts/{day}/attempts", self.school);
        self.clerk.post(&path, &body).expect(201);
    }

    /// The parents of a family who have responsibility, in the order in which they are called.
    pub fn parents(&self, family: usize) -> Vec<i32> {
        parents(&self.lead, self.pupil(family))
    }

    /// The first review on a day or after it, which the clock opens when its hour comes; its key.
    pub fn looks_again(&self, from: &str) -> i64 {
        let from: NaiveDate = from.parse().unwrap();
        let path = format!(
            "/v1/schedules?limit=500&school_id={}&from={from}&to={}",
            self.school,
            from + Days::new(120)
        );
        let items = self.lead.get(&path).expect(200)["items"].clone();
        let review = items.as_array().unwrap().iter().find(|item| item["kind"] == "review");
        let review = review.unwrap_or_else(|| panic!("no review from {from}: {items}"));
        let day: NaiveDate = review["from"].as_str().unwrap().parse().unwrap();
        // In the evening the day's own registers are there too.
        let evening = review["local"].as_str().unwrap() > format!("{day}T12").as_str();
        let until = if evening { day + Days::new(1) } else { day };
        let due = review["due"].as_str().unwrap();
        self.goes_on_to(due, until);
        // What falls due while registers come in waits until they are there.
        let _clockwork = self.app.rollcall.work(0, true).unwrap();
        self.opens_at_late(&day.to_string(), due)
    }

    /// An answer that the API does not keep was read: the rules that it names count as met.
    pub fn heard(&self, answer: Value) -> Value {
        self.heard.borrow_mut().push(answer.clone());
        answer
    }

    /// The rule by which a review proposes something about each of these families; empty where it proposes nothing.
    pub fn proposed_about<const N: usize>(&self, review: i64, families: [usize; N]) -> [String; N] {
        let proposed = self.proposed(review);
        families.map(|family| {
            let about = |item: &&Value| item["pupil_id"] == self.pupil(family);
            let rules = proposed.iter().filter(about).map(|item| item["rule"].as_str().unwrap());
            rules.collect::<Vec<_>>().join(" ")
        })
    }

    /// The rules of everything that a review lists or proposes, about whomever.
    pub fn rules_of(&self, review: i64) -> BTreeSet<String> {
        let items = self.all(&format!("/v1/reviews/{review}/items"));
        items.iter().map(|item| item["rule"].as_str().unwrap().to_owned()).collect()
    }

    /// The letters about a family's child, earliest first.
    pub fn letters_about(&self, family: usize) -> Vec<Value> {
        let letters = self.all(&format!("/v1/letters?school_id={}", self.school));
        let about = |letter: &Value| letter["pupil_id"] == self.pupil(family);
        letters.into_iter().rev().filter(about).collect()
    }

    /// The names of these letters.
    pub fn letters_home(&self, family: usize) -> Vec<String> {
        let letters = self.letters_about(family);
        letters.iter().map(|letter| letter["name"].as_str().unwrap().to_owned()).collect()
    }

    /// What is to be done about a family, each line with its rule before it.
    pub fn to_do_about(&self, family: usize) -> Vec<String> {
        let actions = self.all(&format!("/v1/actions?school_id={}&open=true", self.school));
        let about = |action: &&Value| action["pupil_id"] == self.pupil(family);
        let told = |action: &Value| {
            let [rule, says] = ["rule", "says"].map(|name| action[name].as_str().unwrap());
            format!("{rule}: {says}")
        };
        actions.iter().filter(about).map(told).collect()
    }

    /// The stage of a family's case, if one is open.
    pub fn stage(&self, family: usize) -> Value {
        self.case(family)["stage"].clone()
    }

    /// A meeting is offered as an action asks, on the same day at 15:30; its place.
    pub fn offers(&self, family: usize, day: &str, action: (&str, &str)) -> String {
        let offer = json!({ "day": day, "at": "15:30:00", "place": "Room 3",
            "parents": self.parents(family), "agreed": true });
        let body = json!({ "about": self.about(family, Some(action)), "offer": offer });
        post(&self.lead, "/v1/meetings", &body)
    }

    /// Who came to a meeting is recorded in the afternoon of its day; where the case stands then.
    pub fn came(&self, meeting: &str, day: &str, parents: &[i32]) -> Value {
        self.goes_on_to(&format!("{day}T16:30:00Z"), day.parse().unwrap());
        let body = json!({ "parents": parents, "others": ["Attendance Lead"] });
        let told = self.lead.post(&format!("{meeting}/attendance"), &body).expect(200);
        told["case"]["stage"].clone()
    }

    /// All items of a list.
    pub fn all(&self, path: &str) -> Vec<Value> {
        let join = if path.contains('?') { '&' } else { '?' };
        self.lead.all(&format!("{path}{join}limit=500"), "")
    }
}
