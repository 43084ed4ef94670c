//! How fast a trust's year of marks comes in: 60,000 pupils' 38 weeks, checked against roll and calendars and written with
//! their history, beside `COPY` of the same lines into a table of which nothing is asked. Then how long the trend of all
//! that takes, and the same as known on an earlier instant.

#[expect(dead_code, reason = "the stories need more of it")]
#[path = "../it/support/mod.rs"]
mod support;

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use support::app::{Client, Start, TestApp};
use support::build::{id, upn};
use support::sql::Sql;

const SCHOOLS: u32 = 150;
const PUPILS: u32 = 400;
const WEEKS: u64 = 38;
/// How long one import may take.
const PATIENCE: Duration = Duration::from_secs(1800);

fn main() {
    // As a test runner asks; there is nothing to list.
    if std::env::args().any(|argument| argument == "--list" || argument == "--test") {
        return;
    }
    let app = TestApp::start_with(Start { workers: 0, ..Start::default() });
    app.clock.set("2027-07-30T10:00:00Z");
    let trust = app.trust("Larkrise");
    let admin = app.client("trust_admin", trust);
    for school in 0..SCHOOLS {
        let body =
            json!({ "urn": urn(school), "name": format!("School {school}"), "phase": "primary" });
        let school = id(&admin.post("/v1/schools", &body).expect(201), "school_id");
        admin.put(&format!("/v1/schools/{school}/calendar/2026"), &calendar()).expect(200);
    }
    let (rolls, marks) = (rolls(), marks());
    let lines = u64::from(SCHOOLS * PUPILS) * WEEKS;
    println!("{lines} lines, {} MB", marks.len() / 1_000_000);
    println!("roll: {:.2?}", imported(&app, &admin, "pupils", &rolls).1);
    // As autovacuum would, which the tests' server has not.
    Sql::of(&app.database).run("ANALYZE");
    let plain = copied(&app, &marks);
    app.clock.set("2027-07-30T11:00:00Z");
    let (done, took) = imported(&app, &admin, "marks", &marks);
    let plain = plain.min(copied(&app, &marks));
    assert_eq!(done["result"]["counts"]["marks_added"], lines * 10);
    let each_second = |took: Duration| u128::from(lines) * 1_000_000 / took.as_micros().max(1);
    println!("COPY:   {plain:.2?}, {} lines a second", each_second(plain));
    println!("import: {took:.2?}, {} lines a second", each_second(took));
    println!("import / COPY: {}%", 100 * each_second(took) / each_second(plain).max(1));
    figures(&app, trust);
}

/// What the whole trust's figures take when nothing of them is kept: as they stand, as known on an instant after which
/// nothing came, and as known before the marks, all of which are then undone.
fn figures(app: &TestApp, trust: i32) {
    app.clock.set("2027-07-30T12:00:00Z");
    let ask = |known: &str| {
        let fresh = app.another(Start { workers: 0, ..Start::default() });
        let fresh = fresh.client("trust_admin", trust);
        let since = Instant::now();
        let trend =
            fresh.get(&format!("/v1/analytics/trend?definition=on-roll{known}")).expect(200);
        let took = since.elapsed();
        (took, trend["series"][0]["cells"][0]["possible"].as_u64().unwrap())
    };
    let shortest = |known: &str| (0..3).map(|_| ask(known)).min().unwrap();
    let (now, counted) = shortest("");
    println!("trend, nothing kept: {now:.2?}, {counted} sessions in the first half term");
    for hour in ["11:30", "10:30"] {
        let (took, counted) = shortest(&format!("&as_known_on=2027-07-30T{hour}:00Z"));
        let ratio = took.as_secs_f64() / now.as_secs_f64();
        println!("as known on {hour}: {took:.2?}, {ratio:.1} times as long, {counted} sessions");
    }
}

fn urn(school: u32) -> String {
    format!("9{school:05}")
}

/// 38 school weeks without a closed day.
fn calendar() -> Value {
    json!({
        "terms": [
            { "name": "Autumn term", "from": "2026-09-07", "to": "2026-12-18" },
            { "name": "Spring term", "from": "2027-01-04", "to": "2027-03-26" },
            { "name": "Summer term", "from": "2027-04-12", "to": "2027-06-25" },
        ],
        "bank_holidays": false,
    })
}

/// The Mondays of those weeks.
fn mondays() -> Vec<NaiveDate> {
    let terms = [((2026, 9, 7), 15), ((2027, 1, 4), 12), ((2027, 4, 12), 11)];
    let mondays = terms.into_iter().flat_map(|((year, month, day), weeks)| {
        let first = NaiveDate::from_ymd_opt(year, month, day).unwrap();
        (0..weeks).map(move |week| first + Days::new(7 * week))
    });
    mondays.collect()
}

fn pupils() -> impl Iterator<Item = (u32, String)> {
    (0..SCHOOLS)
        .flat_map(|school| (0..PUPILS).map(move |pupil| (school, upn(school * PUPILS + pupil))))
}

fn rolls() -> Vec<u8> {
    let mut file = "upn,surname,forename,birth_date,year_group,class,first_day,urn\n".to_owned();
    for (number, (school, upn)) in pupils().enumerate() {
        let class = number % 14;
        writeln!(file, "{upn},S{number},F,2015-03-14,6,C{class},2026-09-02,{}", urn(school))
            .unwrap();
    }
    file.into_bytes()
}

fn marks() -> Vec<u8> {
    let weeks = ["/\\/\\/\\/\\/\\", "/\\/\\IIII/\\", "L\\/\\/\\/\\N\\", "/\\/\\/\\/\\C1\\"];
    let mondays = mondays();
    let mut file = "upn,week,marks,urn\n".to_owned();
    for (number, (school, upn)) in pupils().enumerate() {
        for (week, monday) in mondays.iter().enumerate() {
            let marks = weeks[(number * 7 + week * 3) % 11 % weeks.len()];
            writeln!(file, "{upn},{monday},{marks},{}", urn(school)).unwrap();
        }
    }
    file.into_bytes()
}

/// Lets what was written before go to disk, so that it is not paid for by what is measured next.
fn settled(app: &TestApp) {
    Sql::of(&app.database).run("CHECKPOINT");
}

/// Imports a file, and the time from the moment a worker is there; tells when each stage began.
fn imported(app: &TestApp, admin: &Client, kind: &str, file: &[u8]) -> (Value, Duration) {
    let sent = admin.upload(&format!("/v1/imports?kind={kind}"), file).expect(202);
    let path = format!("/v1/imports/{}", sent["import_id"]);
    settled(app);
    let _worker = app.another(Start::default());
    let since = Instant::now();
    let mut stage = Value::Null;
    loop {
        let import = admin.get(&path).expect(200);
        if import["job"]["stage"] != stage {
            stage = import["job"]["stage"].clone();
            println!("  {:.2?} {stage}", since.elapsed());
        }
        match import["job"]["state"].as_str() {
            // Seldom, so that the asking is not measured too.
            Some("queued" | "running") if since.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(25));
            }
            Some("done") => return (import, since.elapsed()),
            _ => panic!("{import}"),
        }
    }
}

/// Copies the lines into a table without keys, and the time it took.
fn copied(app: &TestApp, file: &[u8]) -> Duration {
    let path = std::env::temp_dir().join(format!("rollcall-bench-{}.csv", std::process::id()));
    std::fs::write(&path, file).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let mut sql = Sql::of(&app.database);
    sql.run("DROP TABLE IF EXISTS plain; CREATE TABLE plain (upn text, week date, marks text, urn text)");
    settled(app);
    let since = Instant::now();
    sql.run(&format!("COPY plain FROM '{}' (FORMAT csv, HEADER)", path.display()));
    let took = since.elapsed();
    std::fs::remove_file(&path).unwrap();
    took
}
