//! The day's contacts: from the first register of a morning until everybody is accounted for.

mod families;
mod leave;
mod naive;
mod oracle;
mod policies;
mod registers;
mod search;

use serde_json::{Value, json};

use crate::support::app::{Answer, Client, TestApp};
use crate::support::build::{id, marks};
use crate::support::one_school::OneSchool;
use crate::support::weeks::send_marks;

/// A school on the morning of Wednesday 18 November 2026, with a class of pupils numbered from 1.
struct Morning {
    app: TestApp,
    admin: Client,
    office: Client,
    lead: Client,
    school: i32,
    class: i32,
    pupils: Vec<i32>,
}

impl Morning {
    /// At a school that follows a policy, or none.
    fn at_a_school_that_follows(policy: Option<&Value>, pupils: u32) -> Self {
        let begun = OneSchool::since_september(TestApp::start(), pupils);
        if let Some(policy) = policy {
            let place = format!("/v1/schools/{}/policy/pathway/2026-09-01", begun.school);
            begun.admin.put(&place, policy).expect(200);
        }
        let [office, lead] = ["school_office", "school_lead"].map(|role| begun.colleague(role));
        let OneSchool { app, admin, school, class, pupils, .. } = begun;
        let morning = Self { app, admin, office, lead, school, class, pupils };
        morning.at("2026-11-18T08:50:00Z");
        morning
    }

    /// Sends the marks of every pupil from September until yesterday; one of them misses ten days early on.
    fn after_weeks_in_which_one_was_often_away(&self, number: u32) {
        let all: Vec<u32> = (1..).take(self.pupils.len()).collect();
        let days = ("2026-09-02", "2026-11-17");
        let away = |pupil, day| (pupil == number && day < 10).then_some("I");
        send_marks(&self.admin, self.school, &all, days, away);
    }

    fn pupil(&self, number: usize) -> i32 {
        self.pupils[number - 1]
    }

    fn at(&self, instant: &str) {
        self.app.clock.set(instant);
    }

    /// Saves the class's register: everybody is there but those named.
    fn register(&self, date: &str, session: &str, away: &[(usize, &str)]) {
        let present = if session == "AM" { "/" } else { "\\" };
        let mark = |number: usize| {
            away.iter().find(|(one, _)| *one == number).map_or(present, |(_, mark)| *mark)
        };
        let all: Vec<(i32, &str)> =
            (1..=self.pupils.len()).map(|number| (self.pupil(number), mark(number))).collect();
        let place = format!("/v1/classes/{}/registers/{date}/{session}", self.class);
        self.admin.put(&place, &marks(&all)).expect(200);
    }

    fn list_of(&self, client: &Client, date: &str) -> Value {
        client.get(&format!("/v1/schools/{}/contacts/{date}", self.school)).expect(200)
    }

    fn list(&self, date: &str) -> Value {
        self.list_of(&self.office, date)
    }

    /// What stands in a list about a pupil.
    #[track_caller]
    fn entry(&self, list: &Value, number: usize) -> Value {
        let all = ["missing", "missing_since_morning"].map(|part| list[part].as_array().unwrap());
        let mut of = all.into_iter().flatten().filter(|one| one["pupil_id"] == self.pupil(number));
        of.next().unwrap_or_else(|| panic!("pupil {number} is not in {list:#}")).clone()
    }

    /// The numbers of the pupils in a part of a list, in its order.
    fn order(&self, part: &Value) -> Vec<usize> {
        let number = |one: &Value| {
            1 + self.pupils.iter().position(|pupil| one["pupil_id"] == *pupil).unwrap()
        };
        part.as_array().unwrap().iter().map(number).collect()
    }

    fn attempt(&self, date: &str, body: &Value) -> Answer {
        self.office.post(&format!("/v1/schools/{}/contacts/{date}/attempts", self.school), body)
    }

    /// A call about one pupil; whoever is reached accounts for the child.
    fn call(&self, date: &str, number: usize, parent: i32, reached: bool) -> Value {
        let body = json!({
            "pupil_ids": [self.pupil(number)], "parent_id": parent, "kind": "call", "reached": reached,
            "accounts_for": reached,
        });
        self.attempt(date, &body).expect(201)
    }

    fn report(&self, body: &Value) -> Answer {
        self.office.post(&format!("/v1/schools/{}/reported-absences", self.school), body)
    }

    /// A parent of these pupils who has a mobile telephone.
    fn parent(&self, numbers: &[usize], relationship: &str, priority: i16) -> i32 {
        let person = json!({
            "surname": format!("{relationship}{priority}"), "language": "pl",
            "contacts": [{ "kind": "mobile", "value": "07700 900123" }],
        });
        let link = json!({ "relationship": relationship, "priority": priority });
        let [first, others @ ..] = numbers else { panic!("nobody's parent") };
        let body = json!({ "person": person, "link": link });
        let place = format!("/v1/pupils/{}/parents", self.pupil(*first));
        let parent = id(&self.admin.post(&place, &body).expect(201), "parent_id");
        for other in others {
            let place = format!("/v1/pupils/{}/parents/{parent}", self.pupil(*other));
            self.admin.put(&place, &link).expect(200);
        }
        parent
    }

    fn characteristic(&self, number: usize, kind: &str, value: &str) {
        let pupil = self.pupil(number);
        let enrolments = self.admin.get(&format!("/v1/enrolments?pupil_id={pupil}")).expect(200);
        let place =
            format!("/v1/enrolments/{}/characteristics", enrolments["items"][0]["enrolment_id"]);
        let fact = json!({ "kind": kind, "from_day": "2026-09-02", "value": value });
        self.admin.put(&place, &json!({ "characteristics": [fact] })).expect(200);
    }

    /// What is to be done that a visit has not settled, for the school's people.
    fn visits_to_make(&self) -> Vec<(i32, String)> {
        let path = format!("/v1/actions?school_id={}&open=true", self.school);
        let actions = self.lead.get(&path).expect(200);
        let told = |row: &Value| (id(row, "pupil_id"), row["rule"].as_str().unwrap().to_owned());
        actions["items"].as_array().unwrap().iter().map(told).collect()
    }
}

/// What a policy wants of somebody: rule, kind, and whether it is done.
fn to_do(entry: &Value) -> Vec<String> {
    let told = |one: &Value| {
        let done = if one["done"] == true { ", done" } else { "" };
        let rule = one["rule"].as_str().unwrap_or("no rule");
        format!("{rule} {}{done}", one["kind"].as_str().unwrap())
    };
    let of_a_policy = |one: &&Value| one["rule"].is_string();
    entry["to_do"].as_array().unwrap().iter().filter(of_a_policy).map(told).collect()
}

/// What is to be done to find a child: step, number, time, and whether it is done.
fn search(entry: &Value) -> Vec<String> {
    let told = |one: &Value| {
        let due = one["due_at"].as_str().map(|at| at[11..16].to_owned());
        let done = (one["done"] == true).then(|| "done".to_owned());
        let number = one["number"].as_str().map(str::to_owned);
        let parts = [Some(one["step"].as_str().unwrap().to_owned()), number, due, done];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    };
    let steps = entry["to_do"].as_array().unwrap().iter().filter(|one| one["step"].is_string());
    steps.map(told).collect()
}

/// The day of most stories.
const FIRST: &str = "2026-11-18";

#[test]
fn a_morning_from_the_first_register_until_everybody_is_accounted_for() {
    let policy = json!({ "policy": "one-page" });
    let morning = Morning::at_a_school_that_follows(Some(&policy), 6);
    morning.after_weeks_in_which_one_was_often_away(5);
    morning.characteristic(3, "looked_after", "yes");
    let mother = morning.parent(&[2], "mother", 1);
    let carer = morning.parent(&[3], "foster_carer", 1);
    let report = before_the_register(&morning);
    with_the_register(&morning);
    at_half_past_nine(&morning, mother, carer);
    the_carer_says_why(&morning);
    the_report_was_about_another_child(&morning, &report);
    gone_in_the_afternoon(&morning);
}

/// Before the register there is nobody to call, and one register to ask for. A mother has rung already (O-01).
fn before_the_register(morning: &Morning) -> Value {
    morning.at("2026-11-18T08:20:00Z");
    let rang = json!({ "pupil_id": morning.pupil(4), "first_day": FIRST, "reason": "A cold", "reported_by": "Mother, by telephone" });
    let report = morning.report(&rang).expect(201);
    let list = morning.list(FIRST);
    assert_eq!((&list["missing"], &list["policy"]), (&json!([]), &json!("one-page")));
    assert_eq!(list["reported"][0]["report_id"], report["report_id"]);
    assert_eq!(list["registers"][0]["missing"][0]["class_id"], morning.class);
    report
}

/// With the register the list is live: in care first, then the persistent absentee; who was reported comes last.
fn with_the_register(morning: &Morning) {
    morning.at("2026-11-18T08:50:00Z");
    morning.register(FIRST, "AM", &[(2, "N"), (3, "N"), (4, "N"), (5, "N"), (6, "I")]);
    let list = morning.list(FIRST);
    assert_eq!(morning.order(&list["missing"]), [3, 5, 2, 4, 6]);
    let questions: Vec<&Value> =
        list["missing"].as_array().unwrap().iter().map(|one| &one["question"]).collect();
    assert_eq!(questions, ["why_away", "why_away", "why_away", "which_code", "nothing"]);
    let second = morning.entry(&list, 2);
    assert_eq!(to_do(&second), ["O-02 call"]);
    assert_eq!(
        (&second["due_at"], &second["overdue"]),
        (&json!("2026-11-18T09:30:00Z"), &json!(false))
    );
    assert_eq!(second["parents"][0]["parent"]["person"]["contacts"][0]["value"], "07700 900123");
    assert_eq!(second["parents"][0]["parent"]["person"]["language"], "pl");
    assert_eq!(morning.entry(&list, 3)["priority"], json!(["in_care"]));
    let fourth = morning.entry(&list, 4);
    assert_eq!(
        (to_do(&fourth), &fourth["reason"]),
        (vec!["O-01 task, done".to_owned()], &json!("A cold"))
    );
    assert_eq!(morning.entry(&list, 6)["due_at"], Value::Null, "nothing is to be asked");
}

/// At half past nine whoever was not called stands out (O-02); of whoever was, the text is next (O-03).
fn at_half_past_nine(morning: &Morning, mother: i32, carer: i32) {
    morning.call(FIRST, 2, mother, false);
    morning.call(FIRST, 3, carer, true);
    morning.at("2026-11-18T09:30:00Z");
    let list = morning.list(FIRST);
    let [second, third, fifth] = [2, 3, 5].map(|number| morning.entry(&list, number));
    assert_eq!(to_do(&second), ["O-02 call, done", "O-03 message"]);
    assert_eq!(
        search(&second),
        ["call, 07700 900123, 09:30, done", "text, 09:30", "decide, 10:30"],
        "the lead decides when everybody was rung"
    );
    assert_eq!((&second["next"]["step"], &second["overdue"]), (&json!("text"), &json!(true)));
    assert_eq!(second["attempts"][0]["made_at"], "2026-11-18T08:50:00Z");
    assert_eq!(second["attempts"][0]["recorded_by"], "test-school_office");
    assert_eq!((&third["question"], &third["overdue"]), (&json!("which_code"), &json!(false)));
    assert!(third["next"]["says"].as_str().unwrap().starts_with("choose the code"), "{third:#}");
    assert_eq!((&fifth["next"]["step"], &fifth["overdue"]), (&json!("decide"), &json!(true)));
    let text = json!({ "pupil_ids": [morning.pupil(2)], "parent_id": mother, "kind": "text", "reached": false });
    morning.attempt(FIRST, &text).expect(201);
    let second = morning.entry(&morning.list(FIRST), 2);
    assert_eq!((&second["next"]["step"], &second["overdue"]), (&json!("decide"), &json!(false)));
    assert_eq!(second["accounted_for"], false, "a voicemail and a text end nothing");
}

/// The carer says why. The person who heard it chooses the code; the first entry stays in the history.
fn the_carer_says_why(morning: &Morning) {
    let said = json!({ "pupil_ids": [morning.pupil(3)], "code": "M", "reason": "Carer: at the dentist's" });
    let place = format!("/v1/schools/{}/contacts/{FIRST}/reasons", morning.school);
    let given = morning.office.post(&place, &said).expect(201);
    let change = &given["pupils"][0]["changes"][0];
    assert_eq!((&change["from"], &change["to"]), (&json!("N"), &json!("M")));
    let history = format!("/v1/pupils/{}/marks/{FIRST}/AM/history", morning.pupil(3));
    let history = morning.office.get(&history).expect(200).to_string();
    assert!(history.contains("at the dentist's") && history.contains("amendment"), "{history}");
    let list = morning.list(FIRST);
    assert_eq!(morning.order(&list["missing"]), [5, 2, 4, 3, 6]);
    assert_eq!(morning.entry(&list, 3)["question"], "nothing");
}

/// The report was about another child: nobody knows where this one is. That one came late.
fn the_report_was_about_another_child(morning: &Morning, report: &Value) {
    let report = format!("/v1/reported-absences/{}/withdrawal", report["report_id"]);
    morning.office.post(&report, &json!({ "reason": "It was about a cousin" })).expect(200);
    let amend = json!({ "reason": "Came at ten", "changes": [{ "date": FIRST, "session": "AM", "mark": "U" }] });
    let place = format!("/v1/pupils/{}/marks/amendments", morning.pupil(5));
    morning.office.post(&place, &amend).expect(201);
    let list = morning.list(FIRST);
    assert_eq!(morning.order(&list["missing"]), [2, 4, 3, 6]);
    assert_eq!(morning.entry(&list, 4)["question"], "why_away");
}

/// One who was here in the morning is gone in the afternoon: that is a list of its own, and due at once.
fn gone_in_the_afternoon(morning: &Morning) {
    morning.at("2026-11-18T13:05:00Z");
    morning.register(FIRST, "PM", &[(1, "N"), (2, "N"), (3, "M"), (4, "N"), (6, "I")]);
    let list = morning.list(FIRST);
    assert_eq!(morning.order(&list["missing_since_morning"]), [1]);
    let first = morning.entry(&list, 1);
    assert_eq!(
        (&first["due_at"], &first["overdue"]),
        (&json!("2026-11-18T13:05:00Z"), &json!(true))
    );
}

#[test]
fn the_days_after_it() {
    let policy = json!({ "policy": "one-page" });
    let morning = Morning::at_a_school_that_follows(Some(&policy), 2);
    let mother = morning.parent(&[1], "mother", 1);
    morning.register("2026-11-18", "AM", &[(1, "N")]);
    morning.register("2026-11-18", "PM", &[(1, "N")]);
    morning.call("2026-11-18", 1, mother, true);

    // On a further day staff speak with the parents again (O-04), unless it was agreed that they need not.
    morning.at("2026-11-19T09:00:00Z");
    morning.register("2026-11-19", "AM", &[(1, "I")]);
    let entry = morning.entry(&morning.list("2026-11-19"), 1);
    assert_eq!(to_do(&entry), ["O-04 talk"]);
    assert_eq!((&entry["since"], &entry["day_of_absence"]), (&json!("2026-11-18"), &json!(2)));
    let agreed = json!({
        "pupil_ids": [morning.pupil(1)], "parent_id": mother, "kind": "call", "reached": true,
        "says": "Chickenpox, away until Tuesday", "no_call_until": "2026-11-24",
    });
    morning.attempt("2026-11-19", &agreed).expect(201);
    morning.at("2026-11-20T09:00:00Z");
    morning.register("2026-11-20", "AM", &[(1, "I")]);
    let entry = morning.entry(&morning.list("2026-11-20"), 1);
    assert_eq!((to_do(&entry), &entry["no_call_until"]), (vec![], &json!("2026-11-24")));
    // The weekend is no break, and the agreement ends.
    morning.at("2026-11-24T09:00:00Z");
    morning.register("2026-11-24", "AM", &[(1, "I")]);
    let entry = morning.entry(&morning.list("2026-11-24"), 1);
    assert_eq!(
        (to_do(&entry), &entry["day_of_absence"]),
        (vec!["O-04 talk".to_owned()], &json!(4))
    );

    // One reason explains every day of it that had none.
    let said = json!({ "pupil_ids": [morning.pupil(1)], "code": "I", "reason": "Chickenpox", "from": "2026-11-18" });
    let place = format!("/v1/schools/{}/contacts/2026-11-24/reasons", morning.school);
    let given = morning.office.post(&place, &said).expect(201);
    let changed = given["pupils"][0]["changes"].as_array().unwrap();
    assert_eq!(changed.len(), 2, "the first morning and afternoon: {given:#}");
}

#[test]
fn half_past_nine_is_by_the_schools_own_clock() {
    let morning = Morning::at_a_school_that_follows(None, 1);
    morning.at("2026-09-09T08:20:00Z");
    morning.register("2026-09-09", "AM", &[(1, "N")]);
    let entry = morning.entry(&morning.list("2026-09-09"), 1);
    assert_eq!(
        (&entry["due_at"], &entry["overdue"]),
        (&json!("2026-09-09T08:30:00Z"), &json!(false))
    );
    assert_eq!(search(&entry), ["decide, 08:30"], "there is nobody to ring");
    morning.at("2026-09-09T08:31:00Z");
    assert_eq!(morning.entry(&morning.list("2026-09-09"), 1)["overdue"], true);
}

#[test]
fn what_is_not_right_is_refused_and_nothing_is_kept() {
    let morning = Morning::at_a_school_that_follows(None, 2);
    let mother = morning.parent(&[1], "mother", 1);
    let first = morning.pupil(1);
    let pointer = |answer: Answer| {
        assert_eq!(answer.status, 422, "{}", answer.text);
        answer.body["errors"][0]["pointer"].as_str().unwrap().to_owned()
    };
    let call = |change: Value| {
        let mut body =
            json!({ "pupil_ids": [first], "parent_id": mother, "kind": "call", "reached": false });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        morning.attempt("2026-11-18", &body)
    };
    assert_eq!(pointer(call(json!({ "pupil_ids": [] }))), "/pupil_ids");
    assert_eq!(pointer(call(json!({ "whom": "Aunt" }))), "/parent_id");
    assert_eq!(pointer(call(json!({ "says": "" }))), "/says");
    assert_eq!(pointer(call(json!({ "number": "999999" }))), "/number");
    assert_eq!(pointer(call(json!({ "accounts_for": true }))), "/accounts_for");
    assert_eq!(pointer(call(json!({ "professional": "police" }))), "/professional");
    let nobody = json!({ "parent_id": null, "whom": "Aunt", "number": "07700 900123" });
    assert_eq!(pointer(call(nobody)), "/number");
    assert_eq!(pointer(call(json!({ "made_at": "2026-11-18T08:51:00Z" }))), "/made_at");
    assert_eq!(pointer(call(json!({ "no_call_until": "2026-11-20" }))), "/no_call_until");
    assert_eq!(
        pointer(call(json!({ "reached": true, "no_call_until": "2026-11-18" }))),
        "/no_call_until"
    );
    assert_eq!(call(json!({ "pupil_ids": [morning.pupil(2)] })).problem(404), "not-found");
    assert_eq!(call(json!({ "kind": "pigeon" })).problem(400), "bad-body");
    let body = json!({ "pupil_ids": [first], "whom": "Aunt", "kind": "call", "reached": false });
    assert_eq!(morning.attempt("2026-11-19", &body).problem(422), "future-mark");

    let report = |change: Value| {
        let mut body = json!({ "pupil_id": first, "first_day": "2026-11-18", "reason": "A cold", "reported_by": "Mother" });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        morning.report(&body)
    };
    assert_eq!(pointer(report(json!({ "last_day": "2026-11-17" }))), "/last_day");
    assert_eq!(pointer(report(json!({ "expected_back": "2026-11-18" }))), "/last_day");
    let back = json!({ "last_day": "2026-11-20", "expected_back": "2026-11-20" });
    assert_eq!(pointer(report(back)), "/expected_back");
    assert_eq!(pointer(report(json!({ "reason": " " }))), "/reason");
    assert_eq!(pointer(report(json!({ "reported_at": "2026-11-18T08:51:00Z" }))), "/reported_at");
    assert_eq!(report(json!({ "first_day": "2026-09-01" })).problem(422), "not-on-roll");

    let reasons = format!("/v1/schools/{}/contacts/2026-11-18/reasons", morning.school);
    morning.register("2026-11-18", "AM", &[(1, "N")]);
    let said = |code: &str, from: &str| {
        let body = json!({ "pupil_ids": [first], "code": code, "reason": "Ill", "from": from });
        morning.office.post(&reasons, &body)
    };
    assert_eq!(pointer(said("QQ", "2026-11-18")), "/code");
    assert_eq!(pointer(said("\\", "2026-11-18")), "/code");
    assert_eq!(pointer(said("I", "2026-11-19")), "/from");
    let of_nobody = json!({ "pupil_ids": [], "code": "I", "reason": "Ill" });
    assert_eq!(pointer(morning.office.post(&reasons, &of_nobody)), "/pupil_ids");
    let list = morning.list("2026-11-18");
    assert_eq!(morning.entry(&list, 1)["am"], "N");
    assert_eq!((&list["reported"], &morning.entry(&list, 1)["attempts"]), (&json!([]), &json!([])));
}

#[test]
fn what_is_sent_twice_with_one_key_is_kept_once() {
    let morning = Morning::at_a_school_that_follows(None, 1);
    morning.register("2026-11-18", "AM", &[(1, "N")]);
    let school = format!("/v1/schools/{}", morning.school);
    let first = morning.pupil(1);
    let call = json!({ "pupil_ids": [first], "whom": "Aunt", "kind": "call", "reached": false });
    let report = json!({ "pupil_id": first, "first_day": "2026-11-18", "reason": "A cold", "reported_by": "Aunt" });
    let leave = json!({ "pupil_id": first, "first_day": "2026-11-18", "last_day": "2026-11-18", "reason": "A cold", "requested_by": "Aunt" });
    for (path, body) in [
        ("contacts/2026-11-18/attempts", &call),
        ("reported-absences", &report),
        ("leave-requests", &leave),
    ] {
        for _ in 0..2 {
            let headers = [("idempotency-key", "once")];
            morning.office.json("POST", &format!("{school}/{path}"), &headers, body).expect(201);
        }
    }
    let list = morning.list("2026-11-18");
    let count = |of: &Value| of.as_array().unwrap().len();
    let entry = morning.entry(&list, 1);
    assert_eq!([&entry["attempts"], &list["reported"], &list["leave"]].map(count), [1, 1, 1]);
}
