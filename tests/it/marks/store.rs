//! Nothing is overwritten: from the present and the recorded changes, every earlier state can be rebuilt.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use diesel::sql_types::{Array, Binary, Integer, SmallInt};
use diesel::{QueryableByName, RunQueryDsl};
use serde_json::{Value, json};

use crate::support::app::Client;
use crate::support::build::{marks, upn};
use crate::support::one_school::OneSchool;
use crate::support::sql::Sql;

/// One row of the history: old and new marks of enrolments x half days, enrolment by enrolment.
#[derive(QueryableByName)]
struct Event {
    #[diesel(sql_type = Array<Integer>)]
    enrolment_ids: Vec<i32>,
    #[diesel(sql_type = SmallInt)]
    first_half_day: i16,
    #[diesel(sql_type = SmallInt)]
    half_days: i16,
    #[diesel(sql_type = Binary)]
    old: Vec<u8>,
    #[diesel(sql_type = Binary)]
    new: Vec<u8>,
}

/// A register year: by enrolment, a number for each half day.
type RegisterYear = BTreeMap<i32, Vec<u8>>;

/// The register year as the table has it now.
fn present(sql: &mut Sql) -> RegisterYear {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        enrolment_id: i32,
        #[diesel(sql_type = Binary)]
        marks: Vec<u8>,
    }
    let query =
        diesel::sql_query("SELECT enrolment_id, marks FROM register_year WHERE year = 2026");
    let rows: Vec<Row> = query.load(&mut sql.0).unwrap();
    rows.into_iter().map(|row| (row.enrolment_id, row.marks)).collect()
}

/// Takes back every change after a version, the last one first.
fn undo(sql: &mut Sql, year: &mut RegisterYear, version: i64) {
    let query = format!(
        "SELECT enrolment_ids, first_half_day, half_days, old, new FROM mark_event \
         WHERE year = 2026 AND version > {version} ORDER BY version DESC, part DESC"
    );
    for event in diesel::sql_query(query).load::<Event>(&mut sql.0).unwrap() {
        let (first, width) = (event.first_half_day as usize, event.half_days as usize);
        for (at, enrolment) in event.enrolment_ids.iter().enumerate() {
            let marks = &mut year.get_mut(enrolment).unwrap()[first..first + width];
            let cut = at * width..(at + 1) * width;
            assert_eq!(marks, &event.new[cut.clone()], "what a change left is what the next found");
            marks.copy_from_slice(&event.old[cut]);
        }
    }
}

/// Every mark of a register year, as `1 2026-11-18 AM M`: enrolment, date, session, code.
fn told(sql: &mut Sql, year: &RegisterYear) -> Vec<String> {
    let codes = sql.texts("SELECT DISTINCT number || ' ' || code FROM code_period");
    let codes: BTreeMap<&str, &str> =
        codes.iter().map(|line| line.split_once(' ').unwrap()).collect();
    // 1 August 2026 is a Saturday: the year's first half day is the morning of Monday 27 July.
    let monday = NaiveDate::from_ymd_opt(2026, 7, 27).unwrap();
    let mut lines = Vec::new();
    for (enrolment, marks) in year {
        for (at, mark) in marks.iter().enumerate().filter(|(_, mark)| **mark != 0) {
            let (date, session) = (monday + Days::new(at as u64 / 2), ["AM", "PM"][at % 2]);
            let code = codes[mark.to_string().as_str()];
            lines.push(format!("{enrolment} {date} {session} {code}"));
        }
    }
    lines
}

/// The same, as the application answers it now.
fn read(client: &Client, enrolments: [(i32, i32); 2]) -> Vec<String> {
    let mut lines = Vec::new();
    for (enrolment, pupil) in enrolments {
        let answer = client.get(&format!("/v1/pupils/{pupil}/marks")).expect(200);
        for mark in answer["marks"].as_array().unwrap() {
            let text = |name: &str| mark[name].as_str().unwrap();
            let (date, session, code) = (text("date"), text("session"), text("mark"));
            lines.push(format!("{enrolment} {date} {session} {code}"));
        }
    }
    lines
}

/// What a school does with its marks.
enum Step {
    Register(&'static str, [&'static str; 2]),
    Amendment(usize, Value),
    File([(u32, &'static str); 3]),
}

#[test]
fn every_state_that_was_ever_read_can_be_rebuilt() {
    let OneSchool { app, admin, school, class, pupils, .. } = OneSchool::with(2);
    let change = |date, session, mark| json!({ "date": date, "session": session, "mark": mark });
    let steps = [
        Step::Register("2026-11-16/AM", ["/", "N"]),
        Step::Register("2026-11-18/AM", ["/", "/"]),
        Step::Register("2026-11-18/AM", ["L", "/"]),
        Step::Amendment(
            1,
            json!([change("2026-11-16", "AM", "I"), change("2026-09-03", "PM", "D")]),
        ),
        Step::File([(1, "2026-09-07,AM,/"), (2, "2026-11-16,AM,M"), (2, "2026-11-17,PM,U")]),
        Step::Amendment(0, json!([change("2026-11-18", "AM", "/")])),
        Step::Register("2026-11-18/PM", ["\\", "\\"]),
    ];
    let mut sql = Sql::of(&app.database);
    let mut states = Vec::new();
    for step in steps {
        match step {
            Step::Register(when, [ada, ben]) => {
                let body = marks(&[(pupils[0], ada), (pupils[1], ben)]);
                admin.put(&format!("/v1/classes/{class}/registers/{when}"), &body).expect(200)
            }
            Step::Amendment(who, changes) => {
                let body = json!({ "reason": "Letter", "changes": changes });
                let place = format!("/v1/pupils/{}/marks/amendments", pupils[who]);
                admin.post(&place, &body).expect(201)
            }
            Step::File(rows) => {
                let rows = rows.map(|(number, rest)| format!("{},{rest}\n", upn(number))).concat();
                let file = format!("upn,date,session,mark\n{rows}");
                admin.import(&format!("kind=marks&school_id={school}"), file.as_bytes())
            }
        };
        let version = sql.number("SELECT version FROM school_version WHERE year = 2026");
        states.push((version, read(&admin, [(1, pupils[0]), (2, pupils[1])])));
    }
    assert_eq!(states.last().unwrap().1.len(), 9, "every step did its part");
    for (version, read) in states {
        let mut year = present(&mut sql);
        undo(&mut sql, &mut year, version);
        assert_eq!(told(&mut sql, &year), read, "as known at version {version}");
    }
    let mut year = present(&mut sql);
    undo(&mut sql, &mut year, 0);
    assert!(told(&mut sql, &year).is_empty(), "and before the first mark there was none");
}
