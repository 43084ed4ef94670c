//! Where a cluster lives: its folder, its lock and its socket.
//!
//! A socket's path may have 107 bytes at most, and a folder's path may be longer than that, or lie
//! below a folder (root's home, say) that the server's account cannot enter. Both are met by a
//! folder of our own under the temporary folder, whose name depends on the wanted one only, so that
//! the next start finds it again.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::PORT;
use super::account::Account;
use super::error::EmbeddedError;

const DATA: &str = "data";
const UNFINISHED: &str = "data.new";
const SOCKET: &str = "socket";
const LOG: &str = "server.log";
const LOCK: &str = "lock";
/// All that a cluster's folder may hold.
const OURS: [&str; 5] = [DATA, UNFINISHED, SOCKET, LOG, LOCK];

/// The longest path of a socket, in bytes (Linux: 108 with the closing zero).
pub(super) const SOCKET_PATH: usize = 107;

/// Temporary folders to try after the one that `TMPDIR` names.
const TEMPORARY: [&str; 2] = ["/tmp", "/var/tmp"];

/// The folders and files of one cluster. Holds the lock as long as it lives.
#[derive(Debug)]
pub(super) struct Place {
    /// The cluster's folder.
    pub folder: PathBuf,
    /// The data folder; exists only when it is complete.
    pub data: PathBuf,
    /// Where a new data folder grows.
    pub unfinished: PathBuf,
    /// The folder of the socket.
    pub socket: PathBuf,
    /// What the server says.
    pub log: PathBuf,
    _lock: File,
}

impl Place {
    /// Makes what is missing of `wanted`, takes its lock, and finds a folder for the socket.
    pub fn settle(
        wanted: &Path,
        account: &Account,
        say: &mut dyn FnMut(&str),
    ) -> Result<Self, EmbeddedError> {
        let wanted = std::path::absolute(wanted).map_err(EmbeddedError::io("find", wanted))?;
        if let Some(parent) = wanted.parent() {
            fs::create_dir_all(parent).map_err(EmbeddedError::io("make", parent))?;
        }
        only_ours(&wanted)?;
        own(&wanted, account)?;
        let mut folder = fs::canonicalize(&wanted).map_err(EmbeddedError::io("find", &wanted))?;
        if !account.can_write(&folder) {
            folder = replacement(&folder, account)?;
            let (name, wanted, used) = (&account.name, wanted.display(), folder.display());
            say(&format!("The user {name} cannot enter {wanted}: the data is kept in {used}."));
        }
        let lock = lock(&folder, account)?;
        Ok(Self {
            data: folder.join(DATA),
            unfinished: folder.join(UNFINISHED),
            socket: socket_folder(&folder, account)?,
            log: folder.join(LOG),
            folder,
            _lock: lock,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Only works when it is empty, and matters only when it lies in the temporary folder.
        let _gone = fs::remove_dir(&self.socket);
    }
}

/// A folder under a temporary one that the account can enter, in the place of `wanted`.
fn replacement(wanted: &Path, account: &Account) -> Result<PathBuf, EmbeddedError> {
    let name = short_name(wanted, "data")?;
    for parent in temporary() {
        let folder = parent.join(&name);
        if usable(&folder, account) {
            return Ok(folder);
        }
    }
    Err(EmbeddedError::NotReachable { path: wanted.to_path_buf(), user: account.name.clone() })
}

/// The folder of the socket: inside `folder` when its path is short and plain, else under a
/// temporary folder.
fn socket_folder(folder: &Path, account: &Account) -> Result<PathBuf, EmbeddedError> {
    let inside = folder.join(SOCKET);
    if fits(&inside) {
        own(&inside, account)?;
        return Ok(inside);
    }
    let name = short_name(folder, "socket")?;
    for outside in temporary().map(|parent| parent.join(&name)).filter(|path| fits(path)) {
        if usable(&outside, account) {
            return Ok(outside);
        }
    }
    Err(EmbeddedError::NoSocketFolder)
}

/// Whether a socket in `folder` has a path that is short enough, and plain enough to be the value of
/// a setting that is a list (commas and quotes mean something there).
pub(super) fn fits(folder: &Path) -> bool {
    let bytes = folder.as_os_str().as_encoded_bytes();
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-+".contains(byte);
    let file = format!("/.s.PGSQL.{PORT}");
    bytes.len() + file.len() <= SOCKET_PATH && bytes.iter().all(plain)
}

/// Whether `folder` could be made, or taken, and the account reaches it. Leaves no litter if not.
fn usable(folder: &Path, account: &Account) -> bool {
    if own(folder, account).is_err() {
        return false;
    }
    let reached = account.can_write(folder);
    if !reached {
        let _gone = fs::remove_dir(folder);
    }
    reached
}

fn temporary() -> impl Iterator<Item = PathBuf> {
    std::iter::once(std::env::temp_dir()).chain(TEMPORARY.iter().map(PathBuf::from))
}

/// A name that is short and belongs to `folder` alone: its numbers in the file system.
fn short_name(folder: &Path, what: &str) -> Result<String, EmbeddedError> {
    let meta = fs::metadata(folder).map_err(EmbeddedError::io("look at", folder))?;
    Ok(format!("rollcall-{what}-{:x}-{:x}", meta.dev(), meta.ino()))
}

/// Makes `folder` for the account, closed to others. One that exists has to be a real folder of the
/// account or of ours: the temporary folder is open to all, and a name there can be guessed.
fn own(folder: &Path, account: &Account) -> Result<(), EmbeddedError> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => return account.give(folder),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(EmbeddedError::io("make", folder)(error)),
    }
    let meta = fs::symlink_metadata(folder).map_err(EmbeddedError::io("look at", folder))?;
    if !meta.is_dir() || !account.is(meta.uid()) {
        return Err(EmbeddedError::Foreign(folder.to_path_buf()));
    }
    fs::set_permissions(folder, Permissions::from_mode(0o700))
        .map_err(EmbeddedError::io("close", folder))?;
    account.give(folder)
}

/// Refuses a folder with anything in it that is not a cluster's: it is about to be closed to others
/// and given away, and may one day be removed.
fn only_ours(folder: &Path) -> Result<(), EmbeddedError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(EmbeddedError::io("read", folder)(error)),
    };
    for entry in entries {
        let name = entry.map_err(EmbeddedError::io("read", folder))?.file_name();
        if !OURS.iter().any(|ours| name == *ours) {
            return Err(EmbeddedError::NotEmpty { folder: folder.to_path_buf(), name });
        }
    }
    Ok(())
}

/// Takes the folder's lock, which the system gives free when this process ends, however it ends.
fn lock(folder: &Path, account: &Account) -> Result<File, EmbeddedError> {
    let path = folder.join(LOCK);
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(EmbeddedError::io("open", &path))?;
    account.give(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(EmbeddedError::InUse(folder.to_path_buf())),
        Err(TryLockError::Error(error)) => Err(EmbeddedError::io("lock", &path)(error)),
    }
}
