//! A database server of a story's own: one that it stops, or on which nobody else writes.

use std::path::PathBuf;

use actix_web::web;
use api::base::db::Schools;
use api::base::id::TrustId;
use api::base::state::{App, Settings};
use api::base::tokens::token::Claims;
use api::server::Rollcall;
use chrono::TimeDelta;
use embedded_postgres::{Cluster, Options, SUPERUSER, discard};
use serde_json::json;

use super::app::{Client, PUBLIC_URL, TestClock, serve};
use super::build::id;
use super::postgres::base;
use super::sql::Sql;
use super::statements;

/// A folder that goes with the story.
pub struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = discard(&self.0);
    }
}

/// A server of this story's own, which keeps what it has committed whatever happens to it.
pub fn start_postgres(folder: &Folder) -> Cluster {
    let options = Options::kept(&folder.0).entered_as(&api::base::migrate::ROLES);
    Cluster::start(&options, &mut |_| {}).unwrap()
}

/// An application on that server.
fn start_app(cluster: &Cluster, keys: PathBuf) -> (web::Data<App>, String) {
    statements::listen();
    let settings = Settings {
        database_url: cluster.url(api::base::migrate::APPLICATION, api::base::migrate::DATABASE),
        redis_url: None,
        public_url: PUBLIC_URL.to_owned(),
        reachable: Vec::new(),
        secret_keys: keys.join("secret-keys"),
        beacons: Vec::new(),
        keys,
        rate_limit: 1_000_000.try_into().unwrap(),
        trusted_proxies: Vec::new(),
        connections: (6, 3),
    };
    let rollcall = Rollcall::new(&settings, TestClock::new().clock()).unwrap();
    let (base, _) = serve(&rollcall);
    (rollcall.app, base)
}

fn client(app: &App, base: &str, role: &str, trust: i32) -> Client {
    let now = TestClock::new().now();
    let claims =
        Claims::new(TrustId::new(trust), Schools::All, role, role, now, TimeDelta::days(1));
    Client::new(base, &app.keys.sign(&claims).unwrap())
}

/// A server, an application on it, and the administrator of a trust; the server and its folder go with the story.
pub struct OwnServer {
    pub admin: Client,
    pub running: Option<Cluster>,
    pub folder: Folder,
    keys: PathBuf,
}

impl OwnServer {
    pub fn new(name: &str) -> Self {
        let at = |what: &str| base().join(format!("rollcall-{what}-{name}-{}", std::process::id()));
        let (folder, keys) = (Folder(at("outage")), at("keys"));
        let cluster = start_postgres(&folder);
        let database = api::base::migrate::DATABASE;
        api::base::migrate::prepare(|database| cluster.url(SUPERUSER, database), database).unwrap();
        let (app, base) = start_app(&cluster, keys.clone());
        let platform = client(&app, &base, "platform_admin", 0);
        let made = platform.post("/v1/trusts", &json!({ "name": "Larkrise" })).expect(201);
        let admin = client(&app, &base, "trust_admin", id(&made, "trust_id"));
        Self { admin, running: Some(cluster), folder, keys }
    }

    pub fn sql(&self) -> Sql {
        Sql::at(&self.running.as_ref().unwrap().url(SUPERUSER, api::base::migrate::DATABASE))
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.keys);
    }
}
