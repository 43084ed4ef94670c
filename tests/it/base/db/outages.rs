//! The database goes away and comes back: what was answered with 200 is there, and every refusal says when to try again.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chrono::{Days, NaiveDate};

use crate::support::app::{Answer, Client};
use crate::support::build::{class, marks, pupil, school};
use crate::support::figures::possible_and_absent;
use crate::support::one_school::one_trust;
use crate::support::own_server::{OwnServer, start_postgres};
use crate::support::program::{Signal, send_signal};
use crate::support::run::wait_until;
use crate::support::sql::Sql;

/// A register to be saved: the first pupil is there, the second one is ill.
#[derive(Clone, Copy)]
struct Register {
    class: i32,
    pupils: [i32; 2],
    day: NaiveDate,
    session: &'static str,
}

impl Register {
    fn here(&self) -> &'static str {
        if self.session == "AM" { "/" } else { "\\" }
    }

    fn save(&self, client: &Client) -> Answer {
        let place = format!("/v1/classes/{}/registers/{}/{}", self.class, self.day, self.session);
        client.put(&place, &marks(&[(self.pupils[0], self.here()), (self.pupils[1], "I")]))
    }

    /// Its marks, as the table of marks tells them.
    fn marks(&self) -> [String; 2] {
        let mark = |pupil, mark| format!("{pupil} {} {} {mark}", self.day, self.session);
        [mark(self.pupils[0], self.here()), mark(self.pupils[1], "I")]
    }
}

/// Twelve classes, and every register of theirs in the seven weeks before half term.
fn registers(admin: &Client) -> Vec<Register> {
    let school = school(admin, 1, "primary");
    let monday = NaiveDate::from_ymd_opt(2026, 9, 7).unwrap();
    let mut all = Vec::new();
    for number in 1..=12 {
        let class = class(admin, school, &format!("Class {number}"));
        let pupils = [100, 200].map(|n| pupil(admin, school, class, n + number));
        for n in 0..35 {
            let day = monday + Days::new(n / 5 * 7 + n % 5);
            all.extend(["AM", "PM"].map(|session| Register { class, pupils, day, session }));
        }
    }
    all
}

/// What the teachers were told so far.
#[derive(Default)]
struct Told {
    next: AtomicUsize,
    saved: AtomicUsize,
    unavailable: AtomicUsize,
    enough: AtomicBool,
}

impl Told {
    /// Waits until so many answers more have come.
    #[track_caller]
    fn wait_for(&self, answers: &AtomicUsize, more: usize) {
        let (since, wanted) = (Instant::now(), answers.load(Ordering::SeqCst) + more);
        while answers.load(Ordering::SeqCst) < wanted {
            assert!(since.elapsed() < Duration::from_secs(60), "the answers did not come");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// How long a teacher tries to save one register.
const PATIENCE: Duration = Duration::from_secs(120);

/// A teacher: saves one register after another, each until it is acknowledged.
fn teach(client: &Client, registers: &[Register], told: &Told) {
    while !told.enough.load(Ordering::SeqCst) {
        let register = registers[told.next.fetch_add(1, Ordering::SeqCst)];
        let since = Instant::now();
        loop {
            let answer = register.save(client);
            if answer.status == 200 {
                told.saved.fetch_add(1, Ordering::SeqCst);
                break;
            }
            assert_eq!(answer.problem(503), "unavailable");
            assert!(
                answer.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok())
            );
            assert!(since.elapsed() < PATIENCE, "the database does not come back");
            told.unavailable.fetch_add(1, Ordering::SeqCst);
        }
    }
}

#[test]
fn nothing_that_was_acknowledged_is_lost_when_postgres_is_stopped_or_crashes_under_load() {
    let mut story = OwnServer::new("load");
    let (admin, registers) = (story.admin.clone(), registers(&story.admin));
    let told = Told::default();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| teach(&admin, &registers, &told));
        }
        for crash in [false, true] {
            told.wait_for(&told.saved, 40);
            let cluster = story.running.take().unwrap();
            if crash {
                send_signal(cluster.pid(), Signal::QUIT);
            }
            cluster.stop().unwrap();
            told.wait_for(&told.unavailable, 4);
            assert_eq!(admin.get("/readyz").problem(503), "unavailable");
            assert_eq!(admin.get("/healthz").status, 200);
            story.running = Some(start_postgres(&story.folder));
        }
        told.wait_for(&told.saved, 40);
        told.enough.store(true, Ordering::SeqCst);
    });
    let saved = told.saved.load(Ordering::SeqCst);
    assert_eq!(
        saved,
        told.next.load(Ordering::SeqCst),
        "all that was begun was acknowledged in the end"
    );
    let expected: BTreeSet<String> = registers[..saved].iter().flat_map(Register::marks).collect();
    let mut sql = story.sql();
    let found = sql.texts("SELECT concat_ws(' ', pupil_id, date, session, code) FROM mark");
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
    let count = i64::try_from(saved).unwrap();
    assert_eq!(possible_and_absent(&admin, "window=week"), (2 * count, count));
    assert_eq!(sql.number("SELECT count(*) FROM mark_event"), count, "nor was one written twice");
}

#[test]
fn a_connection_that_is_cut_while_it_commits_promises_nothing() {
    let story = OwnServer::new("commit");
    let register = registers(&story.admin)[0];
    let mut sql = story.sql();
    // A commit waits for a standby that does not exist, until somebody cuts the connection.
    sql.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    sql.run("SELECT pg_reload_conf()");
    let answer = std::thread::scope(|scope| {
        let saving = scope.spawn(|| register.save(&story.admin));
        let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
        wait_until("a commit that waits is cut off", || {
            assert!(!saving.is_finished(), "it did not wait");
            sql.number(cut) > 0
        });
        saving.join().unwrap()
    });
    assert_eq!(answer.problem(503), "unavailable");
    assert_eq!(answer.header("retry-after"), Some("1"));
    sql.run("ALTER SYSTEM RESET synchronous_standby_names");
    sql.run("SELECT pg_reload_conf()");
    register.save(&story.admin).expect(200);
    assert_eq!(possible_and_absent(&story.admin, "window=week"), (2, 1));
}

#[test]
fn a_trust_that_waits_for_itself_is_told_so_within_about_a_second_and_keeps_nobody_else_waiting() {
    let (app, _, admin) = one_trust();
    let neighbour = app.client("trust_admin", app.trust("Fernhill"));
    let school = school(&admin, 1, "primary");
    let classes = ["A", "B", "C"].map(|name| class(&admin, school, name));
    let pupils = [1, 2, 3].map(|n| pupil(&admin, school, classes[n as usize - 1], n));
    let mut holder = Sql::of(&app.database);
    holder.run("BEGIN; SELECT * FROM school_version FOR UPDATE");
    std::thread::scope(|scope| {
        let waiting: Vec<_> = classes
            .iter()
            .zip(pupils)
            .map(|(class, pupil)| {
                let place = format!("/v1/classes/{class}/registers/2026-11-18/AM");
                let admin = admin.clone();
                scope.spawn(move || admin.put(&place, &marks(&[(pupil, "/")])))
            })
            .collect();
        // Half of the connections for requests, which is the trust's share, wait for the school's year.
        Sql::of(&app.database).wait_for_waiting(3);
        let since = Instant::now();
        let refused = admin.get("/v1/schools");
        let took = since.elapsed();
        assert_eq!(refused.problem(503), "unavailable");
        assert_eq!(refused.header("retry-after"), Some("1"));
        assert!((Duration::from_millis(900)..Duration::from_secs(3)).contains(&took), "{took:?}");
        assert_eq!(admin.get("/healthz").status, 200);
        assert_eq!(neighbour.get("/v1/schools").status, 200);
        holder.run("COMMIT");
        for register in waiting {
            register.join().unwrap().expect(200);
        }
    });
    assert_eq!(admin.get("/v1/schools").status, 200);
    assert_eq!(possible_and_absent(&admin, "window=week"), (3, 0));
}

#[test]
fn who_waits_for_a_row_is_answered_before_the_client_gives_up() {
    let (app, _, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    let class = class(&admin, school, "6A");
    let pupil = pupil(&admin, school, class, 1);
    let mut holder = Sql::of(&app.database);
    holder.run("BEGIN; SELECT * FROM school_version FOR UPDATE");
    let place = format!("/v1/classes/{class}/registers/2026-11-18/AM");
    let refused = admin.put(&place, &marks(&[(pupil, "/")]));
    assert_eq!(refused.problem(503), "unavailable");
    assert_eq!(refused.header("retry-after"), Some("1"));
    holder.run("COMMIT");
    admin.put(&place, &marks(&[(pupil, "/")])).expect(200);
}
