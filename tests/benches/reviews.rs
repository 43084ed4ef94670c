//! How fast a whole trust's half-termly review is: proposed and stored for 60,000 pupils of 150 schools, beside a bare
//! INSERT of the same rows.

#[expect(dead_code, reason = "the stories need more of it")]
#[path = "../it/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use serde_json::json;

use support::app::{Start, TestApp};
use support::sql::Sql;

const SCHOOLS: i64 = 150;
/// How long the reviews of all schools may take.
const PATIENCE: Duration = Duration::from_secs(600);
const PUPILS: i64 = 400;

fn main() {
    // As a test runner asks; there is nothing to list.
    if std::env::args().any(|argument| argument == "--list" || argument == "--test") {
        return;
    }
    let app = TestApp::start_with(Start { workers: 0, ..Start::default() });
    app.clock.set("2026-09-01T08:00:00Z");
    let trust = app.trust("Larkrise");
    let mut sql = Sql::of(&app.database);
    prepare(&mut sql, trust);
    let admin = app.client("trust_admin", trust);
    let schools = sql.texts("SELECT school_id FROM school ORDER BY 1");
    for school in &schools {
        let policy =
            json!({ "policy": "improvement-process", "answers": { "review day": "Wednesday" } });
        admin.put(&format!("/v1/schools/{school}/policy/pathway/2026-09-01"), &policy).expect(200);
    }
    sql.run("ANALYZE");
    // A Wednesday, on which nothing but the reviews falls due.
    app.clock.set("2026-10-21T05:00:00Z");
    let since = Instant::now();
    let _workers = app.another(Start { workers: 2, ..Start::default() });
    while sql.number("SELECT count(*) FROM review_item") == 0 {
        assert!(since.elapsed() < PATIENCE, "no review opens");
        std::thread::sleep(Duration::from_millis(1));
    }
    let first = since.elapsed();
    while sql.number("SELECT count(*) FROM run_item WHERE kind = 'review'") < SCHOOLS {
        assert!(since.elapsed() < PATIENCE, "the reviews do not end");
        std::thread::sleep(Duration::from_millis(5));
    }
    let took = since.elapsed() - first;
    let items = sql.number("SELECT count(*) FROM review_item");
    println!("{items} items of {SCHOOLS} schools; the first stood after {first:.2?}");
    let bare = bare(&mut sql, &schools);
    println!("review: {took:.2?}");
    println!("INSERT: {bare:.2?}");
    println!("review / INSERT: {}%", 100 * took.as_micros() / bare.as_micros().max(1));
}

/// Schools, classes, pupils and half a term of marks, a fifth of the pupils below 90%.
fn prepare(sql: &mut Sql, trust: i32) {
    let terms = json!({ "terms": [
        { "name": "Autumn term", "from": "2026-09-02", "to": "2026-12-18", "half_term": { "from": "2026-10-26", "to": "2026-10-30" } },
    ] });
    sql.run(&format!(
        "INSERT INTO school (trust_id, urn, name, phase, created_at, created_by)
             SELECT {trust}, 900000 + n, 'School ' || n, 'primary', now(), 'test' FROM generate_series(1, {SCHOOLS}) n;
         INSERT INTO school_version SELECT trust_id, school_id, 2026, 1, '2026-08-01' FROM school;
         INSERT INTO school_calendar SELECT trust_id, school_id, 2026, 1, '{terms}', '2026-10-19', 'test' FROM school;
         INSERT INTO class (trust_id, school_id, year, name, created_at, created_by)
             SELECT trust_id, school_id, 2026, 'C' || n, now(), 'test' FROM school, generate_series(1, 14) n;
         INSERT INTO pupil (trust_id, upn, surname, forename, name_key, given_key, birth_date, school_ids, created_at, created_by)
             SELECT trust_id, lpad((school_id * 1000 + n)::text, 13, 'A'), 'Fell', 'Ada', 'fell ada', 'ada fell', '2016-03-14',
                 ARRAY[school_id], now(), 'test'
             FROM school, generate_series(1, {PUPILS}) n;
         INSERT INTO enrolment (trust_id, school_id, pupil_id, created_at, created_by)
             SELECT trust_id, school_ids[1], pupil_id, now(), 'test' FROM pupil;
         INSERT INTO enrolment_days SELECT trust_id, school_id, enrolment_id, '2026-09-02', NULL, '2026-08-01', 'test' FROM enrolment;
         INSERT INTO placement SELECT e.trust_id, e.school_id, e.enrolment_id, '2026-09-02',
                 (SELECT class_id FROM class c WHERE c.school_id = e.school_id AND c.name = 'C' || 1 + e.enrolment_id % 14),
                 6, '2026-08-01', 'test'
             FROM enrolment e;
         INSERT INTO register_year (trust_id, school_id, enrolment_id, year, version, marks)
             WITH pattern AS (
                 SELECT low, string_agg(decode(lpad(to_hex(CASE
                         WHEN low AND half % 12 < 2 THEN absent.number
                         WHEN half % 2 = 0 THEN morning.number ELSE afternoon.number END), 2, '0'), 'hex'), '' ORDER BY half) AS marks
                 FROM generate_series(0, 743) half, unnest('{{t,f}}'::bool[]) low,
                     (SELECT min(number)::int AS number FROM code_period WHERE code = 'O') absent,
                     (SELECT min(number)::int AS number FROM code_period WHERE code = '/') morning,
                     (SELECT min(number)::int AS number FROM code_period WHERE code = '\\') afternoon
                 GROUP BY low)
             SELECT trust_id, school_id, enrolment_id, 2026, 1, marks
             FROM enrolment JOIN pattern ON low = (enrolment_id % 5 = 0);
         INSERT INTO class_year (trust_id, school_id, class_id, year, version, taken)
             SELECT trust_id, school_id, class_id, 2026, 1, decode(repeat('01', 744), 'hex') FROM class"
    ));
}

/// Inserts the same rows as plain statements, a school each, into a table with the same keys; the time it took.
fn bare(sql: &mut Sql, schools: &[String]) -> Duration {
    sql.run("CREATE TABLE plain (LIKE review_item INCLUDING ALL)");
    let statements: Vec<String> = schools
        .iter()
        .map(|school| {
            let rows = sql.texts(&format!(
                "SELECT format('(%s,%s,%s,%s,%L,%L,%L,%L)', trust_id, school_id, review_id, item, pupil_id, rule, proposal, state) \
                 FROM review_item WHERE school_id = {school} ORDER BY item"
            ));
            format!(
                "INSERT INTO plain (trust_id, school_id, review_id, item, pupil_id, rule, proposal, state) VALUES {}",
                rows.join(",")
            )
        })
        .collect();
    let since = Instant::now();
    for statement in &statements {
        sql.run(statement);
    }
    since.elapsed()
}
