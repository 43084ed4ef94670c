//! The policies in `policies/`: each is whole, each rule is proven, and no change goes unnoticed.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot read its files fails")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use domain::policy::{
    Checked, Folder, LetterOccasion, book, built_in, check_folder, coverage, is_of_the_document,
    unnoticed,
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn folders() -> Vec<PathBuf> {
    common::entries(&root()).into_iter().filter(|path| path.is_dir()).collect()
}

fn load(folder: &Path) -> Checked {
    check_folder(&texts(folder))
}

fn texts(folder: &Path) -> Folder {
    Folder::read(common::files(folder)).unwrap()
}

#[test]
fn the_policies_of_the_program_are_those_of_the_folder() {
    let name = |folder: &PathBuf| folder.file_name().unwrap().to_str().unwrap().to_owned();
    let folders: BTreeMap<String, Folder> =
        folders().iter().map(|folder| (name(folder), texts(folder))).collect();
    let built_in: BTreeMap<String, Folder> =
        built_in().into_iter().map(|(name, folder)| (name.to_owned(), folder)).collect();
    assert_eq!(built_in, folders);
}

#[test]
fn every_policy_is_whole_and_its_scenarios_come_out_as_they_say() {
    let problems: Vec<String> = folders()
        .iter()
        .flat_map(|folder| {
            let name = folder.display().to_string();
            let problems = common::problems(common::files(folder)).into_iter();
            problems.map(move |problem| format!("{name}: {problem}"))
        })
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_book_says_what_its_policy_says() {
    for folder in folders() {
        let (path, text) = (folder.join("book.md"), book(&load(&folder).policy));
        if std::env::var_os("ROLLCALL_UPDATE").is_some() {
            fs::write(&path, &text).unwrap();
        }
        assert!(read(&path) == text, "{} is old: run again with ROLLCALL_UPDATE=1", path.display());
    }
}

#[test]
fn every_rule_is_proven_and_none_is_missing_between_the_first_and_the_last() {
    for folder in folders() {
        let checked = load(&folder);
        let covered = coverage(&checked);
        for rule in &covered {
            assert!(
                !rule.proofs.is_empty(),
                "{}: no scenario proves {}",
                folder.display(),
                rule.rule
            );
            assert!(!rule.lines.is_empty(), "{}: no row says {}", folder.display(), rule.rule);
        }
        let numbers: BTreeSet<u32> = covered
            .iter()
            .filter(|rule| is_of_the_document(&rule.rule))
            .filter_map(|rule| {
                rule.rule.rsplit('-').next()?.trim_end_matches(char::is_alphabetic).parse().ok()
            })
            .collect();
        let last = numbers.last().copied().unwrap_or_default();
        assert!(numbers.iter().copied().eq(1..=last), "{}: {numbers:?}", folder.display());
    }
}

#[test]
fn nothing_can_be_changed_or_removed_without_a_scenario_that_notices() {
    let folders = folders();
    let try_all = |folder: &Path| -> Vec<String> {
        let name = folder.file_name().unwrap().to_string_lossy();
        let found = unnoticed(&texts(folder)).into_iter();
        found
            .map(|found| format!("{name}: {} (line {}): {}", found.place, found.line, found.change))
            .collect()
    };
    let all: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            folders.iter().map(|folder| scope.spawn(|| try_all(folder))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn the_readme_teaches_every_word() {
    use domain::Word;
    use domain::policy::word::{
        Absence, Count, Do, Every, For, Improvement, Keeps, Kind, On, Outcome, Over, Trend, Waits,
    };
    fn missing<W: Word>(readme: &str) -> Vec<String> {
        let taught = |word: &&W| {
            let (text, meaning) = (word.text(), word.meaning());
            readme.contains(&format!("| `{text}` | {meaning} |"))
        };
        W::WORDS.iter().filter(|word| !taught(word)).map(|word| word.text().to_owned()).collect()
    }
    let readme = read(&root().join("README.md"));
    let mut untaught = [
        missing::<Keeps>(&readme),
        missing::<Do>(&readme),
        missing::<Every>(&readme),
        missing::<On>(&readme),
        missing::<Over>(&readme),
        missing::<For>(&readme),
        missing::<Trend>(&readme),
        missing::<Count>(&readme),
        missing::<Absence>(&readme),
        missing::<Waits>(&readme),
        missing::<Outcome>(&readme),
        missing::<Improvement>(&readme),
    ]
    .concat();
    untaught.extend(
        Kind::ALL
            .iter()
            .filter(|kind| !readme.contains(&format!("**`[[{kind}]]`**")))
            .map(ToString::to_string),
    );
    untaught.extend(
        domain::policy::FIELDS
            .iter()
            .filter(|(name, meaning)| !readme.contains(&format!("| `{{{name}}}` | {meaning} |")))
            .map(|(name, _)| (*name).to_owned()),
    );
    assert!(untaught.is_empty(), "policies/README.md does not teach {untaught:?}");
}

#[test]
fn nothing_in_the_engine_knows_a_policy_a_rule_or_a_letter_by_name() {
    fn sources(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else {
                found.push((path.clone(), read(&path)));
            }
        }
    }
    let mut engine = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut engine);
    for folder in folders() {
        let checked = load(&folder);
        let mut names = vec![checked.policy.name.clone()];
        names.push(folder.file_name().unwrap().to_str().unwrap().to_owned());
        names.extend(checked.policy.rows.iter().map(|row| row.rule.clone()));
        names.extend(checked.policy.stages.iter().map(|stage| format!("{:?}", stage.name)));
        // A letter that no rule sends has its name from what happens.
        let occasion =
            |letter: &&String| LetterOccasion::ALL.iter().any(|one| one.text() == *letter);
        let letters = checked.letters.keys().filter(|letter| !occasion(letter));
        names.extend(letters.map(|letter| format!("{letter:?}")));
        for (path, text) in &engine {
            for name in &names {
                let quoted = name.starts_with('"');
                let found = if quoted {
                    text.contains(name.as_str())
                } else {
                    text.contains(name.as_str()) && name.len() > 3
                };
                assert!(!found, "{} knows {name}", path.display());
            }
        }
    }
}

#[test]
fn the_five_documents_have_87_rules_and_every_one_is_here() {
    let rules: BTreeSet<String> = folders()
        .iter()
        .flat_map(|folder| coverage(&load(folder)))
        .filter(|rule| is_of_the_document(&rule.rule) && !rule.proofs.is_empty())
        .map(|rule| rule.rule.trim_end_matches(char::is_lowercase).to_owned())
        .collect();
    assert_eq!(rules.len(), 87);
}
