//! Three policies that show the words for counts, days, families and stages: they are accepted, all that they say is
//! proven, and they hold for every count of sessions.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its files fails")]

mod common;

use std::path::{Path, PathBuf};

use domain::policy::{Checked, Folder, check_folder, coverage, prove, unnoticed};

fn folders() -> Vec<PathBuf> {
    common::entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/words"))
}

fn texts(folder: &Path) -> Folder {
    Folder::read(common::files(folder)).unwrap()
}

fn load(folder: &Path) -> Checked {
    check_folder(&texts(folder))
}

#[test]
fn every_policy_is_accepted_and_every_rule_of_it_is_proven() {
    assert_eq!(folders().len(), 3);
    for folder in folders() {
        let problems = common::problems(common::files(&folder)).into_iter();
        let problems: Vec<String> = problems.map(|problem| problem.to_string()).collect();
        assert!(problems.is_empty(), "{}:\n{}", folder.display(), problems.join("\n"));
        let checked = load(&folder);
        let unproven: Vec<_> = coverage(&checked)
            .into_iter()
            .filter(|rule| rule.proofs.is_empty() || rule.lines.is_empty())
            .collect();
        assert!(unproven.is_empty(), "{}: {unproven:#?}", folder.display());
    }
}

#[test]
fn no_row_is_there_that_no_scenario_exercises() {
    for folder in folders() {
        let found = unnoticed(&texts(&folder)).into_iter();
        let never: Vec<_> = found.filter(|one| one.change == "row never exercised").collect();
        assert!(never.is_empty(), "{}: {never:#?}", folder.display());
    }
}

#[test]
fn every_policy_holds_for_every_count() {
    for folder in folders() {
        let proof = prove(&texts(&folder)).unwrap();
        assert!(
            proof.counterexamples.is_empty(),
            "{}: {:#?}",
            folder.display(),
            proof.counterexamples
        );
    }
}
