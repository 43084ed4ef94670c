//! The policies that the product ships: the folders in `policies/`, part of the program.

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};

use crate::policy::folder::Folder;

static POLICIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/policies");

/// Every built-in policy by its key, which is its folder's name.
pub fn built_in() -> BTreeMap<&'static str, Folder> {
    let key = |folder: &Dir<'static>| folder.path().to_str();
    POLICIES.dirs().filter_map(|folder| Some((key(folder)?, read(folder)))).collect()
}

fn read(folder: &Dir<'_>) -> Folder {
    let text = |name: &str| {
        let file = folder.get_file(folder.path().join(name));
        file.and_then(|file| file.contents_utf8()).unwrap_or_default().to_owned()
    };
    let letters = folder.get_dir(folder.path().join("letters"));
    let letters = letters.into_iter().flat_map(Dir::files).filter_map(|file| {
        let name = file.path().file_stem()?.to_str()?;
        Some((name.to_owned(), file.contents_utf8()?.to_owned()))
    });
    Folder {
        policy: text("policy.toml"),
        letters: letters.collect(),
        scenarios: text("scenarios.toml"),
    }
}
