//! Every statement on a table in which rows are some trust's names the trust, beside row-level security: the planner
//! then knows it, and so does an engine that shards by trust.
//!
//! Every story listens to what its applications say ([`crate::support::statements`]) and fails at its end when one of
//! them named no trust. This one calls every operation, so that it is told whichever stories are run.

use std::collections::BTreeSet;

use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use domain::Roles;
use serde_json::{Value, json};

use super::authz::{World, every_operation, holder};
use crate::school::sign_in::SignIn;
use crate::support::app::{Client, TestApp};
use crate::support::postgres::fresh_database;
use crate::support::sql::Sql;
use crate::support::statements::{OUTSIDE, all, faults, tables};

/// Statements that do not name their trust, each with the beginnings of what is said.
const WRONG: &[(&str, &[&str])] = &[
    ("SELECT name FROM school", &["it names school without `school.trust_id = $n`"]),
    ("SELECT name FROM school WHERE school_id = $1", &["it names school without"]),
    (
        "SELECT s.name FROM school AS s WHERE s.trust_id > $1",
        &["it names school (as s) without `s.trust_id = $n`"],
    ),
    // Not what every row must meet.
    ("SELECT name FROM school WHERE trust_id = $1 OR urn = $2", &["it names school"]),
    ("SELECT name FROM school WHERE NOT trust_id = $1", &["it names school"]),
    ("SELECT name FROM school WHERE trust_id = trust_id", &["it names school"]),
    // A setting is not told before it is run.
    (
        "SELECT name FROM school WHERE trust_id = current_setting('app.trust_id')::int",
        &["it names school"],
    ),
    (
        "SELECT 1 FROM class c JOIN school s ON s.school_id = c.school_id WHERE c.trust_id = $1",
        &["it names school (as s)"],
    ),
    (
        "SELECT 1 FROM class c JOIN school s ON s.trust_id = c.trust_id",
        &["it names class (as c)", "it names school (as s)"],
    ),
    (
        "SELECT 1 FROM class c LEFT JOIN school s ON c.trust_id = $1 AND s.trust_id = c.trust_id",
        &["it names class (as c)", "it names school (as s)"],
    ),
    (
        "SELECT 1 FROM class c, school s WHERE c.trust_id = $1 AND s.school_id = c.school_id",
        &["it names school (as s)"],
    ),
    (
        "SELECT 1 FROM class c WHERE c.trust_id = $1 AND EXISTS (SELECT FROM school s WHERE s.school_id = c.school_id)",
        &["it names school (as s)"],
    ),
    (
        "SELECT 1 FROM class c WHERE EXISTS (SELECT FROM school s WHERE s.trust_id = c.trust_id)",
        &["it names class (as c)", "it names school (as s)"],
    ),
    ("SELECT 1 FROM (SELECT * FROM school) s WHERE s.trust_id = $1", &["it names school without"]),
    ("WITH s AS (SELECT * FROM school) SELECT 1 FROM s", &["it names school without"]),
    (
        "SELECT 1 FROM school WHERE trust_id = $1 UNION SELECT 1 FROM class",
        &["it names class without"],
    ),
    ("UPDATE school SET name = $1 WHERE school_id = $2", &["it names school without"]),
    (
        "UPDATE school s SET name = c.name FROM class c WHERE s.trust_id = $1 AND c.school_id = s.school_id",
        &["it names class (as c)"],
    ),
    ("UPDATE school SET trust_id = $1 WHERE trust_id = $2", &["it sets trust_id of school"]),
    ("DELETE FROM import_chunk WHERE job_id = $1", &["it names import_chunk without"]),
    (
        "DELETE FROM import_chunk c USING import i WHERE c.trust_id = $1 AND i.job_id = c.job_id",
        &["it names import (as i)"],
    ),
    ("INSERT INTO school (school_id, name) VALUES ($1, $2)", &["it adds to school what takes"]),
    ("INSERT INTO school (trust_id, name) VALUES (7, $1)", &["it adds to school what takes"]),
    (
        "INSERT INTO placement (trust_id, class_id) SELECT $1, u.class_id FROM unnest($2) AS u (class_id)",
        &["it adds to placement what takes"],
    ),
    (
        "INSERT INTO school (trust_id, name) VALUES ($1, $2) ON CONFLICT (trust_id, school_id) DO UPDATE SET trust_id = $3",
        &["it sets trust_id of school"],
    ),
    ("SELECT FROM WHERE", &["it cannot be read"]),
];

/// Views and tables that no operation asks, each with the reason.
const UNHEARD: &[(&str, &str)] = &[("mark", "a view for people with `psql`")];

/// Statements that name their trust, or no table of a trust.
const RIGHT: &[&str] = &[
    r#"SELECT "school"."name" FROM "school" WHERE (("school"."trust_id" = $1) AND ("school"."urn" = $2))"#,
    "SELECT name FROM school WHERE trust_id = $1::int",
    "SELECT 1 FROM class c JOIN school s ON s.trust_id = c.trust_id WHERE c.trust_id = $1",
    "SELECT 1 FROM class c JOIN school s USING (trust_id, school_id) WHERE s.trust_id = $1",
    "SELECT 1 FROM class c LEFT JOIN school s ON s.trust_id = c.trust_id WHERE c.trust_id = $1",
    "SELECT 1 FROM class c WHERE c.trust_id = $1 AND EXISTS (SELECT FROM school s WHERE s.trust_id = c.trust_id)",
    "SELECT 1 FROM class c JOIN LATERAL (SELECT name FROM school WHERE trust_id = c.trust_id) s ON true WHERE c.trust_id = $1",
    "WITH school AS (SELECT $1 AS name) SELECT name FROM school",
    "UPDATE school s SET name = u.name FROM unnest($1, $2) AS u (id, name) WHERE s.trust_id = $3 AND s.school_id = u.id",
    "DELETE FROM import_chunk WHERE trust_id = $1",
    "INSERT INTO school (trust_id, name) VALUES ($1, $2), ($3, DEFAULT)",
    "INSERT INTO placement (trust_id, class_id) SELECT t.trust_id, u.id FROM trust t, unnest($2) AS u (id) WHERE t.trust_id = $1",
    "SELECT code FROM code_period",
    "SELECT pg_advisory_xact_lock($1, $2)",
    "UPDATE job_queue SET fence = fence + 1 WHERE job_id = $1",
];

#[test]
fn a_statement_that_names_no_trust_is_told_with_its_table() {
    for (statement, expected) in WRONG {
        let told = faults(statement, tables());
        assert_eq!(told.len(), expected.len(), "{statement}: {told:?}");
        for (told, expected) in told.iter().zip(*expected) {
            assert!(told.starts_with(expected), "{statement}: {told}");
        }
    }
}

#[test]
fn a_statement_that_names_its_trust_is_not_told() {
    for statement in RIGHT {
        assert_eq!(faults(statement, tables()), Vec::<String>::new(), "{statement}");
    }
}

/// A draw goes as far as its freeze, which no single call of the table does.
fn a_draw_is_frozen(admin: &Client, school: i32) {
    let new = json!({
        "school_id": school, "prize": "the termly prize", "period": "2026/term-1", "opens_on": "2026-11-18",
        "freezes_on": "2026-11-18",
    });
    let draw = admin.post("/v1/draws", &new).expect(201)["draw_id"].clone();
    for step in ["opening", "freeze"] {
        admin.post(&format!("/v1/draws/{draw}/{step}"), &json!({})).expect(200);
    }
    admin.get(&format!("/v1/draws/{draw}/slips")).expect(200);
}

#[test]
fn every_operation_names_the_trust_in_all_that_it_asks() {
    let app = TestApp::start();
    let trust = app.sandbox("Larkrise");
    let (world, roles, mut fresh) = (World::prepare(&app, trust, 1), Roles::built_in().unwrap(), 0);
    for operation in every_operation() {
        let role = operation.permission.as_deref().map(|name| holder(&roles, name));
        let client = role.map_or_else(|| app.client_of(""), |role| app.client(&role.name, trust));
        operation.call(&client, &world, &mut fresh);
    }
    let class = json!({ "school_id": world.school()[0], "year": 2026, "name": "6B" });
    let key = [("idempotency-key", "6B")];
    app.client("trust_admin", trust).json("POST", "/v1/classes", &key, &class).expect(201);
    a_draw_is_frozen(&app.client("trust_admin", trust), world.school()[0]);
    // Somebody signs in, which no call of the table does.
    SignIn::prepare().jo().get("/v1/me").expect(200);
    let (texts, wrong) = all();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    // It was really listened to, to every table; and no exception stands there for nothing.
    let words = |text: &String| -> Vec<String> {
        text.split(|c: char| !(c.is_alphanumeric() || c == '_')).map(str::to_owned).collect()
    };
    let heard: BTreeSet<String> = texts.iter().flat_map(words).collect();
    let unheard: Vec<&str> =
        tables().iter().map(String::as_str).filter(|table| !heard.contains(*table)).collect();
    assert_eq!(unheard, UNHEARD.iter().map(|(table, _)| *table).collect::<Vec<_>>());
    for (table, why) in OUTSIDE {
        let table = BTreeSet::from([(*table).to_owned()]);
        assert!(texts.iter().any(|text| !faults(text, &table).is_empty()), "{table:?}: {why}");
    }
}

/// The scans of a plan that read a trust's table without this condition, and not for a row that meets it.
fn unfiltered(plan: &Value, condition: &str) -> Vec<String> {
    let conditions = ["Index Cond", "Recheck Cond", "Filter"].map(|kind| plan[kind].as_str());
    let met = |says: &&str| says.contains(condition) || says.contains("trust_id = e.trust_id");
    let filtered = conditions.iter().flatten().any(met);
    let table = plan["Relation Name"].as_str().filter(|table| tables().contains(*table));
    let own = table.filter(|_| !filtered).map(str::to_owned);
    let below = plan["Plans"].as_array().into_iter().flatten();
    own.into_iter().chain(below.flat_map(|plan| unfiltered(plan, condition))).collect()
}

#[test]
fn a_view_hands_the_trust_on_to_its_tables() {
    #[derive(QueryableByName)]
    struct Plan {
        #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
        plan: String,
    }
    let database = fresh_database();
    let mut sql = Sql::of(&database);
    let views = sql.texts("SELECT viewname FROM pg_views WHERE schemaname = 'public'");
    assert!(views.contains(&"enrolment_now".to_owned()), "{views:?}");
    for view in views {
        // As the superuser: without row-level security, which has a condition of its own.
        let explain = format!("EXPLAIN (FORMAT JSON) SELECT * FROM {view} WHERE trust_id = 7");
        let plan: Plan = sql_query(explain).get_result(&mut sql.0).unwrap();
        let plan: Value = serde_json::from_str(&plan.plan).unwrap();
        assert_eq!(unfiltered(&plan[0]["Plan"], "trust_id = 7"), Vec::<String>::new(), "{view}");
    }
}
