//! `rollcall demo`, the first thing that anybody starts: it shows a trust, survives being killed, and runs as anybody.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::time::{Duration, Instant};

use api::base::migrate::APPLICATION;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Level, Role, Roles};
use embedded_postgres::SUPERUSER;
use serde_json::{Value, json};

use crate::support::app::Client;
use crate::support::build::{id, upn};
use crate::support::clients::ComesIn;
use crate::support::folder::Folder;
use crate::support::program::{PROGRAM, Running, Signal, program, rollcall, run};
use crate::support::sql::Sql;

/// The last line of what it prints before it only serves.
const READY: &str = "Stop         Ctrl-C";
/// An account that owns nothing: any ordinary user.
const NOBODY: u32 = 65534;

/// The demonstration in a folder, with a database of its own, on any free port.
fn start(data: &Folder) -> Running {
    let arguments = ["demo", "--listen", "127.0.0.1:0", "--data", data.text()];
    Running::start(&mut rollcall(&arguments))
}

/// The same, once it serves.
fn demo(data: &Folder) -> Running {
    let mut demo = start(data);
    demo.wait_for(READY);
    demo
}

/// `demo.json`.
fn notes(data: &Folder) -> Value {
    serde_json::from_slice(&fs::read(data.file("demo.json")).unwrap()).unwrap()
}

/// A client of a role, with its token from `demo.json`.
fn client(notes: &Value, role: &str) -> Client {
    let part = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{role}")).to_owned();
    Client::new(&part(&notes["address"]), &part(&notes["tokens"][role]))
}

/// The figures of every school, week by week, without the time of day.
fn figures(notes: &Value) -> Value {
    let officer = client(notes, "trust_officer");
    let trend = officer.get("/v1/analytics/trend?by=school&window=week").expect(200);
    assert!(trend["series"][0]["cells"][0]["possible"].as_u64().unwrap() > 0, "{trend}");
    json!([trend["windows"], trend["series"], trend["versions"]])
}

#[test]
fn the_demonstration_is_killed_twice_and_has_lost_nothing() {
    let data = Folder::new();
    // Killed while it loads, it does the rest the next time.
    let mut killed = start(&data);
    killed.wait_for("pupils.csv: applied");
    killed.signal(Signal::KILL);
    assert_eq!(killed.end().code, None);
    let first = demo(&data);
    assert!(first.out().contains("Loading"), "{}", first.out());
    let before = notes(&data);
    nothing_is_there_twice(&before);
    pupils_come_and_go_and_are_on_two_rolls(&before);
    groups_differ_as_they_do_in_england(&before);
    parents_and_staff_are_there(&before);
    each_school_follows_a_policy(&before);
    what_it_shows(&first, &data, &before);
    every_role_has_a_token_that_works(&before);
    every_client_comes_in(&before);

    let figures_before = figures(&before);
    let trust_admin = client(&before, "trust_admin");
    let school = &before["schools"][0]["school_id"];
    let body = json!({ "school_id": school, "upn": upn(9999), "surname": "Last", "forename": "Word", "birth_date": "2015-03-14" });
    let pupil = id(&trust_admin.post("/v1/pupils", &body).expect(201), "pupil_id");
    // Acknowledged, and that very moment:
    first.signal(Signal::KILL);
    assert_eq!(first.end().code, None);

    let since = Instant::now();
    let second = demo(&data);
    assert!(since.elapsed() < Duration::from_secs(30), "{:?}", since.elapsed());
    assert!(!second.out().contains("Loading"), "{}", second.out());
    let after = notes(&data);
    assert_eq!((&after["trust_id"], &after["schools"]), (&before["trust_id"], &before["schools"]));
    assert_eq!(figures(&after), figures_before);
    let place = format!("/v1/pupils/{pupil}");
    assert_eq!(client(&after, "trust_admin").get(&place).expect(200)["surname"], "Last");

    // Tokens of before are as good as new ones, and as one made beside it.
    let fresh = run(&mut rollcall(&["token", "--role", "trust_officer", "--data", data.text()]));
    let address = after["address"].as_str().unwrap();
    for token in [before["tokens"]["trust_officer"].as_str().unwrap(), fresh.out.trim()] {
        Client::new(address, token).get("/v1/trust").expect(200);
    }

    second.signal(Signal::TERM);
    let said = second.end();
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(!data.join("postgres/data/postmaster.pid").exists(), "its database still runs");
}

/// A look behind the application's back.
fn sql(notes: &Value) -> Sql {
    let application = notes["database_url"].as_str().unwrap();
    Sql::at(&application.replace(&format!("//{APPLICATION}@"), &format!("//{SUPERUSER}@")))
}

fn nothing_is_there_twice(notes: &Value) {
    let mut sql = sql(notes);
    assert!(sql.number("SELECT count(*) FROM pupil") > 6_000);
    assert_eq!(sql.number("SELECT count(*) FROM trust"), 1);
    assert_eq!(
        sql.texts("SELECT urn FROM school GROUP BY urn HAVING count(*) > 1"),
        Vec::<String>::new()
    );
    let twice = "SELECT pupil_id FROM enrolment_now GROUP BY pupil_id, school_id, first_day HAVING count(*) > 1";
    assert_eq!(sql.texts(twice), Vec::<String>::new());
}

/// Enrolments of one pupil, the earlier first.
const TWO: &str = "FROM enrolment_now a JOIN enrolment_now b \
    ON a.pupil_id = b.pupil_id AND a.enrolment_id <> b.enrolment_id AND a.first_day <= b.first_day WHERE";

fn pupils_come_and_go_and_are_on_two_rolls(notes: &Value) {
    let mut sql = sql(notes);
    let year = sql.number("SELECT min(year) FROM register_year");
    let mut pupils = |what: &str, enough: i64| {
        let found = sql.number(&format!("SELECT count(DISTINCT a.pupil_id) {what}"));
        assert!(found >= enough, "{found} of {what}");
    };
    let next = year + 1;
    let in_year = format!("BETWEEN '{year}-10-01' AND '{next}-06-30'");
    pupils(&format!("FROM enrolment_now a WHERE first_day {in_year}"), 100);
    pupils(&format!("FROM enrolment_now a WHERE last_day {in_year}"), 100);
    pupils(&format!("{TWO} a.school_id = b.school_id AND b.first_day > a.last_day + 20"), 8);
    pupils(
        &format!(
            "{TWO} a.school_id <> b.school_id AND a.last_day {in_year} AND b.first_day < a.last_day + 28"
        ),
        20,
    );
    pupils(
        &format!(
            "{TWO} a.school_id <> b.school_id AND coalesce(a.last_day, 'infinity') > b.first_day"
        ),
        4,
    );
    // Real marks at one school a time: nobody is marked twice.
    let special = notes["schools"].as_array().unwrap().iter().find(|s| s["phase"] == "special");
    let path = format!("/v1/schools/{}/double-marks?year={year}", special.unwrap()["school_id"]);
    assert_eq!(client(notes, "trust_officer").get(&path).expect(200)["pupils"], json!([]));
}

/// The groups of last year's trend, each with its figures in percent.
fn groups(notes: &Value, by: &str) -> Vec<(String, f64, f64)> {
    let year = sql(notes).number("SELECT min(year) FROM register_year");
    let question = format!("by={by}&window=year_to_date&definition=dfe-daily&year={year}");
    let trend = client(notes, "trust_officer").get(&format!("/v1/analytics/trend?{question}"));
    let percent = |value: &Value| value.as_str()?.parse::<f64>().ok();
    let series = trend.expect(200)["series"].as_array().unwrap().clone();
    let figures = series.iter().filter_map(|one| {
        let cell = &one["cells"][0];
        let persistent = percent(&cell["persistence_to_date"]["persistent_percent"])?;
        Some((
            one["group"]["key"].as_str()?.to_owned(),
            percent(&cell["absence_percent"])?,
            persistent,
        ))
    });
    figures.collect()
}

fn groups_differ_as_they_do_in_england(notes: &Value) {
    let of = |by: &str, key: &str| {
        let all = groups(notes, by);
        let (_, absent, persistent) = all.iter().find(|(group, ..)| group == key).unwrap().clone();
        (absent, persistent)
    };
    let (absent, persistent) = of("trust", "trust");
    assert!(
        (6.0..9.0).contains(&absent) && (16.0..26.0).contains(&persistent),
        "{absent} {persistent}"
    );
    let (meals, none) = (of("fsm", "yes"), of("fsm", "no"));
    assert!(meals.0 > 1.5 * none.0 && meals.1 > 1.5 * none.1, "{meals:?} {none:?}");
    let (plan, support, neither) = (of("sen", "ehcp"), of("sen", "support"), of("sen", "none"));
    assert!(plan.0 > support.0 && support.0 > 1.3 * neither.0, "{plan:?} {support:?} {neither:?}");
    let (year_5, year_9) = (of("year_group", "5"), of("year_group", "9"));
    assert!(year_9.1 > 1.5 * year_5.1, "{year_5:?} {year_9:?}");
    let registrations: Vec<String> =
        groups(notes, "registration").into_iter().map(|g| g.0).collect();
    assert_eq!(registrations, ["main", "subsidiary", "unrecorded"]);
}

fn parents_and_staff_are_there(notes: &Value) {
    let mut sql = sql(notes);
    let without = "SELECT count(*) FROM enrolment_now e WHERE last_day IS NULL \
        AND NOT EXISTS (SELECT FROM pupil_parent p WHERE p.pupil_id = e.pupil_id)";
    assert_eq!(sql.number(without), 0, "pupils without a parent");
    let across = "SELECT count(*) FROM (SELECT parent_id FROM pupil_parent p JOIN enrolment_now e USING (pupil_id) \
        WHERE e.last_day IS NULL GROUP BY parent_id \
        HAVING count(DISTINCT pupil_id) > 1 AND count(DISTINCT school_id) > 1) AS across";
    assert!(sql.number(across) > 200, "parents of brothers and sisters at two schools");
    for order in ["court_order", "no_contact"] {
        let of = format!(
            "SELECT count(DISTINCT parent_id) FROM parent_safeguard WHERE {order} IS NOT NULL"
        );
        assert_eq!(sql.number(&of), 1, "{order}");
    }
    let staff = client(notes, "school_lead").get("/v1/staff").expect(200);
    let duties: Vec<&str> = staff["items"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|one| one["duties"].as_array().unwrap())
        .map(|duty| duty["role"].as_str().unwrap())
        .collect();
    for role in ["school_lead", "safeguarding_lead", "school_office", "teacher"] {
        assert!(duties.contains(&role), "{role}: {duties:?}");
    }
}

/// The built-in policies in turn; and what they look at after the end of this school year has a calendar.
fn each_school_follows_a_policy(notes: &Value) {
    let admin = client(notes, "trust_admin");
    let ends = sql(notes).number("SELECT min(year) FROM register_year") + 2;
    let schools = notes["schools"].as_array().unwrap();
    let policies: Vec<&str> = schools.iter().map(|one| one["policy"].as_str().unwrap()).collect();
    let first = ["high-attendance", "strategy", "one-page", "improvement-process", "flowchart"];
    assert_eq!(policies[..5], first);
    for (school, policy) in schools.iter().zip(policies) {
        let place = format!("/v1/schools/{}/policy", school["school_id"]);
        assert_eq!(admin.get(&place).expect(200)["pathway"]["policy"], policy);
        let summer = format!("from={ends}-07-01&to={ends}-09-30&school_id={}", school["school_id"]);
        let items = admin.get(&format!("/v1/schedules?limit=500&{summer}")).expect(200);
        let missing =
            items["items"].as_array().unwrap().iter().find(|one| one["kind"] == "calendar");
        assert_eq!(missing, None);
    }
}

/// The clock is moved by half a year, and what the school records in it is sent.
#[test]
fn the_clock_goes_on_and_the_registers_follow() {
    let data = Folder::new();
    let none = run(&mut rollcall(&["registers", "--data", data.text()]));
    assert!(
        none.code != Some(0) && none.err.contains("`rollcall demo` starts one"),
        "{}",
        none.err
    );
    let mut small = rollcall(&["demo", "--listen", "127.0.0.1:0", "--data", data.text()]);
    let mut demo = Running::start(small.args(["--schools", "1", "--pupils", "60"]));
    demo.wait_for(READY);
    let notes = notes(&data);
    let admin = client(&notes, "trust_admin");
    let now: DateTime<Utc> =
        admin.get("/v1/trust/clock").expect(200)["now"].as_str().unwrap().parse().unwrap();
    admin.put("/v1/trust/clock", &json!({ "now": now + TimeDelta::weeks(26) })).expect(200);
    let marks = || sql(&notes).number("SELECT count(*) FROM mark");
    let before = marks();
    let said = run(&mut rollcall(&["registers", "--data", data.text()]));
    assert_eq!(said.code, Some(0), "{}", said.err);
    // In any half year there are ten school weeks and more, with ten sessions each for every pupil.
    assert!(marks() > before + 60 * 10 * 10 / 2, "{before} and {}", marks());
}

#[test]
fn a_trust_of_another_size_is_refused_when_no_schools_could_be_like_that() {
    let refused = run(&mut rollcall(&["demo", "--schools", "2", "--pupils", "60000"]));
    assert_ne!(refused.code, Some(0));
    assert!(refused.err.contains("60000 pupils in 2 schools: expected "), "{}", refused.err);
}

/// What is printed and what is written down, for people and for programs.
fn what_it_shows(demo: &Running, data: &Folder, notes: &Value) {
    let mode = fs::metadata(data.join("demo.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "it holds tokens");
    let out = demo.out();
    assert!(out.starts_with(&format!("Data folder: {}\n", data.text())), "{out}");
    let tables: Vec<&str> = out.split("Persistent absence in ").skip(1).collect();
    assert_eq!(tables.len(), 2, "last year's and this year's: {out}");
    let mut names: Vec<&str> = Vec::from(["The trust"]);
    names.extend(notes["schools"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()));
    assert!(names.len() >= 11, "about a dozen schools: {names:?}");
    for name in names {
        for table in &tables {
            let line = table.lines().find(|line| line.starts_with(name));
            let line = line.unwrap_or_else(|| panic!("{name} is not in the table: {table}"));
            let figures: Vec<f64> = line[name.len()..]
                .split_whitespace()
                .map(|figure| figure.parse().unwrap_or_else(|_| panic!("{line}")))
                .collect();
            assert_eq!(figures.len(), 5, "{line}");
            // Pupils, absence %, persistent, persistent %, severe %: no school without any.
            assert!(figures[..4].iter().all(|figure| *figure > 0.0), "{line}");
        }
    }
    for part in [&notes["address"], &notes["docs"], &json!(data.file("demo.json"))] {
        assert!(out.contains(part.as_str().unwrap()), "{part} is not in {out}");
    }
}

/// The front ends of two schools and of an authority get tokens, each for its own.
fn every_client_comes_in(notes: &Value) {
    let base = notes["address"].as_str().unwrap();
    let clients = notes["clients"].as_array().unwrap();
    let mut roles = Vec::new();
    for client in clients {
        let text = |name: &str| client[name].as_str().unwrap().to_owned();
        assert!(text("client_secret").starts_with("rc_test_"), "it is a sandbox");
        let (identifier, secret) = (text("client_id"), text("client_secret"));
        let token = ComesIn { id: 0, identifier, secret }.token(base);
        let me = Client::new(base, &token).get("/v1/me").expect(200);
        roles.push(format!("{} {}", me["role"].as_str().unwrap(), me["school_ids"]));
    }
    let school = |at: usize| format!("school_office [{}]", notes["schools"][at]["school_id"]);
    assert_eq!(roles, [school(0), school(1), "la_partner []".to_owned()]);
}

/// Each token acts in its role, and the roles of a school for one school only.
fn every_role_has_a_token_that_works(notes: &Value) {
    let roles = Roles::built_in().unwrap();
    assert_eq!(notes["tokens"].as_object().unwrap().len(), roles.roles().len());
    for Role { name, level, .. } in roles.roles() {
        let client = client(notes, name);
        let schools = client.get("/v1/schools");
        match level {
            Level::Platform => {
                client.post("/v1/trusts", &json!({ "name": "Another" })).expect(201);
            }
            // Nothing is shared with an authority yet; but it is known who asks.
            Level::Authority => assert_eq!(schools.expect(403)["role"], name.as_str()),
            Level::Trust => {
                let all = notes["schools"].as_array().unwrap().len();
                assert_eq!(schools.expect(200)["items"].as_array().unwrap().len(), all, "{name}");
            }
            Level::School => {
                assert_eq!(schools.expect(200)["items"].as_array().unwrap().len(), 1, "{name}");
            }
        }
    }
}

#[test]
fn an_ordinary_user_starts_it_as_root_does_and_may_interrupt_it() {
    let (data, programs) = (Folder::new(), Folder::new());
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        println!(
            "skipped: only root can become another user, and every other test runs as this one"
        );
        return;
    }
    // The build's folder may be closed to others.
    let copy = programs.file("rollcall");
    fs::copy(PROGRAM, &copy).unwrap();
    chown(&*data, Some(NOBODY), Some(NOBODY)).unwrap();
    let mut command = program(&copy, &["demo", "--listen", "127.0.0.1:0"]);
    command.env("HOME", data.text()).current_dir("/").uid(NOBODY).gid(NOBODY);

    let mut demo = Running::start(&mut command);
    demo.wait_for("Loading the demonstration trust");
    let folder = data.join(".local/share/rollcall");
    let owner = fs::metadata(folder.join("postgres/data/postmaster.pid")).unwrap().uid();
    assert_eq!(owner, NOBODY, "the database runs as whoever started it");

    let since = Instant::now();
    demo.signal(Signal::INT);
    let said = demo.end();
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    assert!(since.elapsed() < Duration::from_secs(60), "{:?}", since.elapsed());
    assert!(!folder.join("postgres/data/postmaster.pid").exists(), "its database still runs");
}
