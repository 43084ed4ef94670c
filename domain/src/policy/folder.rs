//! A policy's folder as texts: read, checked and tried out in one go.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::Calendar;
use crate::policy::check::check;
use crate::policy::contradictions::contradictions;
use crate::policy::letter::Letter;
use crate::policy::medical::conflicts;
use crate::policy::model::{Action, Policy};
use crate::policy::parse::{self, Answers, parse};
use crate::policy::play::{example_calendars, play};
use crate::policy::problem::Problem;
use crate::policy::scenario::{self, Scenario, scenarios};
use crate::policy::word::Do;
use crate::word::or;

/// The texts of a policy's folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folder {
    /// `policy.toml`.
    pub policy: String,
    /// `letters/NAME.md`, by NAME.
    pub letters: BTreeMap<String, String>,
    /// `scenarios.toml`.
    pub scenarios: String,
}

impl Folder {
    /// Puts a folder together from its files, each with its place in the folder, such as
    /// `letters/hello.md`, and its bytes. The book, the document and hidden files are left aside.
    ///
    /// # Errors
    /// The files that are not text in UTF-8, those that a policy does not have, and a missing
    /// `policy.toml`.
    pub fn read(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self, Vec<Problem>> {
        let mut folder = Self::default();
        let mut problems = Vec::new();
        let mut report = |file: &str, line: usize, says: &str| {
            problems.push(Problem {
                file: file.to_owned(),
                line,
                rule: None,
                says: says.to_owned(),
            });
        };
        let mut has_policy = false;
        let is_hidden =
            |place: &str| place.rsplit('/').next().is_some_and(|name| name.starts_with('.'));
        for (place, bytes) in files.into_iter().filter(|(place, _)| !is_hidden(place)) {
            has_policy |= place == parse::FILE;
            let letter = place.strip_prefix("letters/").and_then(|name| name.strip_suffix(".md"));
            let text = String::from_utf8(bytes).unwrap_or_else(|error| {
                let good = error.utf8_error().valid_up_to();
                let line =
                    error.as_bytes().iter().take(good).filter(|byte| **byte == b'\n').count();
                let says = "this is not text in UTF-8; save the file again and choose UTF-8";
                report(&place, line + 1, says);
                String::new()
            });
            match (place.as_str(), letter) {
                (parse::FILE, _) => folder.policy = text,
                (scenario::FILE, _) => folder.scenarios = text,
                (_, Some(name)) => drop(folder.letters.insert(name.to_owned(), text)),
                ("book.md" | "document.md", _) => {}
                _ => report(
                    &place,
                    0,
                    "a policy has no such file; it has policy.toml, scenarios.toml and letters/NAME.md",
                ),
            }
        }
        if !has_policy {
            report(parse::FILE, 0, "this file is missing; the rules stand in it");
        }
        if problems.is_empty() { Ok(folder) } else { Err(problems) }
    }
}

/// A folder that has been read, with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The policy, as far as it could be read.
    pub policy: Policy,
    /// Its letters, by name.
    pub letters: BTreeMap<String, Letter>,
    /// Its scenarios.
    pub scenarios: Vec<Scenario>,
    /// Everything that is wrong, by file and line.
    pub problems: Vec<Problem>,
    /// Whether nothing is wrong with the rules and letters: only scenarios may be missing, or come out differently.
    pub rules_are_sound: bool,
    /// What the author should know, by line: it is no mistake.
    pub notes: Vec<Problem>,
}

/// Of more problems than these, the first are told and the others counted.
const TOLD: usize = 200;

/// Reads a folder, checks it and plays its scenarios.
pub fn check_folder(folder: &Folder) -> Checked {
    let (policy, mut problems) = parse(&folder.policy, Answers::Examples);
    let mut letters = BTreeMap::new();
    for (name, text) in &folder.letters {
        let (letter, found) = Letter::read(name, text);
        letters.insert(name.clone(), letter);
        let rule = sent_by(&policy, name);
        problems.extend(found.into_iter().map(|problem| Problem { rule: rule.clone(), ..problem }));
    }
    problems.extend(check(&policy, &letters));
    // What the rules do means something only once they, and the scenario, could be read.
    let rules_are_sound = problems.is_empty();
    let mut notes = conflicts(&policy, &letters);
    if rules_are_sound {
        notes.extend(contradictions(&policy, &letters));
        notes.sort();
    }
    let (scenarios, found) = scenarios(&folder.scenarios);
    let unread: BTreeSet<usize> = found.iter().filter_map(|one| at(&scenarios, one.line)).collect();
    problems.extend(found);
    problems.extend(unproven(&policy, &scenarios));
    if rules_are_sound {
        let failures = failures(&policy, &letters, &scenarios).into_iter();
        problems.extend(failures.filter(|failure| !unread.contains(&failure.line)));
    }
    problems.sort();
    problems.dedup();
    let others = problems.len().saturating_sub(TOLD);
    problems.truncate(TOLD);
    if others > 0 {
        let says = format!("{others} other problems are not told here; mend these first");
        problems.push(Problem { file: parse::FILE.to_owned(), line: 0, rule: None, says });
    }
    Checked { policy, letters, scenarios, problems, rules_are_sound, notes }
}

/// The line of the scenario that a line belongs to.
fn at(scenarios: &[Scenario], line: usize) -> Option<usize> {
    scenarios.iter().map(|scenario| scenario.line).filter(|begins| *begins <= line).max()
}

/// The rule that sends a letter.
fn sent_by(policy: &Policy, letter: &str) -> Option<String> {
    let sends = |action: &Action| action.kind == Do::Letter && action.what == letter;
    let row = policy.rows.iter().find(|row| row.body.actions().iter().any(sends));
    row.map(|row| row.rule.clone())
}

/// Rules without a scenario, and scenarios of rules there are not.
fn unproven(policy: &Policy, scenarios: &[Scenario]) -> Vec<Problem> {
    let problem = |file: &str, line, rule: &String, says: String| Problem {
        file: file.to_owned(),
        line,
        rule: Some(rule.clone()),
        says,
    };
    let rules = policy.rows.iter().map(|row| &row.rule).filter(|rule| !rule.is_empty());
    let rules: BTreeSet<&String> = rules.collect();
    let proven: BTreeSet<&String> = scenarios.iter().flat_map(|one| &one.proves).collect();
    let mut problems = Vec::new();
    for rule in rules.difference(&proven) {
        let line = policy.rows.iter().find(|row| row.rule == **rule).map_or(1, |row| row.line);
        let says = format!("no scenario proves {rule}; write one with proves = [{rule:?}]");
        problems.push(problem(parse::FILE, line, rule, says));
    }
    for scenario in scenarios {
        for rule in scenario.proves.iter().filter(|rule| !rules.contains(rule)) {
            let known = or(rules.iter().map(|rule| rule.as_str()));
            let says = format!("there is no rule {rule:?} to prove; the rules are {known}");
            problems.push(problem(scenario::FILE, scenario.line, rule, says));
        }
    }
    problems
}

static CALENDARS: LazyLock<Vec<Calendar>> = LazyLock::new(example_calendars);

/// Whether a scenario comes out as it says.
pub(crate) fn comes_out(
    policy: &Policy,
    letters: &BTreeMap<String, Letter>,
    scenario: &Scenario,
) -> bool {
    play(policy, letters, scenario, &CALENDARS) == scenario.expect
}

/// The scenarios that do not come out as they say.
pub fn failures(
    policy: &Policy,
    letters: &BTreeMap<String, Letter>,
    scenarios: &[Scenario],
) -> Vec<Problem> {
    let failure = |scenario: &Scenario| {
        let found = play(policy, letters, scenario, &CALENDARS);
        (found != scenario.expect).then(|| Problem {
            file: scenario::FILE.to_owned(),
            line: scenario.line,
            rule: Some(scenario.proves.join(", ")).filter(|rule| !rule.is_empty()),
            says: format!(
                "{:?} comes out differently:{}",
                scenario.says,
                differences(scenario, &found)
            ),
        })
    };
    scenarios.iter().filter_map(failure).collect()
}

/// What is expected and not done, and what is done and not expected, a line each, written as
/// `expect` would have it.
fn differences(scenario: &Scenario, found: &[String]) -> String {
    let only = |these: &[String], those: &[String], what: &str| -> String {
        let lines = these.iter().filter(|line| !those.contains(line));
        lines.map(|line| format!("\n    {what}: {line:?}")).collect()
    };
    let differences = only(&scenario.expect, found, "expected, not done")
        + &only(found, &scenario.expect, "done, not expected");
    if differences.is_empty() {
        return format!("\n    the lines are right, their order is {found:?}");
    }
    differences
}
