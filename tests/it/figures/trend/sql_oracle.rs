//! A demonstration trust's trend against the same question in SQL over the view `mark`: equal in
//! every cell, counted by enrolment and by pupil, also after amendments, moves, second rolls and a changed calendar.
//!
//! The SQL is written from the text of the definitions and runs as the application's own role.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use demo::{File, Size, files, plan};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::{Value, json};

use crate::support::app::{Client, TestApp};
use crate::support::build::{id, upn};
use crate::support::dice::Dice;
use crate::support::facts::characteristic;
use crate::support::sql::Sql;

/// Of the twelve schools: two primaries, one of them with mixed classes, and the special school, whose
/// pupils are of all ages and whose week is shorter.
const KEPT: [&str; 3] = ["990002", "990004", "990012"];

/// What an answer is divided by and who is kept, and the same in SQL.
const QUESTIONS: [(&str, &str, &str); 11] = [
    ("by=trust", "'trust'", "true"),
    ("by=school", "school_id", "true"),
    ("by=phase", "phase", "true"),
    ("by=year_group", "year_group", "true"),
    ("by=class", "class_id", "true"),
    ("by=sex", "sex", "true"),
    ("by=fsm,sen,school", "fsm || ',' || sen || ',' || school_id", "true"),
    ("by=class,boarder", "class_id || ',' || boarder", "true"),
    ("by=trust&fsm=yes&sen=support,ehcp", "'trust'", "fsm = 'yes' AND sen IN ('support', 'ehcp')"),
    ("by=year_group,fsm&sex=F", "year_group || ',' || fsm", "sex = 'F'"),
    (
        "by=phase,sex&boarder=no,unrecorded&sen=none",
        "phase || ',' || sex",
        "boarder IN ('no', 'unrecorded') AND sen = 'none'",
    ),
];

/// A loaded trust.
struct Demo {
    app: TestApp,
    trust: i32,
    admin: Client,
    /// The pupils' file.
    pupils: Vec<BTreeMap<String, String>>,
}

#[test]
fn every_cell_of_the_trend_is_what_sql_over_the_marks_says() {
    let demo = load();
    join_late(&demo);
    let mut dice = Dice(2026);
    characterise(&demo, &mut dice);
    for year in [2025, 2026] {
        compare(&demo, year);
    }
    amend(&demo, &mut dice);
    move_and_leave(&demo, &mut dice);
    change_a_calendar(&demo);
    take_a_register(&demo);
    put_on_two_rolls(&demo);
    compare(&demo, 2026);
}

/// Loads three schools of the demonstration trust as `rollcall demo` does.
fn load() -> Demo {
    let app = TestApp::start();
    let mut plan = plan(1, Size::default(), app.today());
    plan.schools.retain(|school| KEPT.contains(&school.urn.as_str()));
    let trust = app.trust(&plan.trust_name);
    let admin = app.client("trust_admin", trust);
    for school in &plan.schools {
        let body = json!({ "urn": school.urn, "name": school.name, "phase": school.phase });
        let school_id = id(&admin.post("/v1/schools", &body).expect(201), "school_id");
        for calendar in &school.calendars {
            let path = format!("/v1/schools/{school_id}/calendar/{}", calendar.year().number());
            let body = json!({ "terms": calendar.terms(), "closures": calendar.closures(),
                "bank_holidays": false, "week": calendar.week() });
            admin.put(&path, &body).expect(200);
        }
    }
    let files: Vec<File> = files(&plan, 1, app.today()).collect();
    for File { kind, bytes, name } in &files {
        import(&admin, kind, bytes, name);
    }
    let mut pupils = csv::Reader::from_reader(files[0].bytes.as_slice());
    let pupils = pupils.deserialize().map(|row| row.unwrap()).collect();
    Demo { app, trust, admin, pupils }
}

fn import(admin: &Client, kind: &str, bytes: &[u8], name: &str) -> Value {
    let import = admin.import(&format!("kind={kind}"), bytes);
    assert_eq!(import["job"]["state"], "done", "{name}: {}", import["result"]["problems"]);
    import["result"]["counts"].clone()
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    group: String,
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = Text)]
    cell: String,
}

/// Compares all cells of a year: every question for four kinds of windows and three definitions.
fn compare(demo: &Demo, year: i16) {
    let Sql(mut sql) = Sql::at(&demo.app.database.url(api::base::migrate::APPLICATION));
    let tenant = format!("SET app.trust_id = '{}'; SET app.schools = '*'", demo.trust);
    sql.batch_execute(&tenant).unwrap();
    let with = |text: &str, names: &[(&str, &str)]| {
        let year = ("year", &*year.to_string());
        let today = ("today", &*format!("date '{}'", demo.app.today()));
        let names = names.iter().chain([&year, &today]);
        names.fold(text.to_owned(), |text, (name, value)| text.replace(&format!(":{name}"), value))
    };
    sql.batch_execute(&with(include_str!("sql_oracle/sessions.sql"), &[])).unwrap();
    let mut compared = 0;
    for definition in ["on-roll", "dfe-daily", "dfe-census"] {
        for kind in ["week", "half_term", "term", "year_to_date"] {
            let (quoted, window) = (format!("'{definition}'"), format!("'{kind}'"));
            let names = [("definition", &*quoted), ("kind", &*window)];
            sql.batch_execute(&with(include_str!("sql_oracle/parts.sql"), &names)).unwrap();
            for level in ["enrolment", "pupil"] {
                if level == "pupil" {
                    sql.batch_execute(&with(include_str!("sql_oracle/pupils.sql"), &names))
                        .unwrap();
                }
                let quoted = format!("'{level}'");
                for (asked, group, kept) in QUESTIONS {
                    let names =
                        [("kind", &*window), ("group", group), ("kept", kept), ("level", &*quoted)];
                    let query = with(include_str!("sql_oracle/cells.sql"), &names);
                    let rows: Vec<Row> = diesel::sql_query(query).load(&mut sql).unwrap();
                    let question = format!(
                        "year={year}&definition={definition}&window={kind}&level={level}&{asked}"
                    );
                    compared += compare_answer(demo, &question, rows);
                }
            }
        }
    }
    assert!(compared > 3_000, "only {compared} cells of {year} have anything in them");
}

/// Compares one answer with the cells that SQL says; how many have anything in them.
fn compare_answer(demo: &Demo, question: &str, rows: Vec<Row>) -> usize {
    let answer = demo.admin.get(&format!("/v1/analytics/trend?{question}")).expect(200);
    let cell = |row: Row| ((row.group, row.key), serde_json::from_str::<Value>(&row.cell).unwrap());
    let is_empty = |cell: &Value| {
        cell["completeness"]["expected"] == 0 && cell["persistence_to_date"]["enrolments"] == 0
    };
    let mut expected: BTreeMap<(String, String), Value> = rows.into_iter().map(cell).collect();
    expected.retain(|_, cell| !is_empty(cell));
    let mut compared = 0;
    for series in answer["series"].as_array().unwrap() {
        let group = series["group"]["key"].as_str().unwrap();
        let windows = answer["windows"].as_array().unwrap();
        for (window, cell) in windows.iter().zip(series["cells"].as_array().unwrap()) {
            let key = window["key"].as_str().unwrap();
            match expected.remove(&(group.to_owned(), key.to_owned())) {
                Some(said) => {
                    assert_eq!(*cell, said, "{question}: {group}, {key}");
                    compared += 1;
                }
                None => assert!(is_empty(cell), "{question}: {group}, {key}: {cell}"),
            }
        }
    }
    assert!(expected.is_empty(), "{question}: the answer lacks {:?}", expected.keys());
    compared
}

/// Two pupils join in the last half term of last year, which one definition leaves out.
fn join_late(demo: &Demo) {
    let mut pupils =
        "urn,upn,surname,forename,birth_date,year_group,class,first_day,last_day\n".to_owned();
    let mut marks = "urn,upn,week,marks\n".to_owned();
    for (number, urn) in [(1, KEPT[0]), (2, KEPT[1])] {
        let upn = upn(number);
        pupils += &format!("{urn},{upn},Late,L,2015-03-14,5,Late,2026-06-08,2026-07-10\n");
        marks += &format!("{urn},{upn},2026-06-15,/\\/\\II----\n");
    }
    import(&demo.admin, "pupils", pupils.as_bytes(), "late pupils");
    import(&demo.admin, "marks", marks.as_bytes(), "late pupils' marks");
}

/// Gives some pupils characteristics from days of either year on, corrects some of these and takes some back.
fn characterise(demo: &Demo, dice: &mut Dice) {
    let mut sql = Sql::of(&demo.app.database);
    let values = [
        ("fsm", "yes"),
        ("fsm", "no"),
        ("sen", "support"),
        ("sen", "ehcp"),
        ("boarder", "yes"),
        ("boarder", "no"),
    ];
    let enrolments = sql.texts("SELECT enrolment_id FROM enrolment ORDER BY 1");
    for number in 0..600 {
        let enrolment = dice.pick(&enrolments).parse().unwrap();
        let (kind, value) = *dice.pick(&values);
        let from = day(2025, 8, 20) + Days::new(dice.below(480) as u64);
        let value = (number % 9 != 0).then_some(value);
        characteristic(&mut sql, enrolment, kind, from, value, demo.app.clock.now());
        if number % 7 == 0 {
            characteristic(&mut sql, enrolment, kind, from, None, demo.app.clock.now());
        }
    }
}

/// Corrects marks of some pupils on some days of this autumn, and enters leave for days to come.
fn amend(demo: &Demo, dice: &mut Dice) {
    let pupils = demo.admin.get("/v1/pupils?limit=500").expect(200)["items"].take();
    let pupils = pupils.as_array().unwrap();
    let codes = ["I", "O", "L", "U", "V", "X", "C1", "Y1", "D", "N"];
    let mut amended = 0;
    for _ in 0..200 {
        let pupil = id(dice.pick(pupils), "pupil_id");
        let date = day(2026, 9, 7) + Days::new(dice.below(90) as u64);
        let session = *dice.pick(&["AM", "PM"]);
        let codes = if date < demo.app.today() { &codes[..] } else { &["C", "M"] };
        let amendment = json!({ "reason": "Found out later",
            "changes": [{ "date": date, "session": session, "mark": dice.pick(codes) }] });
        let path = format!("/v1/pupils/{pupil}/marks/amendments");
        let answer = demo.admin.post(&path, &amendment);
        if answer.status == 201 {
            amended += 1;
        } else {
            let problem = answer.problem(422);
            assert!(["closed-day", "not-on-roll"].contains(&&*problem), "{problem}");
        }
    }
    assert!(amended > 50, "{amended} amendments");
}

/// Moves some pupils to another class in the middle of a week, this autumn or on a day to come, some of
/// them twice on one day, and lets others leave, some of them to another school of the trust.
fn move_and_leave(demo: &Demo, dice: &mut Dice) {
    let on_roll: Vec<_> = demo
        .pupils
        .iter()
        .filter(|row| row["last_day"].is_empty() && row["from"].starts_with("2026-09"))
        .collect();
    let row = |row: &BTreeMap<String, String>| {
        let columns = [
            "urn",
            "upn",
            "surname",
            "forename",
            "birth_date",
            "first_day",
            "last_day",
            "from",
            "class",
            "year_group",
        ];
        columns.map(|name| row[name].clone()).join(",") + "\n"
    };
    let header = "urn,upn,surname,forename,birth_date,first_day,last_day,from,class,year_group\n";
    let (mut once, mut again) = (header.to_owned(), header.to_owned());
    for (number, pupil) in on_roll.iter().step_by(17).enumerate() {
        let mut changed = (*pupil).clone();
        let classmate = dice.pick(&on_roll);
        match number % 4 {
            0 | 1 => {
                changed.insert(
                    "from".into(),
                    (day(2026, 10, 12) + Days::new(dice.below(60) as u64)).to_string(),
                );
                changed.insert("class".into(), classmate["class"].clone());
                once += &row(&changed);
                changed.insert("class".into(), "Moved twice".into());
                changed.insert("year_group".into(), "9".into());
                if number % 4 == 1 {
                    again += &row(&changed);
                }
            }
            _ => {
                changed.insert(
                    "last_day".into(),
                    (day(2026, 11, 2) + Days::new(dice.below(5) as u64)).to_string(),
                );
                once += &row(&changed);
                if number % 4 == 3 && pupil["urn"] != classmate["urn"] {
                    for name in ["urn", "class", "year_group"] {
                        changed.insert(name.into(), classmate[name].clone());
                    }
                    changed.insert("first_day".into(), "2026-11-09".into());
                    changed.insert("from".into(), "2026-11-09".into());
                    changed.insert("last_day".into(), String::new());
                    once += &row(&changed);
                }
            }
        }
    }
    let counts = import(&demo.admin, "pupils", once.as_bytes(), "moves");
    for name in ["placements_added", "enrolments_changed", "enrolments_added"] {
        assert!(counts[name].as_u64().unwrap() > 3, "{name}: {counts}");
    }
    import(&demo.admin, "pupils", again.as_bytes(), "moves again");
}

/// Closes a school on two days of which it has marks, and leaves year groups out of others.
fn change_a_calendar(demo: &Demo) {
    let school = id(&demo.admin.get("/v1/schools").expect(200)["items"][0], "school_id");
    let path = format!("/v1/schools/{school}/calendar/2026");
    let mut calendar = demo.admin.get(&path).expect(200);
    let closures = calendar["closures"].as_array_mut().unwrap();
    closures.push(json!({ "from": "2026-10-01", "to": "2026-10-01", "kind": "closure" }));
    closures.push(
        json!({ "from": "2026-11-10", "to": "2026-11-10", "session": "PM", "kind": "inset" }),
    );
    calendar["not_due"] = json!([
        { "year_groups": [1, 3, 4], "from": "2026-09-03", "to": "2026-09-07" },
        { "year_groups": [2, 9], "from": "2026-11-05", "to": "2026-11-06", "session": "PM" },
    ]);
    demo.admin.put(&path, &calendar).expect(200);
}

/// Takes this morning's register of one class: the school's last now. That one pupil will be away in
/// the afternoon is known already, and does not count yet.
fn take_a_register(demo: &Demo) {
    let school = id(&demo.admin.get("/v1/schools").expect(200)["items"][1], "school_id");
    let classes = demo.admin.get(&format!("/v1/classes?school_id={school}")).expect(200);
    let class = id(&classes["items"][0], "class_id");
    let path = format!("/v1/classes/{class}/registers/{}/AM", demo.app.today());
    let register = demo.admin.get(&path).expect(200);
    let pupils = register["marks"].as_array().unwrap().iter();
    let marks: Vec<Value> =
        pupils.map(|one| json!({ "pupil_id": one["pupil_id"], "mark": "/" })).collect();
    demo.admin.put(&path, &json!({ "marks": marks })).expect(200);
    let amendment = json!({ "reason": "Appointment",
        "changes": [{ "date": demo.app.today(), "session": "PM", "mark": "M" }] });
    let path = format!("/v1/pupils/{}/marks/amendments", marks[0]["pupil_id"]);
    demo.admin.post(&path, &amendment).expect(201);
}

/// Puts some pupils on a second roll since October, a few as at their main school: mostly D there, but on some half days
/// a real mark beside that of the first school.
fn put_on_two_rolls(demo: &Demo) {
    let stays = |row: &&BTreeMap<String, String>| {
        row["last_day"].is_empty() && row["from"].starts_with("2026-09") && row["urn"] == KEPT[0]
    };
    let mut pupils =
        "urn,upn,surname,forename,birth_date,year_group,class,first_day,registration\n".to_owned();
    let mut marks = "urn,upn,week,marks\n".to_owned();
    for (number, row) in demo.pupils.iter().filter(stays).step_by(9).enumerate() {
        let [upn, surname, forename, birth_date, year_group] =
            ["upn", "surname", "forename", "birth_date", "year_group"].map(|name| &row[name]);
        let registration = if number % 4 == 0 { "main" } else { "subsidiary" };
        pupils += &format!(
            "{},{upn},{surname},{forename},{birth_date},{year_group},Both,2026-10-05,{registration}\n",
            KEPT[1]
        );
        marks += &format!(
            "{},{upn},2026-10-05,DDDD/\\IIDD\n{},{upn},2026-11-09,DDUI/\\DDDD\n",
            KEPT[1], KEPT[1]
        );
    }
    let counts = import(&demo.admin, "pupils", pupils.as_bytes(), "second rolls");
    assert!(counts["enrolments_added"].as_u64().unwrap() > 5, "{counts}");
    import(&demo.admin, "marks", marks.as_bytes(), "marks on second rolls");
    let trend = demo.admin.get("/v1/analytics/trend?window=year_to_date&level=pupil").expect(200);
    assert!(trend["series"][0]["cells"][0]["doubled"].as_u64().unwrap() > 20, "{trend:#}");
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}
