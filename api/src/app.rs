//! The application: what every request may use, and the capabilities mounted, a line each.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::middleware::{Compress, from_fn};
use actix_web::{HttpServer, web};
use domain::{CodeTable, Roles};
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::auth::keys::Keys;
use crate::clock::Clock;
use crate::db::Db;
use crate::http::events::Streams;
use crate::http::limit::Limits;
use crate::http::{json, trace, wrong_method};
use crate::{
    actions, analytics, calendars, cases, contacts, imports, jobs, letters, meetings, monitoring,
    notices, openapi, operation, parents, plans, policies, pupils, referrals, register, reports,
    reviews, runs, staff, targets, tenants, visits,
};

/// What every request may use.
pub struct App {
    /// The only door to the database.
    pub db: Db,
    /// Keys that sign and verify tokens.
    pub keys: Keys,
    /// Who may do what.
    pub roles: Roles,
    /// The national code table.
    pub codes: Arc<CodeTable>,
    /// What time it is on this machine; a sandbox has its own ([`Db::clock_of`]).
    pub clock: Clock,
    /// Rate limits.
    pub limits: Limits,
    /// Streams of events.
    pub streams: Streams,
    /// Blocks of counts, finished answers, and the threads that count.
    pub counting: analytics::Counting,
}

/// Where and how to run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The application role's database.
    pub database_url: String,
    /// Redis, if there is one.
    pub redis_url: Option<String>,
    /// The folder of signing keys.
    pub keys: PathBuf,
    /// Requests a minute for each client.
    pub rate_limit: NonZeroU32,
    /// Connections for requests, and for jobs.
    pub connections: (u32, u32),
}

/// What can keep the application from starting.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Signing keys.
    #[error("signing keys: {0}")]
    Keys(#[from] crate::auth::keys::KeysError),
    /// A data file that is part of the program.
    #[error("{0}")]
    Data(String),
    /// Threads, sockets.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The database role may do too much, or too little.
    #[error("{0}")]
    Role(String),
}

impl App {
    /// The application on these settings and this clock.
    ///
    /// # Errors
    /// Keys that cannot be read, or a data file of the program that is broken.
    pub fn new(settings: &Settings, clock: Clock) -> Result<Self, StartError> {
        let roles = Roles::built_in()
            .map_err(|errors| StartError::Data(format!("roles.toml: {errors:?}")))?;
        let codes = CodeTable::built_in()
            .map_err(|errors| StartError::Data(format!("codes.toml: {errors:?}")))?;
        let codes = Arc::new(codes);
        Ok(Self {
            db: Db::new(
                &settings.database_url,
                settings.connections.0,
                settings.connections.1,
                clock.clone(),
            ),
            keys: Keys::load_or_create(&settings.keys)?,
            roles,
            counting: analytics::Counting::new(settings.redis_url.as_deref(), codes.clone())?,
            codes,
            clock,
            limits: Limits::per_minute(settings.rate_limit),
            streams: Streams::default(),
        })
    }
}

/// Every operation: one line a capability.
pub fn mount(config: &mut ServiceConfig) {
    config
        .configure(operation::mount)
        .configure(tenants::mount)
        .configure(calendars::mount)
        .configure(staff::mount)
        .configure(pupils::mount)
        .configure(parents::mount)
        .configure(register::mount)
        .configure(contacts::mount)
        .configure(imports::mount)
        .configure(jobs::mount)
        .configure(policies::mount)
        .configure(reviews::mount)
        .configure(cases::mount)
        .configure(targets::mount)
        .configure(meetings::mount)
        .configure(plans::mount)
        .configure(visits::mount)
        .configure(monitoring::mount)
        .configure(referrals::mount)
        .configure(notices::mount)
        .configure(letters::mount)
        .configure(actions::mount)
        .configure(reports::mount)
        .configure(runs::mount)
        .configure(analytics::mount);
}

/// An HTTP server of the application on a listening socket.
///
/// # Errors
/// The socket cannot be used.
pub fn server(app: web::Data<App>, listener: std::net::TcpListener) -> std::io::Result<Server> {
    let document = web::Data::new(openapi::Document::new());
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(app.clone())
            .app_data(document.clone())
            .app_data(web::PayloadConfig::new(json::MOST))
            .wrap(Compress::default())
            .wrap(from_fn(trace::trace))
            .into_utoipa_app()
            .configure(mount)
            .split_for_parts()
            .0
            .service(web::redirect("/docs", "/docs/"))
            .service(openapi::swagger())
            .default_service(web::to(wrong_method::no_route))
    });
    Ok(server.listen(listener)?.shutdown_timeout(10).disable_signals().run())
}
