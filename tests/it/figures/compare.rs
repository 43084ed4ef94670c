//! Compare: schools side by side, in figures and in words.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::support::app::{Client, TestApp};
use crate::support::build::{school, upn};
use crate::support::facts::characteristic;
use crate::support::one_school::one_trust;
use crate::support::roll::calendar_of_2025;
use crate::support::sql::Sql;

/// A trust with three primary schools and a secondary school: of each its number, pupils, and how many of every ten
/// sessions of the week each of them misses in turn.
const SCHOOLS: [(u32, &str, u32, &[usize]); 4] = [
    (1, "primary", 40, &[0, 0, 1, 2]),
    (2, "primary", 40, &[4, 1, 3, 5]),
    (3, "primary", 4, &[1]),
    (4, "secondary", 12, &[2]),
];

struct World {
    app: TestApp,
    admin: Client,
    schools: Vec<i32>,
}

fn world() -> World {
    let (app, _, admin) = one_trust();
    let mut schools = Vec::new();
    for (number, phase, pupils, missed) in SCHOOLS {
        let school = school(&admin, number, phase);
        let path = format!("/v1/schools/{school}/calendar/2025");
        admin.put(&path, &calendar_of_2025()).expect(200);
        schools.push(school);
        let mut roll =
            "upn,surname,forename,birth_date,year_group,class,first_day,from,sex\n".to_owned();
        let mut marks = "upn,week,marks\n".to_owned();
        for pupil in 0..pupils {
            let upn = upn(100 * number + pupil);
            let sex = if pupil % 2 == 0 { "F" } else { "M" };
            writeln!(roll, "{upn},Surname,Ann,2015-03-14,5,5A,2025-09-02,2025-09-02,{sex}")
                .unwrap();
            writeln!(roll, "{upn},Surname,Ann,2015-03-14,6,6A,2025-09-02,2026-09-02,{sex}")
                .unwrap();
            let missed = missed[pupil as usize % missed.len()];
            writeln!(marks, "{upn},2026-09-07,{}", week(missed)).unwrap();
            writeln!(marks, "{upn},2025-09-08,/\\/\\/\\/\\II").unwrap();
            writeln!(marks, "{upn},2025-09-15,IIIIIIIIII").unwrap();
        }
        for (kind, file) in [("pupils", roll), ("marks", marks)] {
            let import = admin.import(&format!("kind={kind}&school_id={school}"), file.as_bytes());
            assert_eq!(import["job"]["state"], "done", "{import:#}");
        }
    }
    World { app, admin, schools }
}

/// A week's marks that end in so many absences.
fn week(missed: usize) -> String {
    let present: String = "/\\/\\/\\/\\/\\".chars().take(10 - missed).collect();
    present + &"I".repeat(missed)
}

#[track_caller]
fn compare(world: &World, question: &str) -> Value {
    let path = format!("/v1/analytics/compare?window=half-term-1&{question}");
    world.admin.get(&path).expect(200)
}

/// A comparison as a person reads it.
fn words(answer: &Value) -> String {
    let mut text = String::new();
    let mut lines = |says: &Value, indent: &str| {
        for line in says.as_array().unwrap() {
            writeln!(text, "{indent}{}", line.as_str().unwrap()).unwrap();
        }
    };
    lines(&answer["basis"], "");
    for phase in answer["phases"].as_array().unwrap() {
        lines(&json!([phase["phase"]]), "\n");
        lines(&phase["says"], "  ");
        for school in phase["schools"].as_array().unwrap() {
            lines(&school["says"], "  ");
        }
    }
    text
}

#[test]
fn a_comparison_is_read_by_a_person() {
    let world = world();
    let mut sql = Sql::of(&world.app.database);
    // All of the first school but two are known not to be eligible; of the second one half is eligible; of the third nothing is recorded.
    for (school, known, eligible) in [(0, 38, 0), (1, 40, 20), (3, 12, 0)] {
        let school = world.schools[school];
        let all = "SELECT enrolment_id FROM enrolment WHERE school_id =";
        let all = sql.texts(&format!("{all} {school} ORDER BY 1 LIMIT {known}"));
        for (number, enrolment) in all.iter().enumerate() {
            let (enrolment, from) = (enrolment.parse().unwrap(), "2026-09-01".parse().unwrap());
            let value = if number < eligible { "yes" } else { "no" };
            characteristic(&mut sql, enrolment, "fsm", from, Some(value), world.app.clock.now());
        }
    }
    insta::assert_snapshot!(words(&compare(&world, "floor=10&standard=fsm")));
}

#[test]
fn schools_are_compared_within_their_phase_and_only_what_chance_cannot_explain_is_told_apart() {
    let world = world();
    let answer = compare(&world, "floor=10");
    let phases = answer["phases"].as_array().unwrap();
    assert_eq!(
        (&phases[0]["phase"], &phases[1]["phase"]),
        (&json!("primary"), &json!("secondary"))
    );
    let primary = phases[0]["schools"].as_array().unwrap();
    let figure = |one: &Value| json!([one["figure"]["part"], one["figure"]["of"]]);
    // 40 pupils who miss 0, 0, 1 and 2 of ten; 4, 1, 3 and 5; and four who miss 1.
    let figures: Vec<Value> = primary.iter().map(figure).collect();
    assert_eq!(figures, [json!([30, 400]), json!([130, 400]), json!([4, 40])]);
    let ranks: Vec<Value> =
        primary.iter().map(|one| json!([one["rank"]["best"], one["rank"]["worst"]])).collect();
    assert_eq!(ranks, [json!([1, 2]), json!([2, 3]), json!([1, 3])], "the small one may be any");
    let secondary = &phases[1]["schools"][0];
    assert_eq!(secondary["rank"], Value::Null, "one school has no place among others");
    assert_eq!(figure(secondary), json!([24, 120]));
    let one = compare(&world, &format!("floor=10&schools={}", world.schools[1]));
    assert_eq!(one["phases"].as_array().unwrap().len(), 1);
    assert_eq!(one["phases"][0]["schools"], json!([primary[1]]), "compared with all, shown alone");
    let elsewhere = world.admin.get("/v1/analytics/compare?schools=99999");
    assert_eq!(elsewhere.problem(404), "not-found");
    let unranked = compare(&world, "");
    assert!(
        unranked["phases"][0]["schools"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["rank"].is_null())
    );
    let says = unranked["phases"][0]["says"].to_string();
    assert!(says.contains("none is ranked"), "a week of eight is far below the floor: {says}");
}

#[test]
fn last_years_same_period_is_as_many_school_days_and_not_a_day_more() {
    let world = world();
    let answer = compare(&world, &format!("schools={}", world.schools[0]));
    let school = &answer["phases"][0]["schools"][0];
    assert_eq!((&school["from"], &school["to"]), (&json!("2026-09-02"), &json!("2026-09-11")));
    assert_eq!(school["school_days"], 8);
    // Eight school days of last year end on Thursday, before the absence of Friday and of the week after.
    let last = &school["last_year"];
    assert_eq!((&last["from"], &last["to"]), (&json!("2025-09-02"), &json!("2025-09-11")));
    assert_eq!(last["figure"], json!({ "part": 0, "of": 320, "percent": "0.0" }));
    assert_eq!(last["change"], "7.5");
}

#[test]
fn a_question_that_makes_no_sense_is_told_what_would() {
    let world = world();
    for (question, place) in [
        ("window=half-term", "?window"),
        ("window=2026-W37&measure=persistent", "?window"),
        ("measure=happiness", "?measure"),
        ("standard=school", "?standard"),
        ("standard=fsm,fsm", "?standard"),
        ("floor=101", "?floor"),
        ("as_known_on=2027-01-01T00:00:00Z", "?as_known_on"),
    ] {
        let refused = world.admin.get(&format!("/v1/analytics/compare?{question}"));
        assert_eq!(refused.problem(400), "bad-query", "{question}");
        assert_eq!(refused.body["errors"][0]["pointer"], place, "{question}");
    }
}

#[test]
fn a_comparison_too_is_asked_as_it_was_known() {
    let world = world();
    let now = compare(&world, "floor=10");
    let at = world.app.clock.now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    world.app.clock.set("2026-11-18T12:00:00Z");
    let file = format!("upn,week,marks\n{},2026-09-07,IIIIIIIIII\n", upn(100));
    world.admin.import(&format!("kind=marks&school_id={}", world.schools[0]), file.as_bytes());
    assert_ne!(compare(&world, "floor=10")["phases"], now["phases"]);
    // A write is recorded a moment after the one before it, should the clock stand still.
    world.app.clock.set("2026-11-18T13:00:00Z");
    let at = at.replace("10:00:00", "11:00:00");
    let known = compare(&world, &format!("floor=10&as_known_on={at}"));
    assert_eq!(known["phases"], now["phases"]);
}
