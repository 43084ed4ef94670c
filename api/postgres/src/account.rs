//! Which account the server runs as, and how its programs are started.
//!
//! PostgreSQL refuses to run as root, so root hands it to another account. Every program started
//! here dies with the thread that started it (`setpriv --pdeathsig`): a killed process leaves no
//! server behind. The signal is tied to the *thread*, not to the process, which is why the server
//! has a thread of its own: see [`super::server`].

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::error::EmbeddedError;

/// Accounts that root may run the server as, the best first.
const CANDIDATES: [&str; 2] = ["postgres", "nobody"];

/// Variables that the server's programs may see. Everything else stays out: `PG*` would redirect
/// them, and ours may hold secrets.
const ENVIRONMENT: [&str; 3] = ["PATH", "LD_LIBRARY_PATH", "TMPDIR"];

/// The account of the server.
#[derive(Debug, Clone)]
pub(super) struct Account {
    /// Its name, or its number when it has none.
    pub name: String,
    uid: u32,
    gid: u32,
    /// The user that this process runs as.
    own: u32,
    /// Whether it is another than the one this process runs as.
    switch: bool,
    /// `setpriv` of util-linux, where there is one.
    setpriv: Option<PathBuf>,
}

impl Account {
    /// Ourselves; as root, the owner of `folder` when that is not root, so that a cluster keeps its
    /// owner, and otherwise the first candidate that exists.
    pub fn choose(folder: &Path) -> Result<Self, EmbeddedError> {
        let own = own_number()?;
        let owner = fs::metadata(folder).map(|meta| meta.uid()).unwrap_or_default();
        let user = match own {
            0 if owner != 0 => Some(owner),
            0 => CANDIDATES.iter().find_map(|name| number("-u", name)),
            _ => Some(own),
        };
        let uid = user.ok_or(EmbeddedError::NoAccount)?.to_string();
        let name = id(&["-nu", &uid]).unwrap_or_else(|| uid.clone());
        // An account without an entry of its own (a container's) has no group that is known.
        let gid = number("-g", &uid).or_else(|| Some(fs::metadata(folder).ok()?.gid()));
        let uid = uid.parse().map_err(|_| EmbeddedError::NoAccount)?;
        let (gid, setpriv) = (gid.unwrap_or(uid), on_path("setpriv"));
        Ok(Self { name, uid, gid, own, switch: own != uid, setpriv })
    }

    /// The name of the user that this process runs as, or the number when there is none.
    pub fn own_name(&self) -> String {
        let own = self.own.to_string();
        id(&["-nu", &own]).unwrap_or(own)
    }

    /// `program`, to be run as this account and to be interrupted when the starting thread ends.
    /// Without `setpriv` it is not interrupted; the next start then finds and stops it.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = match &self.setpriv {
            Some(setpriv) => {
                let mut command = Command::new(setpriv);
                // Changing the user clears the death signal, so one program has to do both.
                command.args(["--pdeathsig", "INT"]);
                if self.switch {
                    command.args(["--reuid", &self.uid.to_string()]);
                    command.args(["--regid", &self.gid.to_string(), "--clear-groups"]);
                }
                command.arg("--").arg(program);
                command
            }
            None => {
                let mut command = Command::new(program);
                if self.switch {
                    command.uid(self.uid).gid(self.gid);
                }
                command
            }
        };
        command.env_clear();
        command.envs(ENVIRONMENT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        command.env("LC_ALL", "C.UTF-8").stdin(Stdio::null());
        // A terminal's Ctrl-C goes to a whole process group: outside of it the server lives until
        // we have finished with it. And the folder that we stand in may be closed to the account.
        command.process_group(0).current_dir("/");
        command
    }

    /// Whether this account can reach `path` and write there.
    pub fn can_write(&self, path: &Path) -> bool {
        self.test("-w", path)
    }

    /// Whether this account can reach `path` and run it.
    pub fn can_run(&self, path: &Path) -> bool {
        self.test("-x", path)
    }

    /// Asks the system itself, which knows of groups and access lists.
    fn test(&self, what: &str, path: &Path) -> bool {
        let Some(test) = on_path("test") else { return true };
        self.command(&test).arg(what).arg(path).status().is_ok_and(|status| status.success())
    }

    /// Whether `uid` is this account's number or our own.
    pub fn is(&self, uid: u32) -> bool {
        uid == self.uid || uid == self.own
    }

    /// Gives `path` to this account, when it is another than ours.
    pub fn give(&self, path: &Path) -> Result<(), EmbeddedError> {
        if !self.switch {
            return Ok(());
        }
        chown(path, Some(self.uid), Some(self.gid)).map_err(EmbeddedError::io("give away", path))
    }
}

/// The number of the user that this process runs as; 0 is root.
pub(super) fn own_number() -> Result<u32, EmbeddedError> {
    id(&["-u"]).and_then(|number| number.parse().ok()).ok_or_else(|| EmbeddedError::Program {
        program: "id".to_owned(),
        said: "it did not tell who we are".to_owned(),
    })
}

/// The user's (`-u`) or main group's (`-g`) number of an account.
fn number(what: &str, account: &str) -> Option<u32> {
    id(&[what, account])?.parse().ok()
}

/// What the program `id` answers, when it knows.
fn id(arguments: &[&str]) -> Option<String> {
    let output = Command::new("id").args(arguments).output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !said.is_empty()).then_some(said)
}

/// Where `PATH` has `program`.
pub(super) fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}
