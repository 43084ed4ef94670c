//! `rollcall demo`: a database, a trust, and the API on it.

use std::path::Path;

use ::demo::Size;
use actix_web::web;
use chrono::TimeDelta;
use domain::{Level, Roles};
use embedded_postgres::{Cluster, EmbeddedError, Options, SUPERUSER};

use super::settings::{Reach, log};
use super::{migrate as migrate_command, serve};
use crate::server::client::Client;
use crate::server::demo::{self, Notes};
use crate::server::progress::Progress;
use base::db::Schools;
use base::migrate;
use base::prelude::*;
use base::tokens::token::Claims;
use roll::name_keys;

/// How long the tokens of `demo.json` are valid.
const TOKENS: TimeDelta = TimeDelta::days(30);

/// Arguments.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    reach: Reach,
    /// The owner's database, when DATABASE_URL is set
    #[arg(long, env = "MIGRATE_URL", hide_env_values = true, value_name = "URL")]
    migrate_url: Option<String>,
    #[command(flatten)]
    doors: serve::Doors,
    /// Schools of the trust: eight in twelve are primary, three secondary, one special
    #[arg(long, default_value = "12", value_name = "N")]
    schools: u16,
    /// Pupils, about; as many as such schools have when absent
    #[arg(long, value_name = "N")]
    pupils: Option<u32>,
}

/// Starts everything, loads the trust if it is not there, shows it, and serves until told to stop.
pub fn run(args: &Args) -> Result<(), String> {
    log("warn");
    let size = Size::new(args.schools, args.pupils)?;
    let folder = args.reach.data.path();
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    println!("Data folder: {}", folder.display());
    let listeners = args.doors.open()?;
    let (cluster, database_url) = match args.reach.database_url.as_deref() {
        Some(url) => (None, on_given(args, url)?),
        None => embedded(&folder).map(|(cluster, url)| (Some(cluster), url))?,
    };
    let rollcall = args.reach.rollcall_at(&database_url, &args.doors.listen)?;
    let shown = rollcall.app.clone();
    let served =
        serve::until_stopped(&rollcall, listeners, args.reach.workers.max(1), move |address| {
            show(&shown, &folder, address, &database_url, size)
        });
    drop(rollcall);
    if let Some(cluster) = cluster {
        cluster.stop().map_err(|error| error.to_string())?;
    }
    served
}

/// A database of our own in the data folder.
fn embedded(folder: &Path) -> Result<(Cluster, String), String> {
    let words = |error: EmbeddedError| error.to_string();
    let options = Options::kept(folder.join("postgres"))
        .entered_as(&migrate::ROLES)
        .started_again(|said| eprintln!("{said}"));
    let cluster = Cluster::start(&options, &mut |said| println!("{said}")).map_err(words)?;
    let admin = |database: &str| cluster.url(SUPERUSER, database);
    migrate::prepare(admin, migrate::DATABASE).map_err(|error| error.to_string())?;
    name_keys::fold_anew(&admin(migrate::DATABASE)).map_err(|error| error.to_string())?;
    let url = cluster.url(migrate::APPLICATION, migrate::DATABASE);
    Ok((cluster, url))
}

/// Somebody's database, brought up to date when its owner's address is given.
fn on_given(args: &Args, url: &str) -> Result<String, String> {
    if let Some(owner) = &args.migrate_url {
        migrate_command::up(owner, Some(url))?;
    }
    Ok(url.to_owned())
}

/// Loads the trust if need be, then prints what there is.
fn show(
    app: &web::Data<App>,
    folder: &Path,
    address: &str,
    database_url: &str,
    size: Size,
) -> Result<(), String> {
    let today = app.clock.today();
    let client = |trust: TrustId, schools: Schools, role: &str| {
        token(app, trust, schools, role).map(|token| Client::new(address, &token))
    };
    let size_text = size.to_string();
    let before = Notes::read(folder).filter(|notes| {
        notes.loaded && notes.database_url == database_url && notes.size == size_text
    });
    let (trust_id, schools, sent_to, mut clients) = match before {
        Some(notes) => (notes.trust_id, notes.schools, notes.sent_to, notes.clients),
        None => {
            println!("Loading the demonstration trust through the import operation ...");
            let loaded = demo::load(client, size, today, &Progress::new())?;
            (loaded.trust_id, loaded.schools, Some(today), Vec::new())
        }
    };
    if clients.is_empty() {
        let admin = client(trust_id, Schools::All, "trust_admin")?;
        clients = demo::add_clients(&admin, &schools)?;
    }
    let notes = Notes {
        address: address.to_owned(),
        docs: format!("{address}/docs/"),
        database_url: database_url.to_owned(),
        trust_id,
        tokens: tokens(app, trust_id, schools.first().map(|school| school.school_id))?,
        schools,
        clients,
        loaded: true,
        size: size_text,
        sent_to,
    };
    notes.write(folder).map_err(|error| error.to_string())?;
    print_notes(app, folder, &notes, today)
}

fn print_notes(
    app: &App,
    folder: &Path,
    notes: &Notes,
    today: chrono::NaiveDate,
) -> Result<(), String> {
    let officer = token(app, notes.trust_id, Schools::All, "trust_officer")?;
    let client = Client::new(&notes.address, &officer);
    let this = AcademicYear::of(today);
    for year in [this.and_then(AcademicYear::previous), this].into_iter().flatten() {
        println!("\n{}", demo::absence_table(&client, year).map_err(|error| error.to_string())?);
    }
    println!(
        "Tokens, each for 30 days (school roles: {}):",
        notes.schools.first().map_or("none", |s| s.name.as_str())
    );
    for (role, token) in &notes.tokens {
        println!("  {role:18} {token}");
    }
    println!("\nClients, which get tokens of 15 minutes at {}/oauth/token:", notes.address);
    for client in &notes.clients {
        println!("  {:18} {} {}", client.role, client.client_id, client.client_secret);
    }
    println!("\nServing      {}", notes.address);
    println!("Try it       {}", notes.docs);
    println!("All of this  {}", Notes::path(folder).display());
    println!("Fresh token  rollcall token --role trust_officer");
    println!("Stop         Ctrl-C");
    Ok(())
}

fn tokens(
    app: &App,
    trust_id: TrustId,
    school: Option<SchoolId>,
) -> Result<BTreeMap<String, String>, String> {
    let roles = Roles::built_in().map_err(|errors| format!("roles.toml: {errors:?}"))?;
    roles
        .roles()
        .iter()
        .filter(|role| role.level != Level::School || school.is_some())
        .map(|role| {
            let (trust, schools) = match (role.level, school) {
                (Level::Platform, _) => (TrustId::PLATFORM, Schools::All),
                (Level::School, Some(school)) => (trust_id, Schools::Only(vec![school])),
                _ => (trust_id, Schools::All),
            };
            Ok((role.name.clone(), token(app, trust, schools, &role.name)?))
        })
        .collect()
}

fn token(app: &App, trust: TrustId, schools: Schools, role: &str) -> Result<String, String> {
    let claims =
        Claims::new(trust, schools, role, &format!("demo-{role}"), app.clock.now(), TOKENS);
    app.keys.sign(&claims).map_err(|error| error.to_string())
}
