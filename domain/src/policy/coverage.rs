//! Coverage: which scenario proves which rule, and whether it would notice a change.

use std::collections::BTreeMap;

use crate::Bands;
use crate::policy::changes::changes;
use crate::policy::folder::{Checked, holds};
use crate::policy::model::{Policy, Row};
use crate::policy::parse::bands_of;

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
#[must_use]
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

/// A change to a rule that no scenario notices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unnoticed {
    /// The rule's id.
    pub rule: String,
    /// The line of the row.
    pub line: usize,
    /// What was changed.
    pub change: String,
}

/// Removes each row and each action, and changes everything that a row says, one at a time, and
/// names the changes that leave every scenario of that rule as it was.
#[must_use]
pub fn unnoticed(checked: &Checked) -> Vec<Unnoticed> {
    let mut found = Vec::new();
    let letters: Vec<&String> = checked.letters.keys().collect();
    for (at, row) in checked.policy.rows.iter().enumerate() {
        let proofs: Vec<_> = checked
            .scenarios
            .iter()
            .filter(|scenario| scenario.proves.contains(&row.rule))
            .cloned()
            .collect();
        for (change, new) in changes(&checked.policy, &letters, row) {
            let policy = replaced(&checked.policy, at, new);
            if holds(&policy, &checked.letters, &proofs) {
                found.push(Unnoticed { rule: row.rule.clone(), line: row.line, change });
            }
        }
    }
    found
}

fn replaced(policy: &Policy, at: usize, new: Option<Row>) -> Policy {
    let mut policy = policy.clone();
    policy.rows.splice(at..=at, new);
    policy.bands = Bands::new(bands_of(&policy.rows)).ok();
    policy
}
