//! Schedules: what falls due, read before it does.

use serde_json::Value;

use crate::support::build::{school, text};
use crate::support::one_school::one_trust;
use crate::support::run::{done_runs, schedule};

#[test]
fn a_policy_that_nobody_follows_announces_its_days_and_nothing_is_run_for_them() {
    let (app, _, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    let query = format!("school_id={school}&from=2026-12-01&to=2026-12-18");
    let without = schedule(&admin, &query);
    let with = schedule(&admin, &format!("{query}&policy=improvement-process"));
    let announced: Vec<&Value> = with.iter().filter(|item| item["state"] == "announced").collect();
    assert_eq!(with.len(), without.len() + announced.len());
    let reviews = announced.iter().filter(|item| item["kind"] == "review");
    assert!(reviews.count() > 0, "{with:#?}");
    assert!(
        announced.iter().all(|item| text(item, "why").contains("what the school itself follows"))
    );
    app.clock.set("2026-12-19T09:00:00Z");
    // Five weeks, the half term and the term: what has something to do.
    done_runs(&admin, "", 7);
    let refused = admin.get("/v1/schedules?policy=none");
    assert_eq!(refused.problem(400), "bad-query");
    assert!(refused.text.contains("improvement-process"), "{}", refused.text);
    let refused = admin.get("/v1/schedules?from=2025-01-01&to=2026-12-18");
    assert_eq!(refused.body["errors"][0]["pointer"], "?from");
}
