//! Policies of other schools, written down from their documents with the words of the README: they
//! are accepted, their scenarios come out as they say, and their books can be read.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its files fails")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use domain::policy::{Checked, Folder, book, check_folder, coverage};

fn folders() -> Vec<PathBuf> {
    common::entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outside"))
}

fn load(folder: &Path) -> Checked {
    check_folder(&Folder::read(common::files(folder)).unwrap())
}

#[test]
fn every_policy_is_accepted_and_every_rule_of_it_is_proven() {
    assert_eq!(folders().len(), 4);
    for folder in folders() {
        let name = folder.display().to_string();
        let problems = common::problems(common::files(&folder))
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>();
        assert!(problems.is_empty(), "{name}:\n{}", problems.join("\n"));
        let unproven: Vec<_> = coverage(&load(&folder))
            .into_iter()
            .filter(|rule| rule.proofs.is_empty() || rule.lines.is_empty())
            .collect();
        assert!(unproven.is_empty(), "{name}: {unproven:#?}");
    }
}

#[test]
fn every_book_says_what_its_policy_says() {
    for folder in folders() {
        let (path, text) = (folder.join("book.md"), book(&load(&folder).policy));
        if std::env::var_os("ROLLCALL_UPDATE").is_some() {
            fs::write(&path, &text).unwrap();
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        assert!(written == text, "{} is old: run again with ROLLCALL_UPDATE=1", path.display());
    }
}
