//! A PostgreSQL server of our own, for the demonstration and for the tests.
//!
//! Nothing has to be set up beforehand: [`Cluster::start`] finds the server's programs, makes a data
//! folder when there is none, starts a server that only this machine's user can reach (a socket in
//! a private folder, no TCP), and stops it when the [`Cluster`] is dropped or this process ends,
//! however it ends. A real installation does not come here: it names its own server in
//! `DATABASE_URL`.
//!
//! The server refuses to run as root. Started by root it runs as the owner of the data folder, or as
//! `postgres`, or as `nobody`: see [`account`]. Everything below works as any user.
//!
//! ```text
//! folder/lock        held while a process uses the folder
//! folder/data/       the cluster; appears by renaming data.new/ once that is complete
//! folder/socket/     the socket, unless its path would be too long: see [`place`]
//! folder/server.log  what the server said since its last start
//! ```

mod account;
mod binaries;
mod create;
mod entrance;
mod error;
mod install;
mod leftovers;
mod place;
mod server;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, percent_encode};

use account::Account;
use binaries::Binaries;
pub use error::EmbeddedError;
use place::Place;
use server::Server;

/// The superuser of every cluster made here. Only migrations and tests connect as it: it is above
/// row-level security.
pub const SUPERUSER: &str = "rollcall_admin";

/// The server's port. With a socket it is only a part of the socket's file name, so it can collide
/// with nothing.
const PORT: u16 = 5432;

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What kind of cluster to start, and where.
#[derive(Debug, Clone)]
pub struct Options {
    /// The cluster's own folder; made when missing. Nothing else belongs in it.
    pub folder: PathBuf,
    /// Whether what is committed must survive a crash of the machine. `false` is for tests: faster,
    /// and worth nothing after a power cut.
    pub durable: bool,
    /// Server settings beyond the standard ones, as (name, value); they win.
    pub settings: Vec<(String, String)>,
    /// Whether root may install Debian's package `postgresql` when no server is found.
    pub install: bool,
    /// The roles under which the user who runs this may enter; nobody else may.
    pub roles: Vec<String>,
    /// Whether a server that died is started again; told in one plain sentence each time.
    pub again: Option<fn(&str)>,
}

impl Options {
    /// A cluster whose data is kept.
    pub fn kept(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            durable: true,
            settings: Vec::new(),
            install: true,
            roles: vec![SUPERUSER.to_owned()],
            again: None,
        }
    }

    /// A cluster whose data is thrown away afterwards: for tests.
    pub fn thrown_away(folder: impl Into<PathBuf>) -> Self {
        Self { durable: false, ..Self::kept(folder) }
    }

    /// The same, with more roles under which whoever runs this may enter.
    pub fn entered_as(mut self, roles: &[&str]) -> Self {
        self.roles.extend(roles.iter().map(|role| (*role).to_owned()));
        self
    }

    /// The same, started again whenever the server dies.
    pub fn started_again(mut self, say: fn(&str)) -> Self {
        self.again = Some(say);
        self
    }

    /// The same, with one server setting more.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// A running PostgreSQL server. Dropping it stops the server and leaves the data.
#[derive(Debug)]
pub struct Cluster {
    // Fields are dropped in this order: the server ends before its folder is given free.
    server: Server,
    major: u32,
    place: Place,
}

impl Cluster {
    /// Starts the cluster of `options.folder`, making it first when needed. `say` is told in one
    /// plain sentence what is about to happen, for a person who waits (the first start takes some
    /// seconds).
    ///
    /// # Errors
    /// Every [`EmbeddedError`]; each says what to do about it.
    pub fn start(options: &Options, say: &mut dyn FnMut(&str)) -> Result<Self, EmbeddedError> {
        let found = binaries::find(options.install, say)?;
        let account = Account::choose(&options.folder)?;
        let place = Place::settle(&options.folder, &account, say)?;
        let binaries = Binaries::choose(found, &place.data, &account)?;
        leftovers::clear(&place, &binaries, &account, say)?;
        if !place.data.exists() {
            say("Making a new database cluster.");
            create::create(&place, options.durable, &binaries, &account)?;
        }
        entrance::keep(&place.data, &options.roles, &account)?;
        say("Starting the database server.");
        let server = Server::start(server::Launch::new(options, &place, &binaries, account))?;
        Ok(Self { server, major: binaries.major, place })
    }

    /// The address of `database` for `user`, for diesel or any other client of libpq. There is no
    /// password: the system tells the server who connects.
    pub fn url(&self, user: &str, database: &str) -> String {
        let host = encode(self.place.socket.as_os_str().as_encoded_bytes());
        let (user, database) = (encode(user.as_bytes()), encode(database.as_bytes()));
        format!("postgres://{user}@{host}:{PORT}/{database}")
    }

    /// The folder in use: the one asked for, or the one that replaces it when the server's account
    /// cannot enter that one.
    pub fn folder(&self) -> &Path {
        &self.place.folder
    }

    /// The server's major version, such as 15.
    pub fn major(&self) -> u32 {
        self.major
    }

    /// The server's process number.
    pub fn pid(&self) -> u32 {
        self.server.pid()
    }

    /// Stops the server: open transactions are rolled back, clients are cut off, what was committed
    /// is written out. Dropping does the same, without the answer.
    ///
    /// # Errors
    /// [`EmbeddedError::Stop`] when the server had to be killed; the next start then recovers.
    pub fn stop(mut self) -> Result<(), EmbeddedError> {
        self.server.stop()
    }
}

/// Removes a cluster's folder with all that is in it, ending a server that a killed process may
/// have left behind. A folder that does not exist is no error.
///
/// # Errors
/// [`EmbeddedError::InUse`] while a living process uses it, and what the system answers when it
/// cannot be removed.
pub fn discard(folder: &Path) -> Result<(), EmbeddedError> {
    if !folder.exists() {
        return Ok(());
    }
    let account = Account::choose(folder)?;
    let place = Place::settle(folder, &account, &mut |_| {})?;
    if place.data.exists() {
        let binaries =
            Binaries::choose(binaries::find(false, &mut |_| {})?, &place.data, &account)?;
        leftovers::clear(&place, &binaries, &account, &mut |_| {})?;
    }
    for each in [place.folder.as_path(), folder] {
        if each.exists() {
            fs::remove_dir_all(each).map_err(EmbeddedError::io("remove", each))?;
        }
    }
    Ok(())
}

/// A part of an address, percent-encoded.
fn encode(bytes: &[u8]) -> PercentEncode<'_> {
    percent_encode(bytes, RESERVED)
}
