//! Runs: put there by hand, waited for, followed.

use std::io::{BufRead, BufReader};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::app::Client;
use super::postgres::TestDatabase;
use super::sql::Sql;

/// How long a story waits for what has to come.
const PATIENCE: Duration = Duration::from_secs(240);

/// A run of the school's week of 9 November 2026 whose job is in this state; its id.
pub fn a_run(database: &TestDatabase, trust: i32, school: i32, state: &str) -> i64 {
    let mut sql = Sql::of(database);
    let id = sql.number("SELECT nextval(pg_get_serial_sequence('job_queue', 'job_id'))");
    sql.run(&format!(
        "INSERT INTO job (trust_id, job_id, school_id, kind, state, stage, attempt, schools, requested_by, role, \
             requested_at, started_at)
         VALUES ({trust}, {id}, {school}, 'run', '{state}', 'put there by hand', 8, '{{{school}}}', 'clockwork', \
             'runner', '2026-11-13T18:00:00Z', '2026-11-13T18:00:00Z');
         INSERT INTO run VALUES ({trust}, {school}, {id}, 'end_of_week', '2026/2026-W46', 1, '2026-11-09', \
             '2026-11-15', '2026-11-13T18:00:00Z', '2026-11-13T18:00:00Z')"
    ));
    id
}

/// The items of a part of the schedule.
#[track_caller]
pub fn schedule(client: &Client, query: &str) -> Vec<Value> {
    let found = client.get(&format!("/v1/schedules?limit=500&{query}")).expect(200);
    found["items"].as_array().unwrap().clone()
}

/// Waits until something holds.
#[track_caller]
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let since = Instant::now();
    while !holds() {
        assert!(since.elapsed() < PATIENCE, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Every run that the client may see, as soon as there are so many and all are done; in the order of their periods.
#[track_caller]
pub fn done_runs(client: &Client, query: &str, number: usize) -> Vec<Value> {
    let mut runs = Vec::new();
    wait_until(&format!("{number} runs that are done"), || {
        let found = client.get(&format!("/v1/runs?limit=500&{query}")).expect(200);
        runs = found["items"].as_array().unwrap().clone();
        runs.len() >= number && runs.iter().all(|run| run["job"]["state"] == "done")
    });
    assert_eq!(runs.len(), number, "{runs:#?}");
    runs.sort_by_key(|run| (run["period"].to_string(), run["kind"].to_string()));
    runs
}

/// A stream of server-sent events, read as they come.
pub struct Stream(Box<dyn BufRead>);

impl Stream {
    pub fn open(base: &str, token: &str, path: &str) -> Self {
        let patient = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build();
        let request = ureq::Agent::from(patient).get(format!("{base}{path}"));
        let answer = request.header("authorization", format!("Bearer {token}")).call().unwrap();
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        assert!(answer.headers().get("content-encoding").is_none_or(|how| how == "identity"));
        Self(Box::new(BufReader::new(answer.into_body().into_reader())))
    }

    /// The next event's name and data; `None` at the end of the stream.
    pub fn next(&mut self) -> Option<(String, Value)> {
        let mut name = String::new();
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            if let Some(event) = line.strip_prefix("event: ") {
                name = event.trim().to_owned();
            } else if let Some(data) = line.strip_prefix("data: ") {
                return Some((name, serde_json::from_str(data).unwrap()));
            }
        }
    }
}
