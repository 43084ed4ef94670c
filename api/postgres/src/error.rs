//! What can keep a database server of our own from running, in words for the person at the screen.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// Why the server does not run. Every message says what to do next where something can be done.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// No server programs on this machine.
    #[error(
        "PostgreSQL's server was not found. Install it (on Debian as root: apt-get install \
         postgresql), or name the folder of its programs in ROLLCALL_PG_BIN."
    )]
    NoServer,
    /// `ROLLCALL_PG_BIN` names a folder without the programs.
    #[error("ROLLCALL_PG_BIN names {0}, but postgres, initdb and pg_ctl are not all there.")]
    NotBinaries(PathBuf),
    /// The data was made by another major version, which is not here.
    #[error(
        "{folder} was made by PostgreSQL {made}, and this machine has only {found}. Install \
         version {made}, or move the folder away to start anew."
    )]
    OtherVersion {
        /// The data folder.
        folder: PathBuf,
        /// The version that made it.
        made: String,
        /// The versions found.
        found: String,
    },
    /// Root has nobody to run the server as.
    #[error(
        "PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody \
         to run it as. Make one (useradd --system postgres), or start this as an ordinary user."
    )]
    NoAccount,
    /// The server's account cannot enter or run something.
    #[error(
        "The user {user}, as whom the database server runs, cannot use {path}. Choose a folder \
         below one that everybody may enter."
    )]
    NotReachable {
        /// What is out of reach.
        path: PathBuf,
        /// The server's account.
        user: String,
    },
    /// Somebody else's file stands where ours should.
    #[error("{0} is not a folder or belongs to another user, so it is not safe to use.")]
    Foreign(PathBuf),
    /// The folder is used for something else.
    #[error("{folder} holds other files ({name:?}). Choose an empty folder for the database.")]
    NotEmpty {
        /// The folder.
        folder: PathBuf,
        /// One of the other files.
        name: OsString,
    },
    /// Another living process uses the folder.
    #[error("{0} is in use by another running rollcall. Stop that one, or choose another folder.")]
    InUse(PathBuf),
    /// A server that an earlier process left behind does not go away.
    #[error("A database server from an earlier run (process {pid}) still uses {folder}.")]
    LeftOver {
        /// The data folder.
        folder: PathBuf,
        /// The server's process.
        pid: u32,
    },
    /// No folder is short enough for the socket.
    #[error("No folder for the database's socket: every candidate's path is too long (107 bytes).")]
    NoSocketFolder,
    /// A program that is needed failed.
    #[error("{program} failed: {said}")]
    Program {
        /// What ran.
        program: String,
        /// Its last words.
        said: String,
    },
    /// The server ended or did not get ready while starting.
    #[error("The database server did not start ({why}). The end of {log}:\n{said}")]
    Start {
        /// What was seen.
        why: String,
        /// Its log.
        log: PathBuf,
        /// The log's last lines.
        said: String,
    },
    /// The server did not stop when told to.
    #[error("The database server did not stop in time and was killed; the next start recovers it.")]
    Stop,
    /// The system refused something.
    #[error("Cannot {doing} {path}: {source}")]
    Io {
        /// The verb: "make", "read" ...
        doing: &'static str,
        /// What it was done to.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

impl EmbeddedError {
    /// For `map_err`: the system refused `doing` something to `path`.
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { doing, path: path.to_path_buf(), source }
    }

    /// A program ran and failed: its last words are what helps.
    pub(super) fn program(program: &Path, output: &std::process::Output) -> Self {
        let said = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
        let said = last_lines(&String::from_utf8_lossy(&said), 6);
        Self::Program { program: program.display().to_string(), said }
    }
}

/// The last `count` lines of `text`.
pub(super) fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines.get(lines.len().saturating_sub(count)..).unwrap_or_default().join("\n")
}
