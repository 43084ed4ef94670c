//! A trust that joins beside a much larger one, of which alone the planner knows anything: no statement reads more than
//! the trust has, and what is asked of one class or pupil reads as little as when the statistics have caught up.
//!
//! Nothing here is measured in seconds. The server writes the plan of every statement with what it really read
//! (`auto_explain`), whichever operation or job sent it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::io::{Read, Seek, SeekFrom};

use serde_json::Value;

use crate::house::authz::{World, every_operation};
use crate::support::app::{Start, TestApp};
use crate::support::build::upn;
use crate::support::postgres::{cluster, fresh_database};
use crate::support::sql::Sql;

/// Pupils of the trust that was there before, and of the one that joins.
const LARGE: u32 = 9_000;
const SMALL: u32 = 1_500;
/// Rows that one statement may look at for each pupil of its trust: a few tables, each of them once or twice.
const ROWS_A_PUPIL: f64 = 60.0;
/// Pages by which a statement may read more than twice what it reads with statistics.
const PAGES: f64 = 150.0;

/// A roll, and a mother for every two children of it, at the two schools of a world.
fn files(world: u32, pupils: u32) -> [Vec<u8>; 2] {
    let mut roll = "upn,surname,forename,birth_date,year_group,class,first_day,urn\n".to_owned();
    let mut parents =
        "UPN,Surname,Forename,Contact Forename,Contact Surname,Relationship,Priority,\
        Parental Responsibility,Lives with student,URN\n"
            .to_owned();
    for number in 0..pupils {
        let (upn, urn) = (upn(world * 1_000_000 + number), 900_000 + world + 50 * (number % 2));
        let class = if number < 60 { "6A".to_owned() } else { format!("C{}", number / 60) };
        writeln!(roll, "{upn},S{number},F,2015-03-14,6,{class},2026-09-02,{urn}").unwrap();
        let mother = number / 4 * 2 + number % 2;
        writeln!(parents, "{upn},S{number},F,M{mother},S{mother},Mother,1,T,T,{urn}").unwrap();
    }
    [roll.into_bytes(), parents.into_bytes()]
}

/// A trust with one of everything, and so many pupils with their parents.
fn join(app: &TestApp, world: u32, pupils: u32) -> (i32, World) {
    let trust = app.trust("Larkrise");
    let made = World::prepare(app, trust, world);
    let admin = app.client("trust_admin", trust);
    for (kind, file) in ["pupils", "parents"].into_iter().zip(files(world, pupils)) {
        let import = admin.import(&format!("kind={kind}"), &file);
        assert_eq!(import["job"]["state"], "done", "{import:#}");
    }
    (trust, made)
}

/// What the server has written about statements since it was looked at last.
struct Plans {
    log: fs::File,
}

impl Plans {
    /// From now on, of every connection to this database that is made from now on.
    fn of(database: &str) -> Self {
        let settings = [
            ("session_preload_libraries", "auto_explain"),
            ("auto_explain.log_min_duration", "0"),
            ("auto_explain.log_analyze", "on"),
            ("auto_explain.log_timing", "off"),
            ("auto_explain.log_buffers", "on"),
            ("auto_explain.log_format", "json"),
        ];
        let mut sql = Sql::at(&cluster().url(embedded_postgres::SUPERUSER, "postgres"));
        for (name, value) in settings {
            sql.run(&format!("ALTER DATABASE {database} SET {name} = '{value}'"));
        }
        let mut log = fs::File::open(cluster().folder().join("server.log")).unwrap();
        log.seek(SeekFrom::End(0)).unwrap();
        Self { log }
    }

    /// Of every statement, the most rows that it looked at and the most pages that it read, at one time.
    fn taken(&mut self) -> BTreeMap<String, (f64, f64)> {
        let mut text = String::new();
        self.log.read_to_string(&mut text).unwrap();
        let mut of: BTreeMap<String, (f64, f64)> = BTreeMap::new();
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            if !(line.contains("duration: ") && line.ends_with("plan:")) {
                continue;
            }
            let mut plan = String::new();
            while let Some(more) = lines.next_if(|line| line.starts_with('\t')) {
                plan.push_str(more);
            }
            // One that another test's server process wrote into the middle is left out.
            let Ok(plan) = serde_json::from_str::<Value>(&plan) else { continue };
            let most = of.entry(plan["Query Text"].as_str().unwrap().to_owned()).or_default();
            let pages =
                ["Shared Hit Blocks", "Shared Read Blocks"].map(|name| number(&plan["Plan"], name));
            *most = (most.0.max(rows(&plan["Plan"])), most.1.max(pages.iter().sum()));
        }
        of
    }
}

fn number(node: &Value, name: &str) -> f64 {
    node[name].as_f64().unwrap_or(0.0)
}

/// The rows that a plan looked at, whether or not it kept them.
fn rows(node: &Value) -> f64 {
    let looked = ["Actual Rows", "Rows Removed by Filter", "Rows Removed by Join Filter"];
    let looked: f64 = looked.iter().map(|name| number(node, name)).sum();
    let below = node["Plans"].as_array().into_iter().flatten().map(rows);
    looked * number(node, "Actual Loops") + below.sum::<f64>()
}

/// Reads everything there is to read of a world, on an instance that has kept nothing.
fn read_all(
    app: &TestApp,
    trust: i32,
    world: &World,
    plans: &mut Plans,
) -> BTreeMap<String, (f64, f64)> {
    let fresh = app.another(Start { workers: 0, ..Start::default() });
    let clients = [
        fresh.client("trust_admin", trust),
        fresh.school_client("school_lead", trust, &world.school()[..1]),
    ];
    for client in &clients {
        let reads = every_operation().into_iter().filter(|one| one.method == "GET");
        for operation in reads.filter(|one| !one.template.ends_with("/events")) {
            let answer = operation.call(client, world, &mut 0);
            assert!(answer.status < 500, "{}: {}", operation.id, answer.text);
        }
    }
    plans.taken()
}

#[test]
fn a_trust_that_joins_beside_a_larger_one_reads_no_more_than_it_has() {
    let app = TestApp::start_on(fresh_database(), Start::default());
    join(&app, 1, LARGE);
    let mut sql = Sql::of(&app.database);
    sql.run("ANALYZE");
    let mut plans = Plans::of(app.database.name());
    let fresh = app.another(Start::default());
    let (trust, world) = join(&fresh, 2, SMALL);
    let mut all = plans.taken();
    let before = read_all(&app, trust, &world, &mut plans);
    assert!(all.len() + before.len() > 200, "{} statements", all.len() + before.len());
    all.extend(before.clone());
    let most = ROWS_A_PUPIL * f64::from(SMALL);
    let mut wrong: Vec<String> = all
        .iter()
        .filter(|(_, (rows, _))| *rows > most)
        .map(|(statement, (rows, _))| format!("{rows} rows: {statement}"))
        .collect();
    sql.run("ANALYZE");
    let after = read_all(&app, trust, &world, &mut plans);
    wrong.extend(before.iter().filter_map(|(statement, (_, pages))| {
        let (_, later) = after.get(statement)?;
        let more = *pages > 2.0 * later + PAGES;
        more.then(|| format!("{pages} pages, {later} with statistics: {statement}"))
    }));
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
