//! Where PostgreSQL's server programs are, and which version of them fits the data.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::account::{Account, on_path};
use super::error::EmbeddedError;
use super::install;

/// The programs needed; one folder has to hold all of them.
const PROGRAMS: [&str; 3] = ["postgres", "initdb", "pg_ctl"];

/// Where Debian keeps one folder a major version, each with `bin` inside.
const DEBIAN: &str = "/usr/lib/postgresql";

/// One version's server programs.
#[derive(Debug, Clone)]
pub(super) struct Binaries {
    folder: PathBuf,
    /// The major version, such as 15.
    pub major: u32,
}

impl Binaries {
    /// The programs in `folder`, when they are all there and say their version.
    fn of(folder: &Path) -> Option<Self> {
        // Links are followed: a server finds its other files from where its program really is.
        let folder = fs::canonicalize(folder.join("postgres")).ok()?.parent()?.to_path_buf();
        if !PROGRAMS.iter().all(|program| folder.join(program).is_file()) {
            return None;
        }
        let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
        let major = major(&String::from_utf8_lossy(&output.stdout))?;
        Some(Self { folder, major })
    }

    /// The full path of one of the programs.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Of those `found`: the version that made `data`, or the first when there is no data yet.
    pub fn choose(found: Vec<Self>, data: &Path, account: &Account) -> Result<Self, EmbeddedError> {
        let made = fs::read_to_string(data.join("PG_VERSION")).ok();
        let made = made.as_deref().map(str::trim);
        let versions: Vec<String> = found.iter().map(|each| each.major.to_string()).collect();
        let fits = |each: &Self| made.is_none_or(|made| made == each.major.to_string());
        let Some(chosen) = found.into_iter().find(fits) else {
            return Err(EmbeddedError::OtherVersion {
                folder: data.to_path_buf(),
                made: made.unwrap_or_default().to_owned(),
                found: versions.join(", "),
            });
        };
        let postgres = chosen.program("postgres");
        if account.can_run(&postgres) {
            Ok(chosen)
        } else {
            Err(EmbeddedError::NotReachable { path: postgres, user: account.name.clone() })
        }
    }
}

/// Every version on this machine, the preferred one first; never empty. `ROLLCALL_PG_BIN` alone
/// counts when it is set. With `install`, root installs Debian's package when there is none.
pub(super) fn find(
    install: bool,
    say: &mut dyn FnMut(&str),
) -> Result<Vec<Binaries>, EmbeddedError> {
    if let Some(folder) = std::env::var_os("ROLLCALL_PG_BIN").map(PathBuf::from) {
        return Ok(vec![Binaries::of(&folder).ok_or(EmbeddedError::NotBinaries(folder))?]);
    }
    let found = search();
    if !found.is_empty() {
        return Ok(found);
    }
    if !(install && install::possible()) {
        return Err(EmbeddedError::NoServer);
    }
    say("PostgreSQL's server is not installed: installing Debian's package postgresql.");
    install::install()?;
    let found = search();
    if found.is_empty() { Err(EmbeddedError::NoServer) } else { Ok(found) }
}

/// What `pg_config` names, then Debian's folders from the newest, then whatever `PATH` has.
fn search() -> Vec<Binaries> {
    let mut folders = Vec::new();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        folders.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    let mut versions: Vec<u32> = fs::read_dir(DEBIAN)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    versions.sort_unstable_by(|a, b| b.cmp(a));
    folders
        .extend(versions.iter().map(|major| Path::new(DEBIAN).join(major.to_string()).join("bin")));
    folders.extend(on_path("postgres").and_then(|file| Some(file.parent()?.to_path_buf())));

    let mut found: Vec<Binaries> = Vec::new();
    for each in folders.iter().filter_map(|folder| Binaries::of(folder)) {
        if found.iter().all(|known| known.major != each.major) {
            found.push(each);
        }
    }
    found
}

/// The 15 of `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
pub(super) fn major(version: &str) -> Option<u32> {
    let number = version.split_whitespace().nth(2)?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
