//! As known on: every figure can be asked as it was known on an earlier instant.
//!
//! The oracle is the answer that was given then.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::app::{Client, TestApp};
use crate::support::build::{self, calendar, id, marks, upn};
use crate::support::facts;
use crate::support::one_school::one_trust;
use crate::support::sql::Sql;

/// A trust with two schools of one class each, on Wednesday 18 November 2026.
struct World {
    app: TestApp,
    admin: Client,
    sql: Sql,
    schools: [i32; 2],
    classes: [i32; 2],
}

impl World {
    fn new() -> Self {
        let (app, _, admin) = one_trust();
        let schools = [1, 2].map(|number| build::school(&admin, number, "primary"));
        let classes = schools.map(|school| build::class(&admin, school, "6A"));
        let sql = Sql::of(&app.database);
        Self { app, admin, sql, schools, classes }
    }

    /// Lets time go by.
    fn wait(&self, time: TimeDelta) {
        self.app.clock.set(&(self.app.clock.now() + time).to_rfc3339());
    }

    /// The figures of a question, without what an answer says about itself.
    #[track_caller]
    fn figures(&self, question: &str, known: Option<DateTime<Utc>>) -> Value {
        let known = known.map_or(String::new(), |at| format!("&as_known_on={}", zulu(at)));
        let answer = self.admin.get(&format!("/v1/analytics/trend?{question}{known}")).expect(200);
        json!([answer["windows"], answer["series"], answer["schools_without_calendar"]])
    }

    fn enrolments(&mut self) -> Vec<i32> {
        let texts = self.sql.texts("SELECT enrolment_id FROM enrolment ORDER BY 1");
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    /// Sends a file; whether it was taken.
    fn import(&self, kind: &str, school: i32, file: &str) -> bool {
        let import = self.admin.import(&format!("kind={kind}&school_id={school}"), file.as_bytes());
        import["job"]["state"] == "done"
    }
}

fn zulu(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

#[test]
fn amend_a_mark_a_leaving_date_and_an_fsm_status_three_months_back_and_both_pictures_are_right() {
    let mut world = World::new();
    let (school, class) = (world.schools[0], world.classes[0]);
    let pupils = [1, 2].map(|number| build::pupil(&world.admin, school, class, number));
    let enrolments = world.enrolments();
    let mut file = "upn,week,marks\n".to_owned();
    for number in [1, 2] {
        file += &format!("{},2026-09-07,/\\/\\/\\/\\/\\\n", upn(number));
    }
    assert!(world.import("marks", school, &file));
    world.app.clock.set("2026-12-15T09:00:00Z");
    let before = world.app.clock.now();
    let question = "by=fsm&window=year_to_date&definition=on-roll";
    let now = |world: &World, known| {
        let figures = world.figures(question, known);
        let mut groups = Vec::new();
        for series in figures[1].as_array().unwrap() {
            let cell = &series["cells"][0];
            groups.push(json!([series["group"]["key"], cell["possible"], cell["absent"]]));
        }
        json!(groups)
    };
    assert_eq!(now(&world, None), json!([["unrecorded", 20, 0]]));

    world.wait(TimeDelta::hours(1));
    let amendment = json!({ "reason": "Was at the dentist",
        "changes": [{ "date": "2026-09-08", "session": "AM", "mark": "M" }] });
    let path = format!("/v1/pupils/{}/marks/amendments", pupils[0]);
    world.admin.post(&path, &amendment).expect(201);
    let at = world.app.clock.now();
    facts::days(&mut world.sql, enrolments[1], "2026-09-02", "2026-09-09", at);
    let from = "2026-09-02".parse().unwrap();
    facts::characteristic(&mut world.sql, enrolments[0], "fsm", from, Some("yes"), at);
    world.wait(TimeDelta::hours(1));

    let after = world.app.clock.now();
    assert_eq!(now(&world, None), json!([["yes", 10, 1], ["unrecorded", 6, 0]]));
    assert_eq!(now(&world, Some(before)), json!([["unrecorded", 20, 0]]), "as known before");
    world.wait(TimeDelta::days(1));
    assert_eq!(
        now(&world, Some(after)),
        json!([["yes", 10, 1], ["unrecorded", 6, 0]]),
        "as known after"
    );
}

#[test]
fn nothing_was_known_before_a_school_began_and_nobody_knows_what_is_to_come() {
    let world = World::new();
    build::pupil(&world.admin, world.schools[0], world.classes[0], 1);
    let began = world.app.clock.now();
    let none = world.figures("by=school", Some(began - TimeDelta::hours(1)));
    assert_eq!(none, json!([[], [], world.schools]), "no calendar, so no figures");
    let ahead = began + TimeDelta::seconds(1);
    let path = format!("/v1/analytics/trend?as_known_on={}", zulu(ahead));
    let refused = world.admin.get(&path);
    assert_eq!(refused.problem(400), "bad-query");
    assert_eq!(refused.body["errors"][0]["pointer"], "?as_known_on");
}

#[test]
fn two_records_that_were_found_to_be_one_child_are_one_pupil_from_then_on() {
    let world = World::new();
    let place = |at: usize| (world.schools[at], world.classes[at]);
    let [kept, gone] =
        [0, 1].map(|at| build::pupil(&world.admin, place(at).0, place(at).1, at as u32));
    for (at, week) in [(0, "/\\/\\/\\/\\/\\"), (1, "II--------")] {
        let file = format!("upn,week,marks\n{},2026-11-09,{week}\n", upn(at as u32));
        assert!(world.import("marks", world.schools[at], &file));
    }
    let figures = |known| {
        let question = "window=year_to_date&definition=on-roll&level=pupil";
        let cell = world.figures(question, known)[1][0]["cells"][0].take();
        let pupils = ["enrolments", "persistent"].map(|name| cell["persistence"][name].clone());
        json!([cell["possible"], cell["absent"], cell["doubled"], pupils])
    };
    world.wait(TimeDelta::hours(1));
    let before = world.app.clock.now();
    assert_eq!(figures(None), json!([12, 2, 0, [2, 1]]));
    world.wait(TimeDelta::hours(1));
    let merge = json!({ "into": kept, "reason": "One child" });
    world.admin.post(&format!("/v1/pupils/{gone}/merge"), &merge).expect(200);
    // On two rolls at once: the morning and afternoon with marks at both count once.
    assert_eq!(figures(None), json!([10, 2, 2, [1, 1]]));
    assert_eq!(figures(Some(before)), json!([12, 2, 0, [2, 1]]), "as known before");
}

/// What is asked at each instant.
const QUESTIONS: [&str; 4] = [
    "by=school,fsm&window=half_term&definition=on-roll",
    "by=class,sex&window=week&definition=dfe-daily",
    "by=year_group&window=year_to_date&definition=dfe-census",
    "by=sen&window=term&definition=on-roll&boarder=no,unrecorded",
];

#[test]
fn whatever_is_written_later_an_earlier_instants_figures_stay_what_was_answered_then() {
    let mut world = World::new();
    for number in 1..=12 {
        let place = number as usize % 2;
        build::pupil(&world.admin, world.schools[place], world.classes[place], number);
    }
    let mut dice = Dice(18);
    let mut answered = Vec::new();
    for step in 0..60 {
        world.wait(TimeDelta::hours(1 + 7 * dice.below(3)));
        write(&mut world, &mut dice, step);
        world.wait(TimeDelta::minutes(1));
        let at = world.app.clock.now();
        for question in QUESTIONS {
            answered.push((step, at, question, world.figures(question, None)));
        }
    }
    let different = answered.windows(5).filter(|some| some[0].3 != some[4].3).count();
    assert!(different > 100, "only {different} answers differ from the one before");
    for (step, at, question, then) in answered {
        let known = world.figures(question, Some(at));
        assert!(known == then, "after step {step}: {question}\n{then}\n{known}");
    }
}

/// Dice that fall the same way in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: i64) -> i64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[usize::try_from(self.below(from.len() as i64)).unwrap()]
    }
}

/// One of everything that figures are counted from.
fn write(world: &mut World, dice: &mut Dice, step: i32) {
    let place = usize::try_from(dice.below(2)).unwrap();
    let (school, class) = (world.schools[place], world.classes[place]);
    let at = world.app.clock.now();
    let enrolments = world.enrolments();
    let enrolment = *dice.pick(&enrolments);
    let day = NaiveDate::from_ymd_opt(2026, 9, 2).unwrap() + Days::new(dice.below(80) as u64);
    let number = 1 + dice.below(12);
    let upn = upn(u32::try_from(number).unwrap());
    match step % 10 {
        0 | 1 => take(world, class, dice),
        2 => amend(world, dice, day),
        3 => {
            let place = usize::try_from(number % 2).unwrap();
            let week = ["/\\/\\II/\\/\\", "OOOO/\\LU/\\", "--/\\/\\/\\--"];
            let monday = dice.pick(&["2026-09-07", "2026-09-21", "2026-10-12", "2026-11-09"]);
            let file = format!("upn,week,marks\n{upn},{monday},{}\n", dice.pick(&week));
            world.import("marks", world.schools[place], &file);
        }
        4 => {
            let place = usize::try_from(number % 2).unwrap();
            let (class, year_group) = *dice.pick(&[("6A", 6), ("5B", 5), ("4C", 4)]);
            let last = dice.pick(&["", "2026-11-06", "2026-12-04"]);
            let file = format!(
                "upn,surname,forename,birth_date,year_group,class,first_day,last_day,from\n\
                 {upn},Surname{number},Forename{number},2015-03-14,{year_group},{class},2026-09-02,{last},{day}\n"
            );
            world.import("pupils", world.schools[place], &file);
        }
        5 | 6 => {
            let kinds = [
                ("fsm", "yes"),
                ("fsm", "no"),
                ("sen", "ehcp"),
                ("boarder", "yes"),
                ("boarder", "no"),
            ];
            let (kind, value) = *dice.pick(&kinds);
            let value = (dice.below(4) > 0).then_some(value);
            facts::characteristic(&mut world.sql, enrolment, kind, day, value, at);
        }
        7 => {
            let (field, new) = *dice.pick(&[
                ("sex", "F"),
                ("sex", "M"),
                ("birth_date", "2022-01-01"),
                ("birth_date", "2011-03-01"),
            ]);
            facts::pupil_field(&mut world.sql, enrolment, field, new, at);
        }
        8 => {
            let pupils = world.sql.texts("SELECT pupil_id FROM pupil ORDER BY 1");
            let pupil = dice.pick(&pupils).parse().unwrap();
            facts::enrolment_pupil(&mut world.sql, enrolment, pupil, at);
        }
        _ => {
            let mut calendar = calendar();
            let closed = json!({ "from": day, "to": day, "kind": "closure" });
            calendar["closures"] = json!([closed]);
            world.admin.put(&format!("/v1/schools/{school}/calendar/2026"), &calendar).expect(200);
        }
    }
}

/// Takes today's register of a class, if there is school today.
fn take(world: &World, class: i32, dice: &mut Dice) {
    let session = *dice.pick(&["AM", "PM"]);
    let path = format!("/v1/classes/{class}/registers/{}/{session}", world.app.today());
    let register = world.admin.get(&path);
    if register.status != 200 {
        return;
    }
    let codes = if session == "AM" { ["/", "I", "L"] } else { ["\\", "O", "\\"] };
    let members = register.body["marks"].as_array().unwrap().iter();
    let given: Vec<(i32, &str)> =
        members.map(|one| (id(one, "pupil_id"), *dice.pick(&codes))).collect();
    world.admin.put(&path, &marks(&given));
}

fn amend(world: &World, dice: &mut Dice, day: NaiveDate) {
    let pupils = world.admin.get("/v1/pupils?limit=500").expect(200)["items"].take();
    let pupil = id(dice.pick(pupils.as_array().unwrap()), "pupil_id");
    let changes = [["AM", "I"], ["PM", "O"], ["AM", "L"]]
        .map(|[session, mark]| json!({ "date": day, "session": session, "mark": mark }));
    let body = json!({ "reason": "Found out later", "changes": [dice.pick(&changes)] });
    world.admin.post(&format!("/v1/pupils/{pupil}/marks/amendments"), &body);
}
