//! Draws by the clock: prepared, opened, frozen and drawn once each, late if need be, whoever dies.

use std::time::Duration;

use serde_json::{Value, json};

use super::stage::{Stage, TERM};
use crate::support::app::{Start, TestApp};
use crate::support::build::text;
use crate::support::run::wait_until;
use crate::support::sql::Sql;

/// The last attempt of each run of a draw's steps, as soon as the draw of the termly prize stands so.
fn runs_until(stage: &Stage, state: &str) -> Vec<Value> {
    wait_until(&format!("a draw that is {state}"), || {
        let draws = stage.lead.get(&format!("/v1/draws?school_id={}", stage.school)).expect(200);
        let draws = draws["items"].as_array().unwrap();
        draws.iter().any(|draw| draw["prize"] == super::PRIZE && draw["state"] == state)
    });
    let runs = stage.lead.get(&format!("/v1/runs?limit=500&school_id={}", stage.school));
    let runs = runs.expect(200)["items"].as_array().unwrap().clone();
    runs.into_iter().filter(|run| text(run, "kind").starts_with("draw")).collect()
}

fn late(runs: &[Value], kind: &str) -> Vec<bool> {
    let of_kind = runs.iter().filter(|run| run["kind"] == kind);
    of_kind.map(|run| run.get("late").is_some()).collect()
}

#[test]
fn a_term_that_nobody_watches_is_drawn_late_and_in_order_and_says_so() {
    let stage = Stage::sandbox(10);
    stage.give_all();
    let clockwork = stage.app.another(Start::default());
    stage.app.clock.set("2027-01-20T09:00:00Z");
    let runs = runs_until(&stage, "frozen");
    assert_eq!(late(&runs, "draw_opened").first(), Some(&true), "{runs:#?}");
    assert_eq!(late(&runs, "draw_frozen").first(), Some(&true), "{runs:#?}");
    assert!(late(&runs, "draws_prepared").contains(&true), "{runs:#?}");
    stage.app.clock.set("2027-01-21T10:00:00Z");
    let runs = runs_until(&stage, "drawn");
    assert!(!late(&runs, "draw_held").is_empty());
    let mut sql = Sql::of(&stage.app.database);
    let doubled = "SELECT count(*) FROM (SELECT draw_id, kind FROM draw_event GROUP BY 1, 2 HAVING count(*) > 1) d";
    assert_eq!(sql.number(doubled), 0);
    let of_term = format!("SELECT count(*) FROM draw WHERE period = '{TERM}'");
    assert_eq!(sql.number(&of_term), 2, "the prize draw and the raffle");
    drop(clockwork);
}

/// Whether somebody comes to wait for a table within a moment.
fn somebody_waits(watcher: &mut Sql) -> bool {
    (0..150).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        watcher.number(
            "SELECT count(*) FROM pg_stat_activity \
             WHERE datname = current_database() AND wait_event_type = 'Lock'",
        ) > 0
    })
}

#[test]
fn a_worker_that_dies_at_any_point_of_a_freeze_or_a_drawing_leaves_one_of_each() {
    let stage = Stage::sandbox(10);
    stage.give_all();
    let draw = stage.prepare(json!({}));
    stage.app.clock.set("2026-12-01T07:00:00Z");
    let early = stage.app.another(Start::default());
    runs_until(&stage, "opened");
    drop(early);
    let (mut holder, mut watcher) = (Sql::of(&stage.app.database), Sql::of(&stage.app.database));
    let mut clockwork: Option<TestApp> = None;
    let moments: [(&str, &str, &[&str]); 2] = [
        (
            "2026-12-15T18",
            "frozen",
            &["ticket_pool_closed", "ticket_event", "draw_entry", "draw_event", "run_item"],
        ),
        ("2026-12-16T19", "drawn", &["draw_event", "run_item", "draw_event"]),
    ];
    let mut killed = 0;
    for (hour, state, tables) in moments {
        for (number, table) in (1..).zip(tables) {
            holder.run(&format!("BEGIN; LOCK TABLE {table} IN SHARE MODE"));
            // The next attempt comes after a pause, which the clock need not wait for.
            stage.app.clock.set(&format!("{hour}:{:02}:00Z", 8 * number));
            clockwork.get_or_insert_with(|| stage.app.another(Start::default()));
            if somebody_waits(&mut watcher) {
                killed += 1;
                watcher.texts(
                    "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity \
                     WHERE datname = current_database() AND wait_event_type = 'Lock'",
                );
                std::thread::sleep(Duration::from_millis(300));
            }
            holder.run("COMMIT");
        }
        stage.app.clock.set(&format!("{hour}:59:00Z"));
        runs_until(&stage, state);
    }
    assert!(killed >= 3, "it was cut off {killed} times");
    for (what, query, expected) in [
        ("one freeze", "SELECT count(*) FROM draw_event WHERE kind = 'frozen' AND draw_id = 1", 1),
        ("one drawing", "SELECT count(*) FROM draw_event WHERE kind = 'drawn' AND draw_id = 1", 1),
        ("ten entries", "SELECT count(*) FROM draw_entry WHERE draw_id = 1", 10),
        (
            "each ticket entered once",
            "SELECT count(*) FROM ticket_event WHERE state = 'entered'",
            55,
        ),
    ] {
        let query = query.replace("draw_id = 1", &format!("draw_id = {draw}"));
        assert_eq!(watcher.number(&query), expected, "{what}");
    }
}

#[test]
fn the_clock_voids_what_a_governor_stays_away_from() {
    let stage = Stage::sandbox(10);
    stage.give_all();
    let draw = stage.prepare(json!({ "mode": "two secrets" }));
    let told = stage.to(draw, "invitation", json!({})).expect(201);
    let body = json!({ "invitation": told["invitation"], "commitment": "ab".repeat(32) });
    let nobody = stage.app.client_of("");
    nobody.post(&format!("/v1/draws/{draw}/commitments"), &body).expect(200);
    let _clockwork = stage.app.another(Start::default());
    for (at, state) in [
        ("2026-12-01T07:00:00Z", "opened"),
        ("2026-12-15T18:30:00Z", "frozen"),
        ("2026-12-17T19:30:00Z", "void"),
    ] {
        stage.app.clock.set(at);
        runs_until(&stage, state);
    }
    assert_eq!(text(&stage.read(draw), "state"), "void");
}
