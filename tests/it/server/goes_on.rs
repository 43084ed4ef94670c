//! `rollcall registers`: the demonstration goes on around what somebody has recorded in it, on any day of the year.

use std::fs;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use serde_json::{Value, json};

use crate::support::app::Client;
use crate::support::build::{id, upn};
use crate::support::folder::Folder;
use crate::support::program::{Running, rollcall, run};

/// A demonstration of two schools, with its administrator.
struct Demo {
    data: Folder,
    admin: Client,
    _running: Running,
}

impl Demo {
    fn start() -> Self {
        let data = Folder::new();
        let mut command = rollcall(&["demo", "--listen", "127.0.0.1:0", "--data", data.text()]);
        let mut running = Running::start(command.args(["--schools", "2", "--pupils", "300"]));
        running.wait_for("Stop         Ctrl-C");
        let notes = fs::read(data.file("demo.json")).unwrap();
        let notes: Value = serde_json::from_slice(&notes).unwrap();
        let part = |value: &Value| value.as_str().unwrap().to_owned();
        let admin = Client::new(&part(&notes["address"]), &part(&notes["tokens"]["trust_admin"]));
        Self { data, admin, _running: running }
    }

    fn today(&self) -> NaiveDate {
        let clock = self.admin.get("/v1/trust/clock").expect(200);
        clock["now"].as_str().unwrap().parse::<DateTime<Utc>>().unwrap().date_naive()
    }

    /// Moves the clock to the afternoon of a day, and lets the schools record what they would have.
    #[track_caller]
    fn goes_on_to(&self, day: NaiveDate) {
        self.clock(day);
        self.goes_on(day);
    }

    #[track_caller]
    fn goes_on(&self, day: NaiveDate) {
        let said = run(&mut rollcall(&["registers", "--data", self.data.text()]));
        assert_eq!(said.code, Some(0), "{day}: {}{}", said.out, said.err);
    }

    fn clock(&self, day: NaiveDate) {
        let now = day.and_hms_opt(17, 0, 0).unwrap().and_utc();
        self.admin.put("/v1/trust/clock", &json!({ "now": now })).expect(200);
    }

    /// A class's register of a morning; `None` on a closed day.
    fn register(&self, class: i32, day: NaiveDate) -> Option<Value> {
        let answer = self.admin.get(&format!("/v1/classes/{class}/registers/{day}/AM"));
        (answer.status == 200).then_some(answer.body)
    }

    /// The marks of a pupil on a day.
    fn marks(&self, pupil: i32, from: NaiveDate, to: NaiveDate) -> Vec<Value> {
        let path = format!("/v1/pupils/{pupil}/marks?from={from}&to={to}");
        self.admin.get(&path).expect(200)["marks"].as_array().unwrap().clone()
    }
}

/// What somebody recorded on a day.
struct Recorded {
    day: NaiveDate,
    class: i32,
    taken: Vec<i32>,
    excused: i32,
    leaver: i32,
    mover: i32,
    renamed: i32,
    renumbered: (i32, String),
    calendar: (String, Value),
}

impl Recorded {
    /// Records a register, a reason, a leaver, a mover, corrections and a closure.
    fn on(demo: &Demo, day: NaiveDate) -> Self {
        let admin = &demo.admin;
        let items = |path: &str| admin.get(path).expect(200)["items"].as_array().unwrap().clone();
        let schools: Vec<i32> =
            items("/v1/schools").iter().map(|one| id(one, "school_id")).collect();
        let classes = |school: i32| {
            let classes = items(&format!("/v1/classes?school_id={school}&limit=500"));
            let there = |class: &i32| {
                let register = demo.register(*class, day);
                register.is_some_and(|one| one["marks"].as_array().unwrap().len() > 8)
            };
            let ids = classes.iter().map(|class| id(class, "class_id"));
            ids.filter(there).collect::<Vec<i32>>()
        };
        let (here, there) = (classes(schools[0]), classes(schools[1]));
        let pupils = |class: i32| {
            let register = demo.register(class, day).unwrap();
            let marks = register["marks"].as_array().unwrap();
            marks.iter().map(|one| id(one, "pupil_id")).collect::<Vec<i32>>()
        };
        let (class, taken, others) = (here[0], pupils(here[0]), pupils(here[1]));
        let marks: Vec<Value> =
            taken.iter().map(|one| json!({ "pupil_id": one, "mark": "C" })).collect();
        let register = format!("/v1/classes/{class}/registers/{day}/AM");
        admin.put(&register, &json!({ "marks": marks })).expect(200);

        let [excused, leaver, mover, renamed, renumbered] = others[..5] else { panic!("few") };
        let reason = json!({ "reason": "Letter from the dentist",
            "changes": [{ "date": day, "session": "PM", "mark": "M" }] });
        admin.post(&format!("/v1/pupils/{excused}/marks/amendments"), &reason).expect(201);
        let enrolment = |pupil: i32| {
            let all = items(&format!("/v1/enrolments?pupil_id={pupil}&on={day}"));
            (id(&all[0], "enrolment_id"), all[0]["first_day"].clone())
        };
        let (left, first_day) = enrolment(leaver);
        let days = json!({ "first_day": first_day, "last_day": day });
        admin.put(&format!("/v1/enrolments/{left}/days"), &days).expect(200);
        let moving = json!({ "from_enrolment": enrolment(mover).0, "class_id": there[0],
            "first_day": day + Days::new(1) });
        admin.post(&format!("/v1/pupils/{mover}/move"), &moving).expect(201);
        let correct = |pupil: i32, change: Value| {
            admin.post(&format!("/v1/pupils/{pupil}/corrections"), &change).expect(201)
        };
        correct(renamed, json!({ "surname": "Corrected", "reason": "Spelt wrong" }));
        let old = admin.get(&format!("/v1/pupils/{renumbered}")).expect(200);
        let old = old["upn"].as_str().unwrap().to_owned();
        correct(renumbered, json!({ "upn": upn(9998), "reason": "Mistyped" }));

        let year = if day.month() > 7 { day.year() } else { day.year() - 1 };
        let place = format!("/v1/schools/{}/calendar/{year}", schools[0]);
        let mut calendar = admin.get(&place).expect(200);
        let closed = day + Days::new(7);
        calendar["closures"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "from": closed, "to": closed, "kind": "inset" }));
        admin.put(&place, &calendar).expect(200);
        let calendar = (place.clone(), admin.get(&place).expect(200)["closures"].clone());
        let renumbered = (renumbered, old);
        Self { day, class, taken, excused, leaver, mover, renamed, renumbered, calendar }
    }

    /// It stands as it was recorded.
    #[track_caller]
    fn stands(&self, demo: &Demo) {
        let (admin, day) = (&demo.admin, self.day);
        let register = demo.register(self.class, day).unwrap();
        for one in register["marks"].as_array().unwrap() {
            assert!(!self.taken.contains(&id(one, "pupil_id")) || one["mark"] == "C", "{one}");
        }
        let excused = demo.marks(self.excused, day, day);
        let afternoon = excused.iter().find(|mark| mark["session"] == "PM").unwrap();
        assert_eq!(afternoon["mark"], "M");
        let enrolments = |pupil: i32| {
            let list = admin.get(&format!("/v1/enrolments?pupil_id={pupil}")).expect(200);
            list["items"].as_array().unwrap().clone()
        };
        let left = enrolments(self.leaver);
        assert!(left.iter().any(|one| one["last_day"] == day.to_string()), "{left:?}");
        assert!(left.iter().all(|one| !one["last_day"].is_null()), "{left:?}");
        let moved = enrolments(self.mover);
        let joined = (day + Days::new(1)).to_string();
        assert!(moved.iter().any(|one| one["first_day"] == joined), "{moved:?}");
        let pupil = |pupil: i32| admin.get(&format!("/v1/pupils/{pupil}")).expect(200);
        assert_eq!(pupil(self.renamed)["surname"], "Corrected");
        assert_eq!(pupil(self.renumbered.0)["upn"], upn(9998));
        let again = admin.get(&format!("/v1/pupils?upn={}", self.renumbered.1)).expect(200);
        let again = again["items"].as_array().unwrap();
        assert!(again.iter().all(|one| id(one, "pupil_id") == self.renumbered.0), "{again:?}");
        assert_eq!(admin.get(&self.calendar.0).expect(200)["closures"], self.calendar.1);
    }
}

#[test]
fn the_schools_record_around_what_somebody_recorded_on_any_day_of_the_year() {
    let demo = Demo::start();
    let year = demo.today().year() + 1;
    let date = |year: i32, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
    // More than a school year later, up to a Friday in November.
    let mut friday = date(year + 1, 11, 8);
    while friday.weekday() != chrono::Weekday::Fri {
        friday = friday.succ_opt().unwrap();
    }
    demo.goes_on_to(friday);
    let monday = friday + Days::new(3);
    demo.clock(monday);
    let recorded = Recorded::on(&demo, monday);
    let fortnight = monday + Days::new(14);
    demo.goes_on_to(fortnight);
    recorded.stands(&demo);
    // The schools went on: with whom nobody touched, with the mover at the other school, and not with the leaver.
    let before = fortnight.pred_opt().unwrap();
    let since = |pupil: i32| demo.marks(pupil, monday + Days::new(1), before).len();
    assert!(since(recorded.taken[0]) > 10, "{}", since(recorded.taken[0]));
    assert!(since(recorded.mover) > 10, "{}", since(recorded.mover));
    assert_eq!(since(recorded.leaver), 0);

    let mut leap = fortnight.year() + 1;
    while NaiveDate::from_ymd_opt(leap, 2, 29).is_none() {
        leap += 1;
    }
    for day in [
        date(fortnight.year(), 12, 25),
        date(leap, 2, 29),
        date(leap, 3, 1),
        date(leap, 8, 1),
        date(leap, 9, 1),
        date(leap, 9, 2),
    ] {
        demo.goes_on_to(day);
        recorded.stands(&demo);
    }
    // Twice on one day changes nothing.
    demo.goes_on(date(leap, 9, 2));
    recorded.stands(&demo);
}
