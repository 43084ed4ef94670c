//! Broken policies are refused with the file, the line, the rule and a way to a right one.
//!
//! `refused.txt` holds them: each case changes lines of `small/`, a whole policy, and shows every
//! problem that is then reported. `ROLLCALL_UPDATE=1` writes the problems anew; whoever does that
//! reads them as the author of a policy would.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its files fails")]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

type Files = BTreeMap<String, Vec<u8>>;

fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// A title, and lines that change files: `@` names one, `-` takes lines away, `+` puts lines there.
struct Case<'a> {
    title: &'a str,
    changes: Vec<&'a str>,
}

/// The text before the first case, and the cases.
fn cases(text: &str) -> (&str, Vec<Case<'_>>) {
    let (head, rest) = text.split_once("\n## ").unwrap();
    let case = |part| {
        let mut lines = str::lines(part);
        let title = lines.next().unwrap();
        Case { title, changes: lines.filter(|line| line.starts_with(['@', '-', '+'])).collect() }
    };
    (head, rest.split("\n## ").map(case).collect())
}

/// The small policy with the case's changes.
fn changed(case: &Case<'_>) -> Files {
    let mut files = common::files(&here("small"));
    let (mut file, mut old, mut new) = ("policy.toml", String::new(), String::new());
    for line in case.changes.iter().chain(&["@ policy.toml"]) {
        let (mark, text) = line.split_at(1);
        let text = text.strip_prefix(' ').unwrap_or(text);
        if mark == "@" || (mark == "-" && !new.is_empty()) {
            replace(&mut files, file, &old, &new, case.title);
            (old, new) = Default::default();
        }
        match mark {
            "@" => file = text,
            "-" => old += &format!("{text}\n"),
            _ => new += &format!("{text}\n"),
        }
    }
    files
}

/// Changes lines of a file. Without lines to take away the new ones stand at its end; `*` takes
/// the whole file away. `\xff` is that byte.
fn replace(files: &mut Files, file: &str, old: &str, new: &str, title: &str) {
    let text = files.remove(file).map(|bytes| String::from_utf8(bytes).unwrap());
    let text = text.unwrap_or_default();
    let text = match old {
        "" => text + new,
        "*\n" => new.to_owned(),
        _ => {
            assert!(text.contains(old), "{title}: {file} has no {old}");
            text.replacen(old, new, 1)
        }
    };
    let parts: Vec<&[u8]> = text.split("\\xff").map(str::as_bytes).collect();
    files.insert(file.to_owned(), parts.join(&0xff));
}

/// Everything that is wrong, as it is shown.
fn words(files: Files) -> Vec<String> {
    common::problems(files).iter().map(ToString::to_string).collect()
}

#[test]
fn every_broken_policy_is_refused_in_these_words() {
    let written = fs::read_to_string(here("refused.txt")).unwrap();
    let (head, cases) = cases(&written);
    let mut text = format!("{head}\n");
    for case in &cases {
        let problems = words(changed(case));
        assert!(!problems.is_empty(), "{} was accepted", case.title);
        writeln!(text, "## {}", case.title).unwrap();
        for line in &case.changes {
            writeln!(text, "{line}").unwrap();
        }
        for line in problems.iter().flat_map(|problem| problem.lines()) {
            writeln!(text, "> {line}").unwrap();
        }
        text.push('\n');
    }
    let text = text.trim_end().to_owned() + "\n";
    if std::env::var_os("ROLLCALL_UPDATE").is_some() {
        fs::write(here("refused.txt"), &text).unwrap();
    }
    let differs = written.lines().zip(text.lines()).find(|(written, now)| written != now);
    let same = text == fs::read_to_string(here("refused.txt")).unwrap();
    assert!(same, "refused.txt is old: run again with ROLLCALL_UPDATE=1. First: {differs:#?}");
}

#[test]
fn the_small_policy_is_accepted() {
    assert_eq!(words(common::files(&here("small"))), Vec::<String>::new());
}

#[test]
fn how_an_editor_saves_text_does_not_matter() {
    let mut files = common::files(&here("small"));
    for bytes in files.values_mut() {
        let text = String::from_utf8(std::mem::take(bytes)).unwrap();
        *bytes = format!("\u{feff}{}", text.replace('\n', "\r\n")).into_bytes();
    }
    assert_eq!(words(files), Vec::<String>::new());
}

#[test]
fn a_folder_without_a_policy_is_refused() {
    assert_eq!(words(Files::new()), ["policy.toml: this file is missing; the rules stand in it"]);
}

/// A small policy with so many rows more of a kind.
fn swollen(row: impl Fn(usize) -> String) -> Files {
    let mut files = common::files(&here("small"));
    let more: String = (0..3_000).map(row).collect();
    files.get_mut("policy.toml").unwrap().extend(more.into_bytes());
    files
}

#[test]
fn a_policy_of_thousands_of_rows_is_refused_in_a_few_sentences() {
    let daily = |n| {
        format!(
            "\n[[daily]]\nrule = \"X-{n}\"\nwhen = \"no reason known\"\ndo = [{{ task = \"{n}\", by = \"nobody\" }}]\n"
        )
    };
    let step = |n| {
        format!(
            "\n[[step]]\nrule = \"X-{n}\"\nat = \"a{n}\"\nwhen = \"x\"\nband = \"b{n}\"\nthen = \"c{n}\"\n"
        )
    };
    let stage = |n| format!("\n[[stage]]\nname = \"s{n}\"\nwaits = \"review\"\n");
    for (kind, files) in
        [("daily", swollen(daily)), ("step", swollen(step)), ("stage", swollen(stage))]
    {
        let said = words(files);
        assert!(said[0].contains(&format!("`{kind}` has 300")), "{}", said[0]);
        assert!(said[0].ends_with("rows; the most is 1000"), "{}", said[0]);
        assert_eq!(said.len(), 201, "{kind}");
        assert!(said[200].ends_with("are not told here; mend these first"), "{}", said[200]);
        assert!(said.concat().len() < 400_000, "{kind}");
    }
}
