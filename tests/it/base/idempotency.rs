//! Idempotency keys: every write that creates or records takes one, and none is kept for ever.

use api::server::document::Document;
use serde_json::{Value, json};

use crate::support::one_school::OneSchool;
use crate::support::sql::Sql;

/// What creates and records nothing: it is asked, and answers.
const ASKED: [&str; 2] =
    ["/v1/policies/{policy}/check", "/v1/schools/{school_id}/calendar/{year}/read"];

/// What happens once by its nature, whoever asks again.
const ONCE: [&str; 6] = [
    "/oauth/revoke",
    "/v1/clients/{client_id}/revoke",
    "/v1/draws/{draw_id}/commitments",
    "/v1/draws/{draw_id}/drawing",
    "/v1/draws/{draw_id}/freeze",
    "/v1/draws/{draw_id}/opening",
];

/// What shows a secret, or is shown one: neither is kept for a second answer.
const SECRET: [&str; 7] = [
    "/oauth/token",
    "/v1/clients",
    "/v1/clients/{client_id}/secrets",
    "/v1/draws/{draw_id}/invitation",
    "/v1/draws/{draw_id}/invited",
    "/v1/draws/{draw_id}/secrets",
    "/v1/trusts/{trust_id}/clients",
];

#[test]
fn every_post_that_creates_or_records_takes_a_key() {
    let document: Value = serde_json::from_str(&Document::new().json().unwrap()).unwrap();
    let left_out = [&ASKED[..], &ONCE, &SECRET].concat();
    for (path, operations) in document["paths"].as_object().unwrap() {
        let Some(post) = operations.get("post").filter(|_| !left_out.contains(&path.as_str()))
        else {
            continue;
        };
        let parameters = post["parameters"].as_array().into_iter().flatten();
        let takes = |one: &Value| one["name"] == "Idempotency-Key";
        assert!(parameters.clone().any(takes), "POST {path} takes no Idempotency-Key");
    }
}

#[test]
fn a_key_holds_for_a_week_and_is_then_forgotten() {
    let OneSchool { app, admin, school, .. } = OneSchool::with(0);
    let mut sql = Sql::of(&app.database);
    let add = |key: &str, name: &str| {
        let body = json!({ "school_id": school, "year": 2026, "name": name });
        admin.json("POST", "/v1/classes", &[("idempotency-key", key)], &body)
    };
    let first = add("one", "7A").expect(201);
    assert_eq!(add("one", "7A").expect(201), first);
    assert_eq!(add("one", "7B").problem(422), "idempotency-key-reused");
    app.clock.set("2026-11-26T10:01:00Z");
    assert_eq!(add("one", "7A").problem(409), "already-exists", "done anew");
    add("two", "7C").expect(201);
    assert_eq!(sql.texts("SELECT key FROM idempotency ORDER BY key"), ["two"]);
}
