//! A day of the clock: a thousand runs due at once on two workers, one of them killed.

use serde_json::Value;

use crate::support::app::TestApp;
use crate::support::folder::Folder;
use crate::support::program::{Running, Signal, rollcall};
use crate::support::run::wait_until;
use crate::support::sql::Sql;

/// Schools whose last year had one term of one week: its week, half term, term and year end in the same hour. Each has
/// two classes of one pupil.
const SCHOOLS: i64 = 250;

fn prepare(sql: &mut Sql, trust: i32) {
    sql.run(&format!(
        "CREATE TEMP VIEW last_year AS
             SELECT year::smallint, date_trunc('week', make_date(year, 11, 10))::date AS monday
             FROM (SELECT extract(year FROM now() - interval '19 months')::int AS year) y;
         INSERT INTO school (trust_id, urn, name, phase, created_at, created_by)
             SELECT {trust}, 900000 + n, 'School ' || n, 'primary', now(), 'test' FROM generate_series(1, {SCHOOLS}) n;
         INSERT INTO school_version SELECT trust_id, school_id, year, 1, now() FROM school, last_year;
         INSERT INTO school_calendar SELECT trust_id, school_id, year, 1,
                 jsonb_build_object('terms', jsonb_build_array(
                     jsonb_build_object('name', 'Autumn term', 'from', monday, 'to', monday + 4))),
                 make_date(year, 8, 1), 'test'
             FROM school, last_year;
         INSERT INTO class (trust_id, school_id, year, name, created_at, created_by)
             SELECT trust_id, school_id, year, called, now(), 'test' FROM school, last_year, unnest('{{6A,6B}}'::text[]) called;
         INSERT INTO pupil (trust_id, upn, surname, forename, name_key, given_key, birth_date, school_ids, created_at, created_by)
             SELECT trust_id, lpad(class_id::text, 13, 'A'), 'Fell', 'Ada', 'fell ada', 'ada fell', monday - 3650,
                 ARRAY[school_id], now(), 'test'
             FROM class, last_year;
         INSERT INTO enrolment (trust_id, school_id, pupil_id, created_at, created_by)
             SELECT trust_id, school_ids[1], pupil_id, now(), 'test' FROM pupil;
         INSERT INTO enrolment_days SELECT trust_id, school_id, enrolment_id, monday, NULL, now(), 'test'
             FROM enrolment, last_year;
         INSERT INTO placement SELECT e.trust_id, e.school_id, e.enrolment_id, monday, c.class_id, 6, now(), 'test'
             FROM last_year, enrolment e JOIN pupil p USING (trust_id, pupil_id)
             JOIN class c ON lpad(c.class_id::text, 13, 'A') = p.upn"
    ));
}

#[test]
fn a_thousand_runs_at_once_on_two_workers_are_done_once_each_though_one_is_killed() {
    let app = TestApp::without_workers();
    let trust = app.trust("Larkrise");
    let mut sql = Sql::of(&app.database);
    prepare(&mut sql, trust);

    let data = Folder::new();
    let workers = [(); 2].map(|()| {
        let mut command = rollcall(&["work"]);
        command.env("DATABASE_URL", app.database.url(api::base::migrate::APPLICATION));
        command.env("ROLLCALL_DATA", data.text());
        let mut worker = Running::start(&mut command);
        worker.wait_for("working");
        worker
    });
    let items = "SELECT count(*) FROM run_item";
    wait_until("the work is under way", || sql.number(items) >= 300);
    // Both come to a halt in the middle of an item. One of them is killed there.
    let mut holder = Sql::of(&app.database);
    holder.run("BEGIN; LOCK TABLE run_item IN SHARE MODE");
    sql.wait_for_waiting(2);
    let [killed, survivor] = workers;
    killed.signal(Signal::KILL);
    assert_eq!(killed.end().code, None);
    let so_far = sql.number(items);
    assert!((300..2 * 4 * SCHOOLS).contains(&so_far), "{so_far}");
    holder.run("COMMIT");
    // The dead worker's lease lasts a minute, for which the story does not wait.
    sql.run("UPDATE job_queue SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL");

    let done = "SELECT count(*) FROM job WHERE state = 'done'";
    wait_until("a thousand runs are done", || sql.number(done) == 4 * SCHOOLS);
    for (what, query, expected) in [
        ("none is missed or doubled", "SELECT count(*) FROM run WHERE attempt = 1", 4 * SCHOOLS),
        ("there is no other", "SELECT count(*) FROM run", 4 * SCHOOLS),
        ("every class is closed once", items, 2 * 4 * SCHOOLS),
        (
            "two classes in every run",
            "SELECT count(*) FROM (SELECT run_id FROM run_item GROUP BY run_id HAVING count(*) = 2) r",
            4 * SCHOOLS,
        ),
        ("one run was taken over", "SELECT count(*) FROM job WHERE attempt > 1", 1),
        ("nothing is left", "SELECT count(*) FROM job_queue", 0),
    ] {
        assert_eq!(sql.number(query), expected, "{what}");
    }
    survivor.signal(Signal::TERM);
    assert_eq!(survivor.end().code, Some(0));

    // All of them were missed, and say so.
    let client = app.client("trust_officer", trust);
    let runs = client.get("/v1/runs?limit=500").expect(200);
    let missed = |run: &Value| run["late"]["missed"] == true && run["job"]["done"] == 2;
    assert!(runs["items"].as_array().unwrap().iter().all(missed), "{runs:#}");
}
