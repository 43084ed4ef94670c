//! Explain: what is behind a figure, what is not, and where two definitions differ.

use serde_json::{Value, json};

use crate::support::app::{Client, TestApp};
use crate::support::build::{id, pupil, unenrolled, upn};
use crate::support::facts::characteristic;
use crate::support::one_school::OneSchool;
use crate::support::sql::Sql;

struct World {
    app: TestApp,
    trust: i32,
    admin: Client,
    school: i32,
    pupils: [i32; 3],
}

/// Two pupils of eleven, of whom one boards since Wednesday, and one of four who joined on Tuesday; marks for the
/// week of 9 November 2026 up to Thursday morning.
fn world() -> World {
    let OneSchool { app, trust, admin, school, class, .. } = OneSchool::without_pupils();
    let [one, two] = [1, 2].map(|number| pupil(&admin, school, class, number));
    let three = unenrolled(&admin, school, 3, "2022-03-14");
    let body = json!({ "pupil_id": three, "class_id": class, "year_group": -1, "first_day": "2026-11-10" });
    admin.post("/v1/enrolments", &body).expect(201);
    let weeks = [(1, "/\\ID/--"), (2, "OO/\\/\\/"), (3, "--/\\/\\/")];
    let mut file = "upn,week,marks\n".to_owned();
    for (number, marks) in weeks {
        file += &format!("{},2026-11-09,{marks:-<10}\n", upn(number));
    }
    let import = admin.import(&format!("kind=marks&school_id={school}"), file.as_bytes());
    assert_eq!(import["job"]["state"], "done", "{import:#}");
    let mut sql = Sql::of(&app.database);
    let boards = sql.number(&format!("SELECT enrolment_id FROM enrolment WHERE pupil_id = {two}"));
    let from = "2026-11-11".parse().unwrap();
    characteristic(
        &mut sql,
        boards.try_into().unwrap(),
        "boarder",
        from,
        Some("yes"),
        app.clock.now(),
    );
    World { app, trust, admin, school, pupils: [one, two, three] }
}

const WEEK: &str = "/v1/analytics/explain?window=2026-W46";

fn left_out(side: &Value) -> Value {
    let reasons = side["left_out"].as_array().unwrap().iter();
    json!(reasons.map(|one| json!([one["why"], one["half_days"]])).collect::<Vec<_>>())
}

#[test]
fn every_half_day_is_counted_or_left_out_for_a_reason() {
    let world = world();
    let answer = world.admin.get(&format!("{WEEK}&definition=on-roll")).expect(200);
    let side = &answer["counted"];
    // Counted: / \ I / (one; D is no possible session), O O / \ (two), / \ / \ / (three).
    assert_eq!((&side["possible"], &side["absent"]), (&json!(13), &json!(3)));
    assert_eq!(side["absence_percent"], "23.1");
    let expected = json!([
        ["not_on_roll", 2],
        ["boards", 6],
        ["after_last_register", 6],
        ["no_mark", 2],
        ["not_possible", 1],
    ]);
    assert_eq!(left_out(side), expected);
    let codes = side["codes"].as_array().unwrap().iter();
    let codes: Vec<String> = codes
        .map(|one| format!("{} {} {}", one["code"], one["counts_as"], one["half_days"]))
        .collect();
    assert!(codes.contains(&"\"O\" \"absence\" 2".to_owned()), "{codes:?}");
    assert!(codes.contains(&"\"D\" \"not_possible\" 1".to_owned()), "{codes:?}");
    let trend = world.admin.get("/v1/analytics/trend?window=week&definition=on-roll").expect(200);
    let windows = trend["windows"].as_array().unwrap();
    let at = windows.iter().position(|window| window["key"] == "2026-W46").unwrap();
    assert_eq!(trend["series"][0]["cells"][at]["possible"], side["possible"]);
}

#[test]
fn two_definitions_stand_side_by_side_with_the_pupils_that_differ() {
    let world = world();
    let question = format!("{WEEK}&definition=on-roll&against=dfe-daily&schools={}", world.school);
    let answer = world.admin.get(&question).expect(200);
    assert_eq!(answer["against"]["possible"], 8);
    assert_eq!(answer["against"]["definition"]["name"], "dfe-daily");
    assert!(left_out(&answer["against"]).to_string().contains("[\"definition\",8]"), "{answer:#}");
    let pupils = answer["pupils"]["items"].as_array().unwrap();
    assert_eq!(pupils.len(), 1, "{pupils:#?}");
    assert_eq!(id(&pupils[0], "pupil_id"), world.pupils[2]);
    assert_eq!(pupils[0]["name"], "Surname3, Forename3");
    let side = |possible, left_out| json!({ "possible": possible, "absent": 0, "left_out": left_out, "persistent": false, "severe": false });
    assert_eq!((&pupils[0]["counted"], &pupils[0]["against"]), (&side(5, 5), &side(0, 10)));
}

#[test]
fn pupils_are_listed_for_those_who_may_see_them_page_by_page_and_by_their_groups() {
    let world = world();
    let ids = |answer: &Value| -> Vec<i32> {
        answer["pupils"]["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| id(one, "pupil_id"))
            .collect()
    };
    let first = world.admin.get(&format!("{WEEK}&limit=2")).expect(200);
    assert_eq!(ids(&first), world.pupils[..2]);
    let next = first["pupils"]["next"].as_str().unwrap();
    let last = world.admin.get(&format!("{WEEK}&limit=2&cursor={next}")).expect(200);
    assert_eq!(ids(&last), world.pupils[2..]);
    let two = &first["pupils"]["items"][1]["counted"];
    assert_eq!(
        (&two["absent"], &two["severe"]),
        (&json!(2), &json!(true)),
        "2 of 4 before boarding"
    );
    let boards = world.admin.get(&format!("{WEEK}&boarder=yes")).expect(200);
    assert_eq!(ids(&boards), world.pupils[1..2]);
    let runner = world.app.client("runner", world.trust).get(WEEK).expect(200);
    assert_eq!(runner["counted"], first["counted"]);
    assert_eq!(runner.get("pupils"), None, "figures, but no child");
    for (question, place) in [("window=monday", "?window"), ("fsm=maybe", "?fsm")] {
        let refused = world.admin.get(&format!("/v1/analytics/explain?{question}"));
        assert_eq!(refused.problem(400), "bad-query");
        assert_eq!(refused.body["errors"][0]["pointer"], place);
    }
}
