//! What commands share: where data lives, which database, how to log, when to stop.

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::Args;
use tracing_subscriber::EnvFilter;

use crate::server::Rollcall;
use base::beacon::BeaconAddress;
use base::clock::Clock;
use base::database_url::secured;
use base::limit::Network;
use base::platform;
use base::state::Settings;

/// Where a service is known under no other address: not where it listens, as instances of one service listen elsewhere.
const NEARBY: &str = "127.0.0.1:8080";

/// Where data lives.
#[derive(Args, Clone)]
pub struct DataFolder {
    /// Folder of signing keys and keys of secrets, and of the embedded database and demo.json
    #[arg(long = "data", env = "ROLLCALL_DATA", value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Folder of the keys that secrets are sealed under; `secret-keys` in the data folder when absent
    #[arg(long, env = "ROLLCALL_SECRET_KEYS", value_name = "FOLDER")]
    secret_keys: Option<PathBuf>,
}

impl DataFolder {
    /// The folder: as given; else the user's own data folder, or /var/lib/rollcall for root.
    pub fn path(&self) -> PathBuf {
        if let Some(folder) = &self.folder {
            return std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
        }
        let home = std::env::var_os("HOME").map(PathBuf::from);
        match (std::env::var_os("XDG_DATA_HOME"), home) {
            (Some(data), _) if !data.is_empty() => PathBuf::from(data).join("rollcall"),
            (_, Some(home)) if !is_root() && !home.as_os_str().is_empty() => {
                home.join(".local/share/rollcall")
            }
            _ => PathBuf::from("/var/lib/rollcall"),
        }
    }

    /// The folder of signing keys.
    pub fn keys(&self) -> PathBuf {
        self.path().join("keys")
    }

    /// The folder of the keys that secrets are sealed under.
    pub fn secret_keys(&self) -> PathBuf {
        self.secret_keys.clone().unwrap_or_else(|| self.path().join("secret-keys"))
    }
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

/// How the application reaches its database and Redis.
#[derive(Args, Clone)]
pub struct Reach {
    #[command(flatten)]
    pub data: DataFolder,
    /// The application role's database, such as postgres://rollcall@localhost/rollcall
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Redis, if there is one: it keeps finished answers, and what each client may still ask
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_name = "URL")]
    pub redis_url: Option<String>,
    /// The service's address as its clients know it, such as `https://rollcall.example`: the issuer of their tokens, the same
    /// on every instance; `http://127.0.0.1:8080` when absent
    #[arg(long, env = "ROLLCALL_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// Origins of identity providers that may be asked although they are not public, with commas between, such as
    /// http://127.0.0.1:9000: for trying things out
    #[arg(long, env = "ROLLCALL_REACHABLE", value_delimiter = ',', value_name = "ORIGINS")]
    pub reachable: Vec<String>,
    /// Requests a minute that each client may make: whoever a token names, else an address
    #[arg(long, env = "ROLLCALL_RATE_LIMIT", default_value = "6000", value_name = "N")]
    pub rate_limit: NonZeroU32,
    /// Addresses and networks of proxies, with commas between, that say in X-Forwarded-For whose request they hand on
    #[arg(long, env = "ROLLCALL_TRUSTED_PROXIES", value_delimiter = ',', value_name = "NETWORKS")]
    pub trusted_proxies: Vec<Network>,
    /// Where the random values that decide prize draws are fetched, with commas between; empty for nowhere
    #[arg(
        long,
        env = "ROLLCALL_BEACONS",
        value_delimiter = ',',
        default_value = "https://api.drand.sh,https://api2.drand.sh",
        value_name = "ADDRESSES"
    )]
    pub beacons: Vec<BeaconAddress>,
    /// Connections to the database for requests
    #[arg(long, env = "ROLLCALL_CONNECTIONS", default_value = "12", value_name = "N")]
    pub connections: u32,
    /// Threads that do jobs
    #[arg(long, env = "ROLLCALL_WORKERS", default_value = "1", value_name = "N")]
    pub workers: usize,
}

impl Reach {
    /// Rollcall on a database: encrypted when it is on another machine, with a role for which row-level
    /// security holds.
    pub fn rollcall(&self, database_url: &str) -> Result<Rollcall, String> {
        self.rollcall_at(database_url, NEARBY)
    }

    /// As [`Reach::rollcall`], known to its clients under this address where no other was given.
    pub fn rollcall_at(&self, database_url: &str, address: &str) -> Result<Rollcall, String> {
        let nearby = || format!("http://{address}");
        let variable = |name: &str| std::env::var(name).ok();
        let settings = Settings {
            database_url: secured(database_url, &variable)?,
            redis_url: self.redis_url.clone(),
            keys: self.data.keys(),
            secret_keys: self.data.secret_keys(),
            beacons: self.beacons.clone(),
            public_url: self.public_url.clone().unwrap_or_else(nearby),
            reachable: self.reachable.clone(),
            rate_limit: self.rate_limit,
            trusted_proxies: self.trusted_proxies.clone(),
            connections: (self.connections, u32::try_from(self.workers).unwrap_or(1) + 2),
        };
        let rollcall =
            Rollcall::new(&settings, Clock::system()).map_err(|error| error.to_string())?;
        platform::check_role(&rollcall.app.db)?;
        platform::check_migrated(&rollcall.app.db)?;
        Ok(rollcall)
    }

    /// The database's address, which a command that serves must be given.
    pub fn database_url(&self) -> Result<&str, String> {
        self.database_url.as_deref().ok_or_else(|| {
            "DATABASE_URL is not set. `rollcall demo` (make run) starts a database of its own; to serve, give the address \
             of yours"
                .to_owned()
        })
    }
}

/// Logs to stderr: lines of JSON, or plain text on a terminal.
pub fn log(default: &str) {
    let filter =
        EnvFilter::try_from_env("ROLLCALL_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let _ = if std::io::IsTerminal::is_terminal(&std::io::stderr()) {
        builder.try_init()
    } else {
        builder.json().try_init()
    };
}

/// Listens for SIGINT and SIGTERM from now on; what it returns waits for one of them.
pub fn asked_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
