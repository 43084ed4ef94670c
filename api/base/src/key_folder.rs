//! A folder of key files, which nobody but their owner reads: the last by name is the one in use, all of them are known,
//! so that a key is changed by adding a file.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The bits of a file's mode that let others than its owner at it: for a key any, for the folder writing.
const OTHERS: u32 = 0o077;
const OTHERS_WRITE: u32 = 0o022;

/// What can be wrong with a folder of keys, or with a file in it.
#[derive(Debug, thiserror::Error)]
#[error("{}: {why}", path.display())]
pub struct KeysError {
    /// The file or folder.
    pub path: PathBuf,
    /// What is wrong with it.
    pub why: String,
}

/// A key as it stands in its file.
pub(crate) struct KeyFile {
    /// The file.
    pub path: PathBuf,
    /// What stands in it.
    pub text: String,
}

/// The keys of a folder in the order of their files' names; a first one is made by `fresh` when there is none. Errors: the
/// folder cannot be used, or others than its owner can read a key or put one there.
pub(crate) fn first_or_all(
    folder: &Path,
    ending: &str,
    fresh: impl Fn() -> Result<String, String>,
) -> Result<Vec<KeyFile>, KeysError> {
    let wrong = |path: &Path, why: String| KeysError { path: path.to_owned(), why };
    let files = files(folder, ending, fresh).map_err(|why| wrong(folder, why))?;
    private(folder, OTHERS_WRITE).map_err(|why| wrong(folder, why))?;
    let read = |path: PathBuf| {
        private(&path, OTHERS).map_err(|why| wrong(&path, why))?;
        let text = fs::read_to_string(&path).map_err(|error| wrong(&path, error.to_string()))?;
        Ok(KeyFile { path, text })
    };
    files.into_iter().map(read).collect()
}

/// Refuses a file that others than its owner may use in these ways.
fn private(path: &Path, ways: u32) -> Result<(), String> {
    let mode = fs::metadata(path).map_err(|error| error.to_string())?.mode() & 0o777;
    if mode & ways == 0 {
        return Ok(());
    }
    let (others, right) = match ways {
        OTHERS => ("others than its owner can read or change it", mode & !OTHERS),
        _ => ("others than its owner can put keys there", mode & !OTHERS_WRITE),
    };
    Err(format!("{others} (mode {mode:03o}); `chmod {right:03o}` makes it private"))
}

/// The files of keys, by name. When there is none yet a first one is made; processes that start at once wait for each
/// other, so that all of them have the same.
fn files(
    folder: &Path,
    ending: &str,
    fresh: impl Fn() -> Result<String, String>,
) -> Result<Vec<PathBuf>, String> {
    let words = |error: std::io::Error| error.to_string();
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent).map_err(words)?;
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(words)?;
    let found = all(folder, ending).map_err(words)?;
    if !found.is_empty() {
        return Ok(found);
    }
    let lock = fs::File::create(folder.join("lock")).map_err(words)?;
    lock.lock().map_err(words)?;
    if all(folder, ending).map_err(words)?.is_empty() {
        create(&folder.join(format!("0001.{ending}")), &fresh()?)?;
    }
    all(folder, ending).map_err(words)
}

fn all(folder: &Path, ending: &str) -> std::io::Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|own| own == ending))
        .collect();
    files.sort();
    Ok(files)
}

/// Puts a new key in place, readable by its owner alone and whole: nobody reads half of it, also not after a crash.
fn create(path: &Path, key: &str) -> Result<(), String> {
    let fresh = path.with_extension("new");
    let write = || {
        let _left_behind = fs::remove_file(&fresh);
        let mut file =
            fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
        file.write_all(key.as_bytes())?;
        file.sync_all()?;
        fs::rename(&fresh, path)
    };
    write().map_err(|error: std::io::Error| error.to_string())
}
