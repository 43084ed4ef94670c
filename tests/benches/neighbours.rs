//! What a trust at its limit costs its neighbour: the median of what one trust's people wait for, beside the median when
//! the other trust is quiet. Rounds alone and rounds beside it go by turns, in one run, so that the ratio is of one
//! machine at one time.

#[expect(dead_code, reason = "the stories need more of it")]
#[path = "../it/support/mod.rs"]
mod support;

use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use support::app::{Client, TestApp};
use support::build::{id, marks, school, upn};
use support::sql::Sql;
use support::weeks::send_marks;

const PUPILS: u32 = 600;
/// People of the busy trust who ask again as soon as they are answered.
const BUSY: usize = 40;
const ROUNDS: usize = 7;
/// Requests of the quiet trust in a round, a third of each kind.
const REQUESTS: usize = 60;

/// A trust with a school and one of its classes.
struct Trust {
    admin: Client,
    school: i32,
    class: i32,
    register: Value,
}

impl Trust {
    fn join(app: &TestApp, number: u32) -> Self {
        let admin = app.client("trust_admin", app.trust("Larkrise"));
        let school = school(&admin, number, "primary");
        let first = number * 1_000_000;
        let mut roll = "upn,surname,forename,birth_date,year_group,class,first_day\n".to_owned();
        for pupil in 0..PUPILS {
            let (upn, class) = (upn(first + pupil), pupil / 30);
            writeln!(roll, "{upn},S{pupil},F,2015-03-14,6,C{class:02},2026-09-02").unwrap();
        }
        let import = admin.import(&format!("kind=pupils&school_id={school}"), roll.as_bytes());
        assert_eq!(import["job"]["state"], "done", "{import}");
        let numbers: Vec<u32> = (first..first + PUPILS).collect();
        send_marks(&admin, school, &numbers, ("2026-09-02", "2026-11-17"), |pupil, day| {
            (pupil % 7 == 0 && day % 6 == 0).then_some("I")
        });
        let classes = admin.get(&format!("/v1/classes?school_id={school}")).expect(200);
        let class = id(&classes["items"][0], "class_id");
        let page = admin.get(&register(class)).expect(200);
        let members = page["marks"].as_array().unwrap().iter().map(|one| id(one, "pupil_id"));
        let register = marks(&members.map(|pupil| (pupil, "/")).collect::<Vec<_>>());
        Self { admin, school, class, register }
    }

    /// One thing that its people do, and its status.
    fn ask(&self, number: usize) -> u16 {
        let admin = &self.admin;
        match number % 3 {
            0 => admin.put(&register(self.class), &self.register),
            1 => admin.get(&format!("/v1/schools/{}/contacts/2026-11-18", self.school)),
            _ => admin.get(&format!("/v1/analytics/trend?by=phase&schools={}", self.school)),
        }
        .status
    }

    /// The median of what they wait for.
    fn median(&self) -> Duration {
        let mut waited: Vec<Duration> = (0..REQUESTS)
            .map(|number| {
                let since = Instant::now();
                assert_eq!(self.ask(number), 200);
                since.elapsed()
            })
            .collect();
        waited.sort();
        waited[REQUESTS / 2]
    }
}

fn register(class: i32) -> String {
    format!("/v1/classes/{class}/registers/2026-11-18/AM")
}

fn main() {
    // As a test runner asks; there is nothing to list.
    if std::env::args().any(|argument| argument == "--list" || argument == "--test") {
        return;
    }
    let app = TestApp::start();
    let [quiet, busy] = [1, 2].map(|number| Trust::join(&app, number));
    // As autovacuum would, which the tests' server has not.
    Sql::of(&app.database).run("ANALYZE");
    quiet.median();
    let mut ratios = Vec::new();
    for round in 0..ROUNDS {
        let alone = quiet.median();
        let (beside, answered) = beside(&quiet, &busy);
        let ratio = 100 * beside.as_micros() / alone.as_micros().max(1);
        println!(
            "round {round}: {alone:.2?} alone, {beside:.2?} beside {answered} answers of the other trust"
        );
        ratios.push(ratio);
    }
    ratios.sort_unstable();
    let ratio = ratios[ROUNDS / 2];
    println!(
        "{BUSY} people of another trust at its limit: {}.{:02} times the median alone",
        ratio / 100,
        ratio % 100
    );
}

/// The quiet trust's median while the other one is at its limit, and how many answers that one had meanwhile: all write
/// the same register, ask for the same lists, and send files.
fn beside(quiet: &Trust, busy: &Trust) -> (Duration, u64) {
    let (enough, answered) = (AtomicBool::new(false), AtomicU64::new(0));
    thread::scope(|scope| {
        for person in 0..BUSY {
            let (enough, answered) = (&enough, &answered);
            scope.spawn(move || {
                for number in person.. {
                    if enough.load(Ordering::Relaxed) {
                        break;
                    }
                    busy.ask(number);
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        scope.spawn(|| {
            while !enough.load(Ordering::Relaxed) {
                let query = format!("kind=pupils&school_id={}&dry_run=true", busy.school);
                busy.admin.import(&query, b"upn\n1\n");
            }
        });
        // Until the other trust is at it.
        while answered.load(Ordering::Relaxed) < BUSY as u64 {
            thread::sleep(Duration::from_millis(5));
        }
        let median = quiet.median();
        enough.store(true, Ordering::Relaxed);
        (median, answered.load(Ordering::Relaxed))
    })
}
