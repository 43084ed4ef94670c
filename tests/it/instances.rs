//! Two instances on one database: what one writes the other knows, and a job is done once whoever dies.

use serde_json::Value;

use crate::support::app::{Client, Start, TestApp};
use crate::support::build::{class, marks, pupil, school, upn};
use crate::support::figures::{counted, possible_and_absent};
use crate::support::redis::fresh_redis;
use crate::support::sql::Sql;

/// An application without workers: what is sent in waits for another instance.
fn without_workers() -> TestApp {
    TestApp::start_with(Start { workers: 0, ..Start::default() })
}

/// A school with three pupils in a class.
struct Class {
    trust: i32,
    admin: Client,
    school: i32,
    class: i32,
    pupils: [i32; 3],
}

impl Class {
    fn new(app: &TestApp) -> Self {
        let trust = app.trust("Larkrise");
        let admin = app.client("trust_admin", trust);
        let school = school(&admin, 1, "primary");
        let class = class(&admin, school, "6A");
        let pupils = [1, 2, 3].map(|number| pupil(&admin, school, class, number));
        Self { trust, admin, school, class, pupils }
    }

    /// Sends a file of marks; the import's id.
    fn send_marks(&self, day: &str) -> i64 {
        let rows = [1, 2, 3].map(|number| format!("{},{day},AM,I\n", upn(number)));
        let file = format!("upn,date,session,mark\n{}", rows.concat());
        let place = format!("/v1/imports?kind=marks&school_id={}", self.school);
        self.admin.upload(&place, file.as_bytes()).expect(202)["import_id"].as_i64().unwrap()
    }

    fn import(&self, id: i64) -> Value {
        self.admin.get(&format!("/v1/imports/{id}")).expect(200)
    }
}

#[test]
fn a_register_saved_on_one_instance_is_in_the_trend_of_the_other() {
    for redis_url in [None, Some(fresh_redis())] {
        let start = || Start { redis_url: redis_url.clone(), workers: 0, ..Start::default() };
        let (first, trust, c) = {
            let app = TestApp::start_with(start());
            let class = Class::new(&app);
            (app, class.trust, class)
        };
        let second = first.another(start());
        let clients = [first.client("trust_admin", trust), second.client("trust_admin", trust)];
        let mut sql = Sql::of(&first.database);
        let days =
            ["2026-11-09", "2026-11-10", "2026-11-11", "2026-11-12", "2026-11-13", "2026-11-16"];
        for (round, day) in days.into_iter().enumerate() {
            let (writer, reader) = (&clients[round % 2], &clients[(round + 1) % 2]);
            let saved = c
                .pupils
                .map(|pupil| (pupil, if pupil as usize % 3 == round % 3 { "I" } else { "/" }));
            let place = format!("/v1/classes/{}/registers/{day}/AM", c.class);
            writer.put(&place, &marks(&saved)).expect(200);
            let expected = counted(&mut sql, trust);
            assert_eq!(expected.0, 3 * (round as i64 + 1), "the story goes on");
            for window in ["week", "half_term", "term", "year_to_date"] {
                let query = format!("window={window}&by=school");
                assert_eq!(possible_and_absent(reader, &query), expected, "{day} {window}");
                assert_eq!(possible_and_absent(writer, &query), expected, "{day} {window}");
            }
        }
    }
}

#[test]
fn a_file_sent_to_one_instance_is_imported_by_another() {
    let first = without_workers();
    let c = Class::new(&first);
    let import = c.send_marks("2026-11-10");
    assert_eq!(c.import(import)["job"]["state"], "queued");
    let _worker = first.another(Start::default());
    let done = c.admin.wait_for_import(import);
    assert_eq!(
        (&done["job"]["state"], &done["result"]["counts"]["marks_added"]),
        (&"done".into(), &3.into()),
        "{done:#}"
    );
    assert_eq!(counted(&mut Sql::of(&first.database), c.trust), (3, 3));
}

#[test]
fn a_job_of_a_dead_worker_waits_for_its_lease_to_end_and_is_then_done() {
    let first = without_workers();
    let c = Class::new(&first);
    let orphan = c.send_marks("2026-11-10");
    // A worker takes the job, and is never heard of again.
    let now = first.clock.now();
    let lease =
        api::base::platform::lease(&first.app.db, now, now + chrono::TimeDelta::seconds(60));
    assert_eq!(lease.unwrap().unwrap().job_id, orphan);

    let _worker = first.another(Start::default());
    let later = c.send_marks("2026-11-11");
    c.admin.wait_for_import(later);
    assert_eq!(c.import(orphan)["job"]["state"], "queued", "it may still be alive");
    first.clock.set("2026-11-18T10:01:01Z");
    let done = c.admin.wait_for_import(orphan);
    assert_eq!((&done["job"]["state"], &done["job"]["attempt"]), (&"done".into(), &2.into()));
    assert_eq!(counted(&mut Sql::of(&first.database), c.trust), (6, 6));
}

#[test]
fn what_a_person_waits_for_is_not_kept_waiting_by_what_is_large_nor_by_another_trust() {
    let app = without_workers();
    let [larkrise, fernhill] = [Class::new(&app), Class::new(&app)];
    let at = |time: &str| app.clock.set(&format!("2026-11-18T{time}Z"));
    at("10:00:00");
    let whole = format!("urn,upn,date,session,mark\n900001,{},2026-11-10,AM,I\n", upn(1));
    let whole = larkrise.admin.upload("/v1/imports?kind=marks", whole.as_bytes()).expect(202);
    let whole = whole["import_id"].as_i64().unwrap();
    at("10:00:30");
    let [one, two] = [larkrise.send_marks("2026-11-10"), larkrise.send_marks("2026-11-11")];
    let theirs = fernhill.send_marks("2026-11-10");
    at("10:01:01");
    let late = larkrise.send_marks("2026-11-12");
    // Workers take one after the other, and are at it still.
    let now = app.clock.now();
    let until = now + chrono::TimeDelta::seconds(60);
    let lease = |_| api::base::platform::lease(&app.app.db, now, until).unwrap().unwrap().job_id;
    let taken: Vec<i64> = (0..5).map(lease).collect();
    assert_eq!(taken, [one, theirs, two, whole, late], "the large one is overtaken for a minute");
}

#[test]
fn a_worker_that_was_thought_dead_writes_nothing_any_more() {
    let first = without_workers();
    let c = Class::new(&first);
    let mut sql = Sql::of(&first.database);
    let before = sql.written();
    // Somebody holds the school's year, so that workers come as far as the registers and wait there.
    let mut holder = Sql::of(&first.database);
    holder.run("BEGIN; SELECT * FROM school_version FOR UPDATE");
    let import = c.send_marks("2026-11-10");
    let _slow = first.another(Start::default());
    sql.wait_for_waiting(1);
    assert_eq!(c.import(import)["job"]["attempt"], 1);

    first.clock.set("2026-11-18T10:01:01Z");
    let _quick = first.another(Start::default());
    sql.wait_for_waiting(2);
    holder.run("COMMIT");
    let done = c.admin.wait_for_import(import);
    assert_eq!(
        (&done["job"]["state"], &done["job"]["attempt"]),
        (&"done".into(), &2.into()),
        "{done:#}"
    );
    assert_eq!(done["result"]["counts"]["marks_added"], 3);
    // Both workers come to rest: neither waits for a lock, nor is anything left in the queue.
    c.admin.wait_for_import(c.send_marks("2026-11-11"));
    assert_eq!(counted(&mut sql, c.trust), (6, 6));
    assert_eq!(
        sql.written(),
        (before.0 + 2, before.1 + 2),
        "one version and one row of history for each file"
    );
    assert_eq!(sql.number("SELECT count(*) FROM job_queue"), 0);
    assert_eq!(sql.number("SELECT count(*) FROM import_chunk"), 0);
}

#[test]
fn a_worker_whose_connection_is_cut_tries_again_and_nothing_is_doubled() {
    let first = without_workers();
    let c = Class::new(&first);
    let mut sql = Sql::of(&first.database);
    let before = sql.written();
    let mut holder = Sql::of(&first.database);
    holder.run("BEGIN; SELECT * FROM school_version FOR UPDATE");
    let import = c.send_marks("2026-11-10");
    let _worker = first.another(Start::default());
    sql.wait_for_waiting(1);
    sql.number(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
         WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    holder.run("COMMIT");
    // It is put back for some seconds later.
    while sql.number("SELECT count(*) FROM job_queue WHERE lease_until IS NULL AND attempt = 1")
        == 0
    {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(sql.written(), before);
    first.clock.set("2026-11-18T10:00:10Z");
    let done = c.admin.wait_for_import(import);
    assert_eq!(
        (&done["job"]["state"], &done["job"]["attempt"]),
        (&"done".into(), &2.into()),
        "{done:#}"
    );
    assert_eq!(counted(&mut sql, c.trust), (3, 3));
    assert_eq!(sql.written(), (before.0 + 1, before.1 + 1));
}
