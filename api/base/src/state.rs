//! What every request may use, and what the process was started with.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;

use domain::{CodeTable, Roles};

use super::beacon::BeaconAddress;
use super::clock::Clock;
use super::db::Db;
use super::envelope::Envelope;
use super::events::Streams;
use super::key_folder::KeysError;
use super::limit::{Limits, Network};
use super::openid::OpenId;
use super::outside::Outside;
use super::revocations::Revocations;
use super::storage::Storage;
use super::tokens::keys::Keys;

/// What every request may use.
pub struct App {
    /// The only door to the database.
    pub db: Db,
    /// Keys that sign and verify tokens.
    pub keys: Keys,
    /// What secrets are kept in.
    pub envelope: Envelope,
    /// Where public random values are fetched.
    pub beacons: Vec<BeaconAddress>,
    /// Who may do what.
    pub roles: Roles,
    /// The national code table.
    pub codes: Arc<CodeTable>,
    /// What time it is on this machine; a sandbox has its own ([`Db::clock_of`]).
    pub clock: Clock,
    /// What no longer holds although its tokens have not ended.
    pub revocations: Arc<Revocations>,
    /// The identity providers that people sign in at.
    pub openid: OpenId,
    /// Rate limits.
    pub limits: Limits,
    /// Whether the database has room.
    pub storage: Storage,
    /// Streams of events.
    pub streams: Streams,
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
    /// The folder of the keys that secrets are sealed under.
    pub secret_keys: PathBuf,
    /// Where public random values are fetched; nothing is fetched where there is none.
    pub beacons: Vec<BeaconAddress>,
    /// The service's address as its clients know it, which is the issuer of its tokens.
    pub public_url: String,
    /// Origins that may be read although they are not public, such as `http://127.0.0.1:9000`: for trying things out.
    pub reachable: Vec<String>,
    /// Requests a minute for each client.
    pub rate_limit: NonZeroU32,
    /// Who is believed when it says whose request it hands on.
    pub trusted_proxies: Vec<Network>,
    /// Connections for requests, and for jobs.
    pub connections: (u32, u32),
}

/// What can keep the application from starting.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Signing keys, or those of secrets.
    #[error("keys: {0}")]
    Keys(#[from] KeysError),
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
        Ok(Self {
            db: Db::new(
                &settings.database_url,
                settings.connections.0,
                settings.connections.1,
                clock.clone(),
            ),
            keys: Keys::load_or_create(&settings.keys)?.issuing_as(&settings.public_url),
            envelope: Envelope::load_or_create(&settings.secret_keys)?,
            beacons: settings.beacons.clone(),
            revocations: Arc::new(Revocations::new(&settings.database_url, clock.clone())),
            openid: OpenId::new(Outside::new(settings.reachable.clone())),
            roles,
            codes: Arc::new(codes),
            clock,
            limits: Limits::per_minute(
                settings.rate_limit,
                settings.trusted_proxies.clone(),
                settings.redis_url.as_deref(),
            )
            .map_err(|error| StartError::Data(format!("Redis: {error}")))?,
            storage: Storage::default(),
            streams: Streams::default(),
        })
    }
}
