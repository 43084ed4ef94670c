//! `rollcall policy`: what it prints about a folder, and which folders it does not read.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::support::folder::Folder;
use crate::support::program::{Ended, rollcall, run, said};

/// The small policy of the README, in a folder that a story may change.
fn small() -> Folder {
    let folder = Folder::new();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/tests/small");
    fs::create_dir(folder.file("letters")).unwrap();
    for file in ["policy.toml", "scenarios.toml", "letters/hello.md"] {
        fs::copy(from.join(file), folder.file(file)).unwrap();
    }
    folder
}

fn policy(what: &str, folder: &Folder) -> Ended {
    run(&mut rollcall(&["policy", what, folder.text()]))
}

/// Changes the small policy's text.
fn change(folder: &Folder, old: &str, new: &str) {
    let text = fs::read_to_string(folder.file("policy.toml")).unwrap();
    assert!(text.contains(old), "{old}");
    fs::write(folder.file("policy.toml"), text.replacen(old, new, 1)).unwrap();
}

#[test]
fn a_proof_says_what_was_gone_through_and_each_counterexample_is_a_scenario() {
    let folder = small();
    let proof = said(&mut rollcall(&["policy", "prove", folder.text()]));
    assert!(proof.starts_with("# Six sentences: 80600 counts of up to 400 possible sessions, "));
    for claim in ["exactly one outcome", "one voice", "never milder", "every stage ends"] {
        assert!(proof.contains(&format!("\n# {claim}: proven, ")), "{proof}");
    }
    change(&folder, "at_least = \"100%\"", "below = \"100%\"");
    let found = policy("prove", &folder);
    assert_eq!(found.code, Some(1));
    assert!(found.out.contains("# never milder: E-6 rewards more absence over the half term."));
    assert!(found.err.ends_with("has 1 counterexample\n"), "{}", found.err);
    // All of it can stand in scenarios.toml as it is printed.
    let (scenarios, problems) = domain::policy::scenarios(&found.out);
    assert_eq!((scenarios.len(), problems), (2, vec![]));
}

#[test]
fn a_book_is_printed_while_scenarios_are_missing_and_the_notes_stand_in_it() {
    let folder = small();
    fs::write(folder.file("scenarios.toml"), "").unwrap();
    change(&folder, "[[reward]]", "# Paid for by the parents' association.\n[[reward]]");
    let book = policy("book", &folder);
    assert_eq!(book.code, Some(0), "{}", book.err);
    assert!(book.out.contains("Band \"low\": from 0% to below 95%."), "{}", book.out);
    assert!(book.out.contains("Band \"high\": from 95% to 100%."), "{}", book.out);
    assert!(book.out.contains("> Note: Paid for by the parents' association."), "{}", book.out);
    assert!(book.err.contains("no scenario proves E-1"), "{}", book.err);
    assert_eq!(policy("check", &folder).code, Some(1), "it is not accepted yet");
    change(&folder, "from = \"95%\"", "from = \"950%\"");
    assert_eq!(policy("book", &folder).code, Some(1));
}

#[test]
fn a_row_that_nothing_exercises_is_told_once() {
    let folder = small();
    change(
        &folder,
        "[[reward]]",
        "[[response]]\nrule = \"E-6\"\nevery = \"year\"\nband = \"low\"\ndo = [{ talk = \"how it goes\", by = \"Head\", within = 5 }]\n\n[[reward]]",
    );
    let coverage = policy("coverage", &folder);
    let unnoticed: Vec<&str> =
        coverage.out.lines().filter(|line| line.starts_with("NOT NOTICED")).collect();
    let never = unnoticed.iter().filter_map(|line| line.strip_suffix("row never exercised"));
    let [never] = never.collect::<Vec<_>>().try_into().expect("one row");
    let of_the_row = unnoticed.iter().filter(|line| line.starts_with(never)).count();
    assert_eq!(of_the_row, 1, "{}", coverage.out);
}

#[test]
fn links_pipes_and_what_is_too_large_are_refused_and_nothing_waits_for_them() {
    let folder = small();
    fs::rename(folder.file("letters/hello.md"), folder.file("hidden")).unwrap();
    symlink(folder.file("hidden"), folder.file("letters/hello.md")).unwrap();
    fs::remove_file(folder.file("scenarios.toml")).unwrap();
    mknodat(CWD, folder.file("scenarios.toml"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)
        .unwrap();
    fs::write(folder.file("policy.toml"), " ".repeat(2 << 20)).unwrap();
    for command in ["check", "book", "prove", "coverage"] {
        let refused = policy(command, &folder);
        assert_eq!((refused.code, refused.out.as_str()), (Some(1), ""), "{command}");
        for says in [
            "letters/hello.md: this is a link; put the file itself here",
            "scenarios.toml: this is no file; a policy is a folder of plain texts",
            "policy.toml: this has 2097152 bytes; the most is 1048576",
        ] {
            assert!(refused.err.contains(says), "{command}: {}", refused.err);
        }
    }
}

#[test]
fn rows_that_can_contradict_each_other_are_named_with_the_one_that_gives_way() {
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/policies/strategy");
    let checked = said(&mut rollcall(&["policy", "check", built_in.to_str().unwrap()]));
    let notes: Vec<&str> = checked.lines().filter(|line| line.starts_with("note: ")).collect();
    assert!(notes.iter().any(|note| note.contains("S-28 comes first, and S-26 gives way")));
}
