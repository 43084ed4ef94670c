//! Every command that stands in a block of a README is run as it is printed.
//!
//! What is replaced, and by what: the build (`cargo run` of `make run`, `./target/debug/rollcall`) by the program that
//! this test's own build has made; `cargo build --release` by the question whether cargo knows such a build; `make test`,
//! which would run this test, by the question whether there is such a target; `curl` by this test's client, with the same
//! headers and address; and the data folder, the port, the databases and the size of the trust by this test's.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use api::base::migrate::{APPLICATION, OWNER};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::support::app::Client;
use crate::support::clients::post_form;
use crate::support::folder::Folder;
use crate::support::postgres::empty_database;
use crate::support::program::{PROGRAM, Running, Signal, program, run, said};

/// Where the commands are given.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The commands of a README: its indented lines, without the pictures between fences and what a `#` says beside them.
fn commands(readme: &str) -> Vec<String> {
    let text = fs::read_to_string(Path::new(ROOT).join(readme)).unwrap();
    let unfenced: String = text.split("```").step_by(2).collect();
    let lines = unfenced.lines().filter_map(|line| line.strip_prefix("    "));
    let joined = lines.collect::<Vec<_>>().join("\n").replace("\\\n", " ");
    let bare = joined.lines().map(|line| line.split("  #").next().unwrap().trim().to_owned());
    bare.filter(|line| !line.is_empty()).collect()
}

/// Somebody at a shell who reads a README from top to bottom.
struct Reader {
    data: Folder,
    /// Holds `rollcall`.
    programs: Folder,
    /// The demonstration, once started, and its address.
    demo: Option<(Running, String)>,
    /// What the shell remembers.
    variables: BTreeMap<String, String>,
}

impl Reader {
    fn new() -> Self {
        let (data, programs) = (Folder::new(), Folder::new());
        symlink(PROGRAM, programs.file("rollcall")).unwrap();
        Self { data, programs, demo: None, variables: BTreeMap::new() }
    }

    /// A line for the shell, in the clone's folder.
    fn shell(&self, line: &str) -> Command {
        let line = line.replace("./target/debug/rollcall", "rollcall");
        let mut command = program("/bin/sh", &["-c", &line]);
        let path = std::env::var("PATH").unwrap();
        command
            .current_dir(ROOT)
            .env("PATH", format!("{}:{path}", self.programs.text()))
            .env("ROLLCALL_DATA", self.data.text())
            .envs(&self.variables);
        command
    }

    fn gives(&mut self, command: &str) {
        if command == "make run" {
            self.starts_the_demonstration();
        } else if command == "make test" {
            has_target("test");
        } else if command.starts_with("cargo build ") {
            cargo_knows(command);
        } else if command.starts_with("curl -u ") {
            self.comes_in(command);
        } else if command.starts_with("curl ") {
            self.fetches(command);
        } else if let Some((name, value)) = command.split_once("=$(") {
            let line = value.strip_suffix(')').unwrap();
            let value = said(&mut self.shell(line)).trim().to_owned();
            assert!(!value.is_empty(), "{command}");
            self.variables.insert(name.to_owned(), value);
        } else if command.contains("postgres://") || command.contains("openssl rand") {
            // The next command of the same block, for the same database, comes with it.
        } else if command.starts_with("rollcall ") {
            let ended = run(&mut self.shell(command));
            assert_eq!(ended.code, Some(0), "{command}: {}", ended.err);
            assert!(!ended.out.is_empty(), "{command} says nothing");
        } else {
            panic!("`{command}` stands in a README, and nobody has said here how it is run");
        }
    }

    /// `make run`, without the build.
    fn starts_the_demonstration(&mut self) {
        has_target("run");
        let line = "exec rollcall demo --listen 127.0.0.1:0 --schools 1 --pupils 60";
        let mut running = Running::start(&mut self.shell(line));
        let serving = running.wait_for("Serving ");
        let address = serving.split_whitespace().last().unwrap().to_owned();
        running.wait_for("Stop ");
        self.demo = Some((running, address));
    }

    /// A front end comes in with the first client that the demonstration has printed, and keeps its token.
    fn comes_in(&mut self, command: &str) {
        let (_, address) = self.demo.as_ref().expect("started before");
        let notes: Value =
            serde_json::from_slice(&fs::read(self.data.file("demo.json")).unwrap()).unwrap();
        let own = |name: &str| notes["clients"][0][name].as_str().unwrap();
        assert!(command.contains("\"$CLIENT_ID:$CLIENT_SECRET\""), "{command}");
        let basic = format!(
            "Basic {}",
            STANDARD.encode(format!("{}:{}", own("client_id"), own("client_secret")))
        );
        let (_, form) = command.split_once(" -d ").unwrap();
        let (form, place) = form.split_once(" http://127.0.0.1:8080").expect("the usual address");
        let answer = post_form(address, place, &[("authorization", &basic)], form).expect(200);
        let token = answer["access_token"].as_str().unwrap().to_owned();
        self.variables.insert("ACCESS_TOKEN".to_owned(), token);
    }

    /// What `curl` would fetch, or send, with its headers.
    fn fetches(&self, command: &str) {
        let (_, address) = self.demo.as_ref().expect("started before");
        let (_, bearer) = command.split_once("-H \"Authorization: Bearer $").expect("a token");
        let token = &self.variables[bearer.split_once('"').unwrap().0];
        let (_, place) = command.split_once("http://127.0.0.1:8080").expect("the usual address");
        let answer = Client::new(address, token).get(place.trim_end_matches('\''));
        assert_eq!(answer.status, 200, "{command}: {}", answer.text);
    }
}

/// Whether the Makefile has a target.
fn has_target(name: &str) {
    let makefile = fs::read_to_string(Path::new(ROOT).join("Makefile")).unwrap();
    assert!(makefile.contains(&format!("\n{name}: ")), "make {name}");
}

/// Whether cargo would build that: the package is there, with such features, and without what installs packages.
fn cargo_knows(command: &str) {
    let asked = command.strip_prefix("cargo build --release ").unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(ROOT).args(["tree", "--offline", "--edges", "normal", "--prefix", "none"]);
    let tree = said(cargo.args(asked.split_whitespace()));
    assert!(tree.starts_with("api v") && !tree.contains("embedded-postgres"), "{command}");
}

#[test]
fn every_command_of_the_readme_works_as_it_is_printed() {
    let mut reader = Reader::new();
    let commands = commands("README.md");
    assert!(commands.iter().any(|command| command.starts_with("curl ")), "{commands:?}");
    commands.iter().for_each(|command| reader.gives(command));
    // What it says in passing: the targets of `make`, and how one story is run.
    let readme = fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap();
    for target in ["check", "ci", "update", "bench", "migration"] {
        assert!(readme.contains(&format!("`{target}`")), "{target}");
        has_target(target);
    }
    let (_, story) = readme.split_once("--package tests --test it -- ").unwrap();
    let (story, _) = story.split_once('"').unwrap();
    let listed = said(Command::new(std::env::current_exe().unwrap()).args(["--list", story]));
    assert!(listed.contains(": test"), "{story}: {listed}");
    let (running, _) = reader.demo.take().unwrap();
    running.signal(Signal::INT);
    assert_eq!(running.end().code, Some(0));
}

#[test]
fn every_command_of_the_guide_to_running_it_works_as_it_is_printed() {
    let mut reader = Reader::new();
    let commands = commands("api/README.md");
    commands.iter().for_each(|command| reader.gives(command));
    // A database of one's own: migrated as its owner, then served as its application.
    let database = empty_database();
    let addressed = |command: &String| {
        let own = |role: &str| database.url(role);
        let command = command.replace("postgres://owner@db/rollcall", &own(OWNER));
        command.replace("postgres://app@db/rollcall", &own(APPLICATION))
    };
    let on_it: Vec<String> =
        commands.iter().filter(|one| one.contains("postgres://")).map(addressed).collect();
    let [migrate, serve, renew] = &on_it[..] else { panic!("{on_it:?}") };
    said(&mut reader.shell(migrate));
    let serve = format!("exec env {serve} --listen 127.0.0.1:0");
    let mut running = Running::start(&mut reader.shell(&serve));
    let line: Value = serde_json::from_str(&running.wait_for("serving")).unwrap();
    let address = format!("http://{}", line["fields"]["address"].as_str().unwrap());
    Client::new(&address, "").get("/healthz").expect(200);
    running.signal(Signal::TERM);
    assert_eq!(running.end().code, Some(0));
    // A second key for secrets, once the first process has made the first.
    let key = commands.iter().find(|one| one.contains("openssl rand")).expect("a command");
    said(&mut reader.shell(&key.replace("/var/lib/rollcall", reader.data.text())));
    said(&mut reader.shell(renew));
}
