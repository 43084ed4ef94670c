//! The program itself, as an administrator starts it: what it refuses, what it says, how it ends.

use std::fs::{self, Permissions};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::{Duration, Instant};

use api::base::migrate::{APPLICATION, MIGRATIONS, OWNER};
use diesel::{Connection, PgConnection};
use diesel_migrations::MigrationHarness;
use domain::Roles;
use embedded_postgres::SUPERUSER;
use serde_json::{Value, json};

use crate::support::app::Client;
use crate::support::build::{id, school, upn};
use crate::support::folder::Folder;
use crate::support::postgres::{TestDatabase, empty_database, fresh_database};
use crate::support::program::{Ended, Running, Signal, rollcall, run, said};
use crate::support::sql::Sql;

/// How soon a process has to be gone that was told to stop and has nothing left to do.
const SOON: Duration = Duration::from_secs(5);

/// `rollcall` with a database, as one of its roles, and a data folder.
fn on(database: &TestDatabase, role: &str, data: &Folder, arguments: &[&str]) -> Command {
    let mut command = rollcall(arguments);
    command.env("DATABASE_URL", database.url(role)).env("ROLLCALL_DATA", data.text());
    command
}

/// A service on a free port, and its address.
fn serve(database: &TestDatabase, data: &Folder, workers: &str) -> (Running, String) {
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--workers", workers];
    let mut serve = Running::start(&mut on(database, APPLICATION, data, &arguments));
    let line: Value = serde_json::from_str(&serve.wait_for("serving")).expect("a line of JSON");
    let address = format!("http://{}", line["fields"]["address"].as_str().unwrap());
    (serve, address)
}

/// A fresh token, from the program.
fn token(data: &Folder, arguments: &[&str]) -> String {
    let said = run(rollcall(&["token", "--data", data.text()]).args(arguments));
    assert_eq!(said.code, Some(0), "{}", said.err);
    said.out.trim().to_owned()
}

/// The one sentence on stderr of a run that came to nothing.
#[track_caller]
fn refusal(said: &Ended) -> &str {
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{}", said.err);
    let sentence = said.err.strip_prefix("rollcall: ").and_then(|rest| rest.strip_suffix('\n'));
    sentence.filter(|one| !one.contains('\n')).unwrap_or_else(|| panic!("{}", said.err))
}

#[test]
fn roles_that_row_level_security_would_not_hold_are_refused() {
    let (database, data) = (fresh_database(), Folder::new());
    Sql::at(&database.admin_url()).run(
        "CREATE ROLE refused_bypasser LOGIN BYPASSRLS IN ROLE rollcall_app;
         CREATE ROLE refused_heir LOGIN IN ROLE rollcall_app, rollcall_owner;
         CREATE ROLE refused_stranger LOGIN",
    );
    for (command, role, why) in [
        ("serve", SUPERUSER, "is a superuser"),
        ("serve", "refused_bypasser", "has BYPASSRLS"),
        ("serve", OWNER, "owns tables"),
        ("serve", "refused_heir", "owns tables"),
        ("serve", "refused_stranger", "is not a member of rollcall_app"),
        ("work", SUPERUSER, "is a superuser"),
    ] {
        let said = run(&mut on(&database, role, &data, &[command]));
        let sentence = refusal(&said);
        let expected = format!("the database role {role} {why}: row-level security would not");
        assert!(sentence.starts_with(&expected), "{sentence}");
        assert!(sentence.contains("GRANT rollcall_app TO"), "what to do about it: {sentence}");
    }
}

#[test]
fn without_a_database_it_says_what_to_give() {
    let data = Folder::new();
    for command in ["serve", "work"] {
        let said = run(rollcall(&[command]).env("ROLLCALL_DATA", data.text()));
        assert!(refusal(&said).starts_with("DATABASE_URL is not set."), "{}", said.err);
    }
}

#[test]
fn a_database_that_does_not_answer_is_named_without_its_password() {
    let (data, nobody) = (Folder::new(), Folder::new());
    let url = format!("postgres://rollcall:canary7@/rollcall?host={}", nobody.text());
    let said = run(rollcall(&["serve", "--data", data.text()]).env("DATABASE_URL", url));
    let sentence = refusal(&said);
    assert!(sentence.starts_with("the database does not answer: "), "{sentence}");
    assert!(sentence.contains(nobody.text()) && !sentence.contains("canary7"), "{sentence}");
}

#[test]
fn a_database_that_lacks_a_migration_is_refused() {
    let (empty, behind, data) = (empty_database(), fresh_database(), Folder::new());
    let mut owner = PgConnection::establish(&behind.url(OWNER)).unwrap();
    owner.revert_last_migration(MIGRATIONS).unwrap();
    for (database, why) in [
        (empty, "the database is not Rollcall's yet: "),
        (behind, "the database lacks migrations of this version: "),
    ] {
        let said = run(&mut on(&database, APPLICATION, &data, &["serve"]));
        let sentence = refusal(&said);
        assert!(sentence.starts_with(why), "{sentence}");
        assert!(sentence.contains("`rollcall migrate`"), "what to do about it: {sentence}");
    }
}

#[test]
fn an_address_that_is_taken_is_named() {
    let (database, data) = (fresh_database(), Folder::new());
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = run(&mut on(&database, APPLICATION, &data, &["serve", "--listen", &address]));
    assert_eq!(
        refusal(&said),
        format!("{address} is in use; choose another with --listen ADDRESS")
    );
}

#[test]
fn serve_and_work_are_two_processes_of_one_service() {
    let (database, data) = (fresh_database(), Folder::new());
    let (serve, address) = serve(&database, &data, "0");

    // The data folder holds the keys, so tokens that are made beside it are good.
    let platform = Client::new(&address, &token(&data, &["--role", "platform_admin"]));
    let made = platform.post("/v1/trusts", &json!({ "name": "Larkrise" })).expect(201);
    let trust = id(&made, "trust_id").to_string();
    let admin = token(&data, &["--role", "trust_admin", "--trust", &trust]);
    let client = Client::new(&address, &admin);
    let school = school(&client, 1, "primary").to_string();

    // A file is sent, and lies there for as long as nobody works.
    let file = data.file("pupils.csv");
    let header = "upn,surname,forename,birth_date,year_group,first_day,class";
    let rows = [1, 2].map(|n| format!("{},Fell,Ada,2015-03-14,6,2026-09-02,6A\n", upn(n)));
    fs::write(&file, format!("{header}\n{}", rows.concat())).unwrap();
    let import = ["import", &file, "--kind", "pupils", "--school", &school, "--url", &address];
    let sent = Running::start(rollcall(&import).env("ROLLCALL_TOKEN", &admin));
    let queued = wait_for_import(&client);
    assert_eq!(queued["job"]["state"], "queued");

    // Then somebody does.
    let work = Running::start(&mut on(&database, APPLICATION, &data, &["work"]));
    let said = sent.end();
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.starts_with("2 rows; "), "{}", said.out);
    assert_eq!(client.get("/v1/pupils").expect(200)["items"].as_array().unwrap().len(), 2);

    // A file that is not right changes nothing, and the program says where it is wrong.
    fs::write(&file, format!("{header}\nA{},Fell,Ada,2015-03-14,6,2026-09-02,6A\n", &upn(3)[1..]))
        .unwrap();
    let said = run(rollcall(&import).env("ROLLCALL_TOKEN", &admin));
    assert_eq!(said.code, Some(1));
    assert!(said.out.contains("line 2, upn "), "{}", said.out);
    assert!(said.err.ends_with("rollcall: the file was refused: nothing was changed\n"));

    // Every kind goes this way, with all that the service can be asked.
    fs::write(&file, format!("class,upn\n6B,{}\n", upn(1))).unwrap();
    let classes = ["import", &file, "--kind", "classes", "--school", &school, "--url", &address];
    let said = run(rollcall(&classes).env("ROLLCALL_TOKEN", &admin));
    assert!(said.out.contains("classes added"), "{}", said.out);
    let rows = format!("{header}\n{},Fell,Ada,2015-03-14,6,2026-09-02,6A\n", upn(1));
    fs::write(&file, rows).unwrap();
    let whole = [&import[..], &["--complete", "--as-of", "2026-11-02", "--dry-run"]].concat();
    let said = run(rollcall(&whole).env("ROLLCALL_TOKEN", &admin));
    assert!(said.out.contains("enrolments ended"), "{}", said.out);
    let unasked = run(&mut rollcall(&[&import[..], &["--insist"]].concat()));
    assert_eq!(unasked.code, Some(2));
    assert!(unasked.err.contains("--complete"), "{}", unasked.err);

    for process in [work, serve] {
        process.signal(Signal::TERM);
        assert_eq!(process.end().code, Some(0));
    }
}

/// Waits until the service has taken an import.
fn wait_for_import(client: &Client) -> Value {
    let since = Instant::now();
    loop {
        let imports = client.get("/v1/imports").expect(200);
        match imports["items"].get(0) {
            Some(import) => return import.clone(),
            None => assert!(since.elapsed() < Duration::from_secs(60), "no import arrives"),
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn serve_ends_within_seconds_of_being_told_to() {
    let (database, data) = (fresh_database(), Folder::new());
    for signal in [Signal::TERM, Signal::INT] {
        let (serve, address) = serve(&database, &data, "1");
        // The client keeps its connection open, as clients do.
        let client = Client::new(&address, "");
        client.get("/healthz").expect(200);
        let since = Instant::now();
        serve.signal(signal);
        let said = serve.end();
        assert_eq!(said.code, Some(0), "{signal:?}: {}", said.err);
        assert!(since.elapsed() < SOON, "{signal:?}: {:?}", since.elapsed());
        assert!(client.try_send("GET", "/healthz", &[], None).is_err());
    }
}

#[test]
fn processes_that_start_at_once_agree_on_the_signing_key() {
    let data = Folder::new();
    let start = || {
        Running::start(
            rollcall(&["token", "--role", "platform_admin"]).env("ROLLCALL_DATA", data.text()),
        )
    };
    let running: Vec<Running> = (0..8).map(|_| start()).collect();
    let headers: Vec<String> = running
        .into_iter()
        .map(|process| {
            let said = process.end();
            assert_eq!(said.code, Some(0), "{}", said.err);
            said.out.split('.').next().unwrap().to_owned()
        })
        .collect();
    // The header of a token names the key.
    assert!(headers.iter().all(|header| *header == headers[0]), "{headers:?}");
    let files = fs::read_dir(data.file("keys")).unwrap().map(|file| file.unwrap().file_name());
    assert_eq!(files.filter(|name| name.to_string_lossy().ends_with(".pem")).count(), 1);
}

#[test]
fn a_token_of_an_unknown_role_lists_the_roles() {
    let data = Folder::new();
    let said = run(&mut rollcall(&["token", "--role", "headmaster", "--data", data.text()]));
    let sentence = refusal(&said);
    assert!(sentence.starts_with("no role is called headmaster; there are: "), "{sentence}");
    for role in Roles::built_in().unwrap().roles() {
        assert!(sentence.contains(&role.name), "{}: {sentence}", role.name);
    }
}

#[test]
fn a_token_says_what_it_is_missing() {
    let data = Folder::new();
    let ask = |arguments: &[&str]| {
        let said = run(rollcall(&["token", "--data", data.text()]).args(arguments));
        refusal(&said).to_owned()
    };
    assert!(ask(&["--role", "trust_officer"]).starts_with("say which trust: --trust ID"));
    let teacher = ["--role", "teacher", "--trust", "1"];
    assert!(ask(&teacher).starts_with("say which schools: --schools 1,2"));
    let unread = ask(&[&teacher[..], &["--schools", "one"]].concat());
    assert!(unread.starts_with("--schools takes ids with commas between"), "{unread}");
}

#[test]
fn a_token_that_nobody_could_be_given_is_not_made() {
    let data = Folder::new();
    let ask = |arguments: &[&str]| {
        let said = run(rollcall(&["token", "--data", data.text()]).args(arguments));
        refusal(&said).to_owned()
    };
    let lead = ["--role", "school_lead", "--trust", "1"];
    for (arguments, why) in [
        (&["--role", "trust_admin", "--trust=0"][..], "a trust's id is a number from 1 on"),
        (&["--role", "trust_admin", "--trust=-1"], "a trust's id is a number from 1 on"),
        (&["--role", "platform_admin", "--trust", "1"], "a role of the platform"),
        (&["--role", "platform_admin", "--schools", "1"], "a role of the platform"),
        (&[&lead[..], &["--schools", "*"]].concat(), "a role of a school is given the schools"),
        (&[&lead[..], &["--schools=-3"]].concat(), "a school's id is a number from 1 on"),
        (&[&lead[..], &["--schools=1,0"]].concat(), "a school's id is a number from 1 on"),
        (&[&lead[..], &["--schools", "1", "--hours", "0"]].concat(), "a token lasts for an hour"),
        (
            &[&lead[..], &["--schools", "1", "--hours", "8800"]].concat(),
            "a token lasts for an hour",
        ),
        (
            &[&lead[..], &["--schools", "1", "--hours", "25"]].concat(),
            "a token lasts for 24 hours at most",
        ),
        (&[&lead[..], &["--schools", "1", "--subject", ""]].concat(), "a subject has 1 to 200"),
    ] {
        let sentence = ask(arguments);
        assert!(sentence.starts_with(why), "{arguments:?}: {sentence}");
    }
    token(&data, &[&lead[..], &["--schools", "1,2", "--hours", "24"]].concat());
    token(&data, &[&lead[..], &["--schools", "1,2", "--hours", "8784", "--sandbox"]].concat());
}

#[test]
fn signing_keys_that_others_can_reach_are_refused() {
    let data = Folder::new();
    let mode = |name: &str, mode: u32| {
        fs::set_permissions(data.file(name), Permissions::from_mode(mode)).unwrap();
    };
    let ask = || run(&mut rollcall(&["token", "--role", "platform_admin", "--data", data.text()]));
    assert_eq!(ask().code, Some(0));
    for open in [0o640, 0o604, 0o620, 0o666] {
        mode("keys/0001.pem", open);
        let said = ask();
        let sentence = refusal(&said);
        assert!(sentence.contains("keys/0001.pem: others than its owner can read"), "{sentence}");
        assert!(sentence.ends_with("`chmod 600` makes it private"), "{sentence}");
    }
    mode("keys/0001.pem", 0o400);
    assert_eq!(ask().code, Some(0));
    // Who can write to the folder can add a key.
    mode("keys", 0o777);
    let said = ask();
    let sentence = refusal(&said);
    assert!(sentence.contains("keys: others than its owner can put keys there"), "{sentence}");
    assert!(sentence.ends_with("`chmod 755` makes it private"), "{sentence}");
}

#[test]
fn the_signing_key_can_be_read_by_openssl() {
    let data = Folder::new();
    token(&data, &["--role", "platform_admin"]);
    let read = said(
        Command::new("openssl")
            .args(["pkey", "-noout", "-text", "-in"])
            .arg(data.file("keys/0001.pem")),
    );
    assert!(read.starts_with("ED25519 Private-Key:"), "{read}");
}

#[test]
fn openapi_prints_the_document_that_it_writes() {
    let folder = Folder::new();
    let said = run(&mut rollcall(&["openapi"]));
    let document: Value = serde_json::from_str(&said.out).expect("JSON");
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(document["paths"]["/v1/analytics/trend"]["get"].is_object());

    let written = run(&mut rollcall(&["openapi", "--write", folder.text()]));
    assert_eq!((written.code, written.out.as_str()), (Some(0), ""), "{}", written.err);
    assert_eq!(fs::read_to_string(folder.file("openapi.json")).unwrap(), said.out);
    let operations = fs::read_to_string(folder.file("operations.txt")).unwrap();
    assert!(operations.lines().any(|line| line.contains("/v1/analytics/trend")), "{operations}");
}
