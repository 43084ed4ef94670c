//! How fast the day's list is: a school of 1,500 pupils in the middle of a morning, 90 of whom are missing, beside the
//! bare reading of its two marks a pupil.

#[expect(dead_code, reason = "the stories need more of it")]
#[path = "../it/support/mod.rs"]
mod support;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::json;

use support::app::TestApp;
use support::build::{id, marks, school, upn};
use support::sql::Sql;
use support::weeks::send_marks;

const PUPILS: u32 = 1_500;
const CLASSES: u32 = 50;
const ROUNDS: u32 = 40;

fn main() {
    // As a test runner asks; there is nothing to list.
    if std::env::args().any(|argument| argument == "--list" || argument == "--test") {
        return;
    }
    let app = TestApp::start();
    let admin = app.client("trust_admin", app.trust("Larkrise"));
    let school = school(&admin, 1, "secondary");
    let policy = json!({ "policy": "one-page" });
    admin.put(&format!("/v1/schools/{school}/policy/pathway/2026-09-01"), &policy).expect(200);
    let mut roll = "upn,surname,forename,birth_date,year_group,class,first_day,sen\n".to_owned();
    for number in 0..PUPILS {
        let (class, sen) = (number % CLASSES, if number % 8 == 0 { "support" } else { "none" });
        let upn = upn(number);
        writeln!(roll, "{upn},S{number},F,2013-03-14,8,C{class:02},2026-09-02,{sen}").unwrap();
    }
    let import = admin.import(&format!("kind=pupils&school_id={school}"), roll.as_bytes());
    assert_eq!(import["job"]["state"], "done", "{import}");
    let all: Vec<u32> = (0..PUPILS).collect();
    let often = |pupil, day| (pupil % 7 == 0 && day % 6 == 0).then_some("I");
    send_marks(&admin, school, &all, ("2026-09-02", "2026-11-17"), often);
    let classes = admin.get(&format!("/v1/classes?school_id={school}")).expect(200);
    let mut missing = 0;
    for class in classes["items"].as_array().unwrap() {
        let place = format!("/v1/classes/{}/registers/2026-11-18/AM", class["class_id"]);
        let register = admin.get(&place).expect(200);
        let members = register["marks"].as_array().unwrap().iter().map(|one| id(one, "pupil_id"));
        let members: Vec<(i32, &str)> = members
            .enumerate()
            .map(|(at, pupil)| (pupil, if at % 17 == 0 { "N" } else { "/" }))
            .collect();
        missing += members.iter().filter(|(_, mark)| *mark == "N").count();
        admin.put(&place, &marks(&members)).expect(200);
        for (pupil, _) in members.iter().filter(|(_, mark)| *mark == "N") {
            let link = json!({ "relationship": "mother", "priority": 1 });
            let body = json!({ "person": { "surname": "A", "language": "en" }, "link": link });
            admin.post(&format!("/v1/pupils/{pupil}/parents"), &body).expect(201);
        }
    }
    // As autovacuum would, which the tests' server has not.
    let mut sql = Sql::of(&app.database);
    sql.run("ANALYZE");
    let path = format!("/v1/schools/{school}/contacts/2026-11-18");
    let list = admin.get(&path).expect(200);
    assert_eq!(list["missing"].as_array().unwrap().len(), missing);
    let bare = fastest(|| {
        let query = "SELECT count(get_byte(marks, 228) + get_byte(marks, 229)) FROM register_year";
        assert_eq!(sql.number(query), i64::from(PUPILS));
    });
    let answer = fastest(|| {
        admin.get(&path).expect(200);
    });
    let ratio = answer.as_micros() / bare.as_micros().max(1);
    println!(
        "{missing} of {PUPILS} missing: list {answer:.2?}, bare reading {bare:.2?}, {ratio} times"
    );
}

/// The fastest of many rounds.
fn fastest(mut round: impl FnMut()) -> Duration {
    let rounds = (0..ROUNDS).map(|_| {
        let since = Instant::now();
        round();
        since.elapsed()
    });
    rounds.min().unwrap_or_default()
}
