//! Reading a policy's folder from the disk, as a person keeps it.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its files fails")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use domain::policy::{Folder, Problem, check_folder};

/// The files of a folder, by their place in it: `policy.toml`, `letters/hello.md`.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for path in entries(folder) {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            let inner = self::files(&path).into_iter();
            files.extend(inner.map(|(place, bytes)| (format!("{name}/{place}"), bytes)));
        } else {
            files.insert(name, fs::read(&path).unwrap());
        }
    }
    files
}

/// What stands in a folder, in order.
pub fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

/// Everything that is wrong with the files of a folder.
pub fn problems(files: BTreeMap<String, Vec<u8>>) -> Vec<Problem> {
    match Folder::read(files) {
        Ok(folder) => check_folder(&folder).problems,
        Err(problems) => problems,
    }
}
