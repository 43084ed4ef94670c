//! The queue of jobs: a job is done once, whoever dies; and what somebody waits for comes before what is large.

use std::time::{Duration, Instant};

use api::base::id::TrustId;
use api::base::jobs::Turns;
use api::base::platform;
use serde_json::Value;

use crate::support::app::{Client, Start, TestApp};
use crate::support::build::{class, pupil, school, upn};
use crate::support::figures::counted;
use crate::support::run::wait_until;
use crate::support::sql::Sql;

/// A school with three pupils in a class.
struct Class {
    trust: i32,
    admin: Client,
    school: i32,
}

impl Class {
    fn new(app: &TestApp) -> Self {
        let trust = app.trust("Larkrise");
        let admin = app.client("trust_admin", trust);
        let school = school(&admin, 1, "primary");
        let class = class(&admin, school, "6A");
        for number in 1..=3 {
            pupil(&admin, school, class, number);
        }
        Self { trust, admin, school }
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
fn a_job_of_a_dead_worker_waits_for_its_lease_to_end_and_is_then_done() {
    let first = TestApp::without_workers();
    let c = Class::new(&first);
    let orphan = c.send_marks("2026-11-10");
    // A worker takes the job, and is never heard of again.
    let now = first.clock.now();
    let lease = platform::lease(&first.app.db, now, now + chrono::TimeDelta::seconds(60), &[]);
    assert_eq!(lease.unwrap().unwrap().job_id.number(), orphan);

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
    let app = TestApp::without_workers();
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
    let lease = |_| platform::lease(&app.app.db, now, until, &[]).unwrap().unwrap();
    let taken: Vec<i64> = (0..5).map(lease).map(|lease| lease.job_id.number()).collect();
    assert_eq!(taken, [one, theirs, two, whole, late], "the large one is overtaken for a minute");
}

#[test]
fn a_trust_whose_jobs_take_long_waits_as_much_longer() {
    let app = TestApp::without_workers();
    let [busy, quiet] = [Class::new(&app), Class::new(&app)];
    let (turns, began) = (Turns::default(), Instant::now());
    turns.used(TrustId::new(busy.trust), Duration::from_secs(33), began);
    let waits = |seconds| turns.waits(began + Duration::from_secs(seconds));
    app.clock.set("2026-11-18T10:00:00Z");
    let [one, two] = [busy.send_marks("2026-11-10"), busy.send_marks("2026-11-11")];
    app.clock.set("2026-11-18T10:00:20Z");
    let theirs = quiet.send_marks("2026-11-10");
    let now = app.clock.now();
    let until = now + chrono::TimeDelta::seconds(60);
    let lease = |_| platform::lease(&app.app.db, now, until, &waits(0)).unwrap().unwrap();
    let taken: Vec<i64> = (0..3).map(lease).map(|lease| lease.job_id.number()).collect();
    assert_eq!(taken, [theirs, one, two]);
    assert!((waits(60)[0].1 - 16.5).abs() < 0.01, "half of it is forgotten in a minute");
    assert!(waits(600).is_empty(), "and all of it in ten");
}

#[test]
fn a_worker_that_was_thought_dead_writes_nothing_any_more() {
    let first = TestApp::without_workers();
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
    let first = TestApp::without_workers();
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
    let put_back = "SELECT count(*) FROM job_queue WHERE lease_until IS NULL AND attempt = 1";
    wait_until("the job is put back, for some seconds later", || sql.number(put_back) == 1);
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
