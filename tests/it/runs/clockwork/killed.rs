//! A worker dies at any point of a review: the next one opens it whole, and nothing is doubled.

use serde_json::json;

use crate::support::app::{Start, TestApp};
use crate::support::build::{class, pupil, school};
use crate::support::run::wait_until;
use crate::support::sql::Sql;
use crate::support::weeks::send_marks;

#[test]
fn a_worker_that_dies_at_any_point_of_a_review_leaves_it_whole_and_not_doubled() {
    let app = TestApp::start_with(Start { clockwork: false, ..Start::default() });
    app.clock.set("2026-09-01T08:00:00Z");
    let trust = app.trust("Larkrise");
    let admin = app.client("trust_admin", trust);
    let school = school(&admin, 1, "primary");
    admin
        .put(
            &format!("/v1/schools/{school}/policy/pathway/2026-09-01"),
            &json!({ "policy": "high-attendance" }),
        )
        .expect(200);
    let class = class(&admin, school, "6A");
    for number in 1..=6 {
        pupil(&admin, school, class, number);
    }
    app.clock.set("2026-10-20T10:00:00Z");
    let absent = |pupil, day: usize| (pupil > 1 && day.is_multiple_of(4)).then_some("I");
    send_marks(&admin, school, &[1, 2, 3, 4, 5, 6], ("2026-09-02", "2026-10-20"), absent);

    // The worker comes to a halt at each table that it writes, in turn, and its connection is cut there.
    app.clock.set("2026-10-21T05:00:00Z");
    let (mut holder, mut watcher) = (Sql::of(&app.database), Sql::of(&app.database));
    let mut clockwork = None;
    for (number, table) in (1..).zip(["review", "action", "review_item", "run_item"]) {
        holder.run(&format!("BEGIN; LOCK TABLE {table} IN SHARE MODE"));
        // The next attempt comes after a pause, which the clock need not wait for.
        app.clock.set(&format!("2026-10-21T05:{:02}:00Z", 2 * number));
        clockwork.get_or_insert_with(|| app.another(Start::default()));
        watcher.wait_for_waiting(1);
        watcher.texts(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        wait_until("the attempt is given up", || {
            watcher.number("SELECT count(*) FROM job_queue WHERE lease_until IS NULL") == 1
        });
        holder.run("COMMIT");
    }
    app.clock.set("2026-10-21T05:30:00Z");
    wait_until("the review is open", || {
        watcher.number("SELECT count(*) FROM job JOIN run ON run_id = job_id WHERE run.kind = 'review' AND state = 'done'") == 1
    });
    for (what, query, expected) in [
        ("one review", "SELECT count(*) FROM review", 1),
        (
            "five pupils on the list, for two rules, and their teacher",
            "SELECT count(*) FROM review_item",
            11,
        ),
        ("numbered without a gap", "SELECT max(item) FROM review_item", 11),
        ("one run", "SELECT count(*) FROM run WHERE kind = 'review'", 1),
        ("one item of it", "SELECT count(*) FROM run_item WHERE kind = 'review'", 1),
        (
            "a message to the teacher, and what the teacher is to do",
            "SELECT count(*) FROM action",
            2,
        ),
        ("nothing is left", "SELECT count(*) FROM job_queue", 0),
    ] {
        assert_eq!(watcher.number(query), expected, "{what}");
    }
    assert!(
        watcher.number(
            "SELECT job.attempt FROM job JOIN run ON run_id = job_id WHERE run.kind = 'review'"
        ) == 5,
        "it was cut off again and again"
    );
}
