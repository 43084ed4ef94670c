//! The application under test: a real server on a free port, a database of its own, a clock that the test moves.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use actix_web::web;
use api::base::clock::Clock;
use api::base::db::Schools;
use api::base::id::{SchoolId, TrustId};
use api::base::jobs::Worker;
use api::base::state::{App, Settings};
use api::base::tokens::token::Claims;
use api::server::Rollcall;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::Level;
use serde::Serialize;
use serde_json::{Value, json};

use super::document;
use super::postgres::{TestDatabase, fresh_database};
use super::sql::Sql;
use super::statements;

/// How long a server, an answer or the end of a job may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// The service's address as its clients know it, however many instances there are and wherever they listen.
pub const PUBLIC_URL: &str = "https://rollcall.example";

/// A clock that stands until the test moves it.
#[derive(Clone)]
pub struct TestClock(Arc<Mutex<DateTime<Utc>>>);

impl TestClock {
    /// Wednesday 18 November 2026, ten in the morning.
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new("2026-11-18T10:00:00Z".parse().unwrap())))
    }

    /// Moves it to an instant, such as `2026-11-19T09:00:00Z`.
    pub fn set(&self, instant: &str) {
        *self.0.lock().unwrap() = instant.parse().unwrap();
    }

    pub fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }

    pub fn clock(&self) -> Clock {
        let this = self.clone();
        Clock::from_fn(move || this.now())
    }
}

/// How an application under test is started.
pub struct Start {
    pub redis_url: Option<String>,
    pub workers: usize,
    pub rate_limit: u32,
    pub trusted_proxies: &'static [&'static str],
    /// Where the random values that decide prize draws are fetched.
    pub beacons: Vec<String>,
    /// Origins of identity providers on this machine.
    pub reachable: Vec<String>,
    /// Whether anything falls due by itself here, as long as there are workers.
    pub clockwork: bool,
}

impl Default for Start {
    fn default() -> Self {
        Self {
            redis_url: None,
            workers: 1,
            rate_limit: 1_000_000,
            trusted_proxies: &[],
            beacons: Vec::new(),
            reachable: Vec::new(),
            clockwork: true,
        }
    }
}

/// Serves an application on a free port; its address, and what stops it.
pub fn serve(rollcall: &Rollcall) -> (String, ServerHandle) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let served = rollcall.clone();
    let (tell, heard) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = served.serve(listener).unwrap();
            tell.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    (base, heard.recv_timeout(PATIENCE).expect("a server that has started"))
}

/// What this process has measured, by its listener for that.
pub fn measured() -> Answer {
    api::server::metrics::install();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (tell, heard) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = api::server::metrics::serve(listener).unwrap();
            tell.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    let server = heard.recv_timeout(PATIENCE).expect("a server that has started");
    let answer = Client::new(&base, "").get("/metrics");
    drop(server.stop(false));
    answer
}

/// A running application.
pub struct TestApp {
    pub base: String,
    pub clock: TestClock,
    pub database: Arc<TestDatabase>,
    pub app: web::Data<App>,
    pub rollcall: Rollcall,
    /// The folder of signing keys.
    pub keys: PathBuf,
    server: ServerHandle,
    _worker: Worker,
}

impl TestApp {
    /// On a fresh database, with a worker and without Redis.
    pub fn start() -> Self {
        Self::start_with(Start::default())
    }

    /// Without workers: what is sent in waits for another instance, and nothing falls due.
    pub fn without_workers() -> Self {
        Self::start_with(Start { workers: 0, ..Start::default() })
    }

    pub fn start_with(how: Start) -> Self {
        Self::start_on(fresh_database(), how)
    }

    /// On a database that is there already.
    pub fn start_on(database: TestDatabase, how: Start) -> Self {
        let database = Arc::new(database);
        let keys = std::env::temp_dir().join(format!(
            "rollcall-keys-{}-{}",
            std::process::id(),
            database.name()
        ));
        Self::on(database, keys, TestClock::new(), how)
    }

    /// Another instance on the same database, with the same keys and clock.
    pub fn another(&self, how: Start) -> Self {
        Self::on(self.database.clone(), self.keys.clone(), self.clock.clone(), how)
    }

    fn on(database: Arc<TestDatabase>, keys: PathBuf, clock: TestClock, how: Start) -> Self {
        statements::listen();
        let settings = Settings {
            database_url: database.url(api::base::migrate::APPLICATION),
            redis_url: how.redis_url,
            public_url: PUBLIC_URL.to_owned(),
            reachable: how.reachable,
            keys: keys.clone(),
            secret_keys: keys.join("secret-keys"),
            beacons: how.beacons.iter().map(|one| one.parse().unwrap()).collect(),
            rate_limit: how.rate_limit.try_into().unwrap(),
            trusted_proxies: how.trusted_proxies.iter().map(|one| one.parse().unwrap()).collect(),
            connections: (6, 3),
        };
        let rollcall = Rollcall::new(&settings, clock.clock()).unwrap();
        let (base, server) = serve(&rollcall);
        let clockwork = how.clockwork && how.workers > 0;
        let worker = rollcall.work(how.workers, clockwork).unwrap();
        let app = rollcall.app.clone();
        Self { base, clock, database, app, rollcall, keys, server, _worker: worker }
    }

    /// A token of a role for a trust and its schools.
    pub fn token(&self, role: &str, trust: i32, schools: Schools) -> String {
        self.minted(role, trust, schools)()
    }

    /// What makes such a token at the time at which it is asked for one.
    fn minted(&self, role: &str, trust: i32, schools: Schools) -> Mint {
        let (app, clock, role) = (self.app.clone(), self.clock.clone(), role.to_owned());
        let mint = move || {
            let (trust, subject) = (TrustId::new(trust), format!("test-{role}"));
            let (now, lasts) = (clock.now(), TimeDelta::days(300));
            let claims = Claims::new(trust, schools.clone(), &role, &subject, now, lasts);
            app.keys.sign(&claims).unwrap()
        };
        Arc::new(mint)
    }

    /// A client of a role for all that it may have of a trust: of a school's role, the schools that there are now; of the
    /// platform's, nothing.
    pub fn client(&self, role: &str, trust: i32) -> Client {
        let level = self.app.roles.role(role).map(|role| role.level);
        let trust = if level == Some(Level::Platform) { 0 } else { trust };
        let schools = match level {
            Some(Level::School) => {
                let there = format!("SELECT school_id::text FROM school WHERE trust_id = {trust}");
                let there = Sql::of(&self.database).texts(&there);
                let mut ids: Vec<SchoolId> = there.iter().map(|id| id.parse().unwrap()).collect();
                // A token names a school, also where there is none.
                if ids.is_empty() {
                    ids.push(SchoolId::new(1));
                }
                Schools::Only(ids)
            }
            _ => Schools::All,
        };
        Client::with(&self.base, self.minted(role, trust, schools))
    }

    /// A client of a role for some schools of a trust.
    pub fn school_client(&self, role: &str, trust: i32, schools: &[i32]) -> Client {
        let schools = Schools::Only(schools.iter().copied().map(SchoolId::new).collect());
        Client::with(&self.base, self.minted(role, trust, schools))
    }

    /// A client with a token; an empty one means nobody.
    pub fn client_of(&self, token: &str) -> Client {
        Client::new(&self.base, token)
    }

    /// A new trust.
    pub fn trust(&self, name: &str) -> i32 {
        self.new_trust(&json!({ "name": name }))
    }

    /// A new trust that may move its clock.
    pub fn sandbox(&self, name: &str) -> i32 {
        self.new_trust(&json!({ "name": name, "sandbox": true }))
    }

    fn new_trust(&self, body: &Value) -> i32 {
        let made = self.client("platform_admin", 0).post("/v1/trusts", body).expect(201);
        made["trust_id"].as_i64().unwrap().try_into().unwrap()
    }

    /// The date on the school's wall.
    pub fn today(&self) -> NaiveDate {
        self.app.clock.today()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // Not awaited: the thread ends by itself, and the next test need not wait for it.
        drop(self.server.stop(false));
        if Arc::strong_count(&self.database) == 1 {
            let _ = std::fs::remove_dir_all(&self.keys);
        }
        if !std::thread::panicking() {
            statements::check(&self.database.url(api::base::migrate::APPLICATION));
        }
    }
}

/// Makes a token.
type Mint = Arc<dyn Fn() -> String + Send + Sync>;

/// An HTTP client with a token.
#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    base: String,
    /// A token for each request: the clock may have moved past the end of the one before.
    mint: Mint,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Value,
    pub text: String,
}

impl Answer {
    /// The body, if the status is this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.body
    }

    /// The problem's slug, if the status is this one.
    #[track_caller]
    pub fn problem(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        self.body["type"].as_str().unwrap().strip_prefix("/problems/").unwrap().to_owned()
    }

    /// The places that a problem points to.
    pub fn pointers(&self) -> Vec<&str> {
        let errors = self.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub fn etag(&self) -> String {
        self.header("etag").expect("an ETag").to_owned()
    }
}

impl Client {
    /// With this token and no other.
    pub fn new(base: &str, token: &str) -> Self {
        let token = token.to_owned();
        Self::with(base, Arc::new(move || token.clone()))
    }

    fn with(base: &str, mint: Mint) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .allow_non_standard_methods(true)
            .build();
        Self { agent: config.into(), base: base.to_owned(), mint }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None)
    }

    pub fn post(&self, path: &str, body: &impl Serialize) -> Answer {
        self.json("POST", path, &[], body)
    }

    pub fn put(&self, path: &str, body: &impl Serialize) -> Answer {
        self.json("PUT", path, &[], body)
    }

    pub fn json(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &impl Serialize,
    ) -> Answer {
        let mut headers = headers.to_vec();
        headers.push(("content-type", "application/json"));
        self.send(method, path, &headers, Some(serde_json::to_vec(body).unwrap()))
    }

    pub fn upload(&self, path: &str, csv: &[u8]) -> Answer {
        self.send("POST", path, &[("content-type", "text/csv")], Some(csv.to_vec()))
    }

    /// Any request; no answer at all is a panic.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Answer {
        self.try_send(method, path, headers, body)
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Result<Answer, ureq::Error> {
        let mut request =
            ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        let token = (self.mint)();
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = match body {
            Some(body) => self.agent.run(request.body(body).unwrap())?,
            None => self.agent.run(request.body(()).unwrap())?,
        };
        let text = response.body_mut().with_config().limit(256 * 1024 * 1024).read_to_string()?;
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
            .collect();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        let answer = Answer { status: response.status().as_u16(), headers, body, text };
        document::check(method, path, &answer);
        Ok(answer)
    }

    /// Sends the beginning of a body and no more, and waits for what is said to that.
    pub fn begin_to_send(&self, method: &str, path: &str, begun: &str) -> Answer {
        let host = self.base.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let length = begun.len() + 100;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{begun}",
            (self.mint)()
        )
        .unwrap();
        let mut said = String::new();
        // To its end: the connection is closed, for what follows on it would be taken for the rest of the body.
        stream.read_to_string(&mut said).unwrap();
        let (head, text) = said.split_once("\r\n\r\n").expect("an answer");
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_lowercase(), value.to_owned())
        };
        let body = serde_json::from_str(text).unwrap_or(Value::Null);
        Answer { status, headers: lines.map(header).collect(), body, text: text.to_owned() }
    }

    /// The pages of a list, until none follows. `at` is where the list stands in the answer: `""`, or such as `/entries`.
    #[track_caller]
    pub fn pages(&self, path: &str, at: &str) -> Vec<Value> {
        let join = if path.contains('?') { '&' } else { '?' };
        let (mut pages, mut cursor) = (Vec::new(), String::new());
        while pages.len() < 1000 {
            let answer = self.get(&format!("{path}{cursor}")).expect(200);
            let page = answer.pointer(at).unwrap_or_else(|| panic!("no {at} in {answer}")).clone();
            let next = page["next"].as_str().map(|next| format!("{join}cursor={next}"));
            pages.push(page);
            let Some(next) = next else { return pages };
            cursor = next;
        }
        panic!("{path}: the pages do not end")
    }

    /// The items of all [`Client::pages`].
    #[track_caller]
    pub fn all(&self, path: &str, at: &str) -> Vec<Value> {
        let pages = self.pages(path, at).into_iter();
        pages.flat_map(|page| page["items"].as_array().unwrap().clone()).collect()
    }

    /// Sends a file and waits until its import has ended; the import as it then stands.
    #[track_caller]
    pub fn import(&self, query: &str, csv: &[u8]) -> Value {
        let taken = self.upload(&format!("/v1/imports?{query}"), csv).expect(202);
        self.wait_for_import(taken["import_id"].as_i64().unwrap())
    }

    /// Takes an import back and waits until that has ended; the undo as it then stands.
    #[track_caller]
    pub fn take_back(&self, import: &Value) -> Value {
        let path = format!("/v1/imports/{}/undo", import["import_id"]);
        self.send("POST", &path, &[], None).expect(202);
        let since = Instant::now();
        loop {
            let undo = self.get(&path).expect(200);
            if undo["job"]["state"] == "done" {
                return undo;
            }
            assert!(since.elapsed() < PATIENCE, "the undo does not end: {undo}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until an import has ended.
    #[track_caller]
    pub fn wait_for_import(&self, import_id: i64) -> Value {
        let since = Instant::now();
        loop {
            let import = self.get(&format!("/v1/imports/{import_id}")).expect(200);
            if !matches!(import["job"]["state"].as_str(), Some("queued" | "running")) {
                return import;
            }
            assert!(since.elapsed() < PATIENCE, "the import does not end: {import}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
