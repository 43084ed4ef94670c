//! Coverage: which scenario proves which rule, and whether it would notice a change.

use std::collections::BTreeMap;

use crate::Bands;
use crate::policy::changes::{Whole, changes, whole_changes};
use crate::policy::folder::{Checked, Folder, check_folder, comes_out};
use crate::policy::model::Policy;
use crate::policy::parse::bands_of;
use crate::policy::scenario::Scenario;
use crate::policy::word::Kind;

/// A rule, where it stands and what proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// The rule's id.
    pub rule: String,
    /// The lines of its rows in `policy.toml`.
    pub lines: Vec<usize>,
    /// The scenarios that prove it, in their own words.
    pub proofs: Vec<String>,
}

/// Every rule of a policy, with its rows and its proofs.
pub fn coverage(checked: &Checked) -> Vec<Covered> {
    let mut rules: BTreeMap<&str, Covered> = BTreeMap::new();
    for row in &checked.policy.rows {
        let covered = rules.entry(&row.rule).or_insert_with(|| Covered {
            rule: row.rule.clone(),
            lines: Vec::new(),
            proofs: Vec::new(),
        });
        covered.lines.push(row.line);
    }
    for scenario in &checked.scenarios {
        for rule in &scenario.proves {
            let covered = rules.entry(rule).or_insert_with(|| Covered {
                rule: rule.clone(),
                lines: Vec::new(),
                proofs: Vec::new(),
            });
            covered.proofs.push(scenario.says.clone());
        }
    }
    rules.into_values().collect()
}

/// A change that no scenario notices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unnoticed {
    /// Where: the rule's id, or the setting, the stage or the word at the top of the file.
    pub place: String,
    /// The line it stands on.
    pub line: usize,
    /// What was changed.
    pub change: String,
}

/// Changes everything that a sound policy says and removes every row, stage and action, one at a
/// time, and names the changes that leave every scenario as it was: for a row those of its rule,
/// for what stands outside the rows all of them.
pub fn unnoticed(folder: &Folder) -> Vec<Unnoticed> {
    let checked = check_folder(folder);
    let mut found = outside_the_rows(&folder.policy, &checked);
    found.extend(in_the_rows(&checked));
    found
}

fn outside_the_rows(text: &str, checked: &Checked) -> Vec<Unnoticed> {
    let mut proofs: Vec<&Scenario> = checked.scenarios.iter().collect();
    let mut changes = whole_changes(text, &checked.policy);
    changes.retain(|change| !notice(&mut proofs, &change.policy, checked));
    let found = |Whole { place, line, change, .. }| Unnoticed { place, line, change };
    changes.into_iter().map(found).collect()
}

fn in_the_rows(checked: &Checked) -> Vec<Unnoticed> {
    let mut found = Vec::new();
    let letters: Vec<&String> = checked.letters.keys().collect();
    let mut policy = checked.policy.clone();
    for (at, row) in checked.policy.rows.iter().enumerate() {
        let mut proofs: Vec<&Scenario> = checked.scenarios.iter().collect();
        proofs.retain(|scenario| scenario.proves.contains(&row.rule));
        let removed = Policy {
            rows: checked.policy.rows.iter().filter(|other| *other != row).cloned().collect(),
            ..checked.policy.clone()
        };
        // What is never exercised can be changed in every way.
        if row.kind != Kind::Band && !notice(&mut proofs, &removed, checked) {
            let (place, change) = (row.rule.clone(), "row never exercised".to_owned());
            found.push(Unnoticed { place, line: row.line, change });
            continue;
        }
        // That a row is missed when it is gone is known by now, but for a band.
        let mut changes = changes(&checked.policy, &letters, row);
        changes.retain(|(_, new)| new.is_some() || row.kind == Kind::Band);
        for (change, new) in changes {
            let rows = usize::from(new.is_some());
            policy.rows.splice(at..=at, new);
            if row.kind == Kind::Band {
                policy.bands = Bands::new(bands_of(&policy.rows)).ok();
            }
            if !notice(&mut proofs, &policy, checked) {
                found.push(Unnoticed { place: row.rule.clone(), line: row.line, change });
            }
            policy.rows.splice(at..at + rows, [row.clone()]);
        }
        policy.bands.clone_from(&checked.policy.bands);
    }
    found
}

/// Whether one of the scenarios does not come out as it says. What notices one change mostly
/// notices the next, so it is asked first the next time.
fn notice(proofs: &mut [&Scenario], policy: &Policy, checked: &Checked) -> bool {
    let notices = |scenario: &&Scenario| !comes_out(policy, &checked.letters, scenario);
    let found = proofs.iter().position(notices);
    if let Some(at) = found {
        proofs[..=at].rotate_right(1);
    }
    found.is_some()
}
