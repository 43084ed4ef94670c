//! Coverage: which scenario proves which rule, and whether it would notice a change.

use std::collections::BTreeMap;

use crate::policy::folder::{Checked, failures};
use crate::policy::model::{Action, Body, Moment, Next, Policy, Row};
use crate::policy::parse::bands_of;
use crate::policy::word::{Every, On};
use crate::{Bands, Percent};

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

/// Removes each row and each action, and changes each way on, moment, bound and promise, one at a
/// time, and names the changes that leave every scenario of that rule as it was.
#[must_use]
pub fn unnoticed(checked: &Checked) -> Vec<Unnoticed> {
    let mut found = Vec::new();
    for (at, row) in checked.policy.rows.iter().enumerate() {
        let proofs: Vec<_> = checked
            .scenarios
            .iter()
            .filter(|scenario| scenario.proves.contains(&row.rule))
            .cloned()
            .collect();
        for (change, new) in changes(row) {
            let policy = replaced(&checked.policy, at, new);
            if failures(&policy, &checked.letters, &proofs).is_empty() {
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

/// The changes that are tried on a row; `None` is the row removed.
fn changes(row: &Row) -> Vec<(String, Option<Row>)> {
    let mut all = vec![("the row removed".to_owned(), None)];
    let mut add = |change: &str, body: Body| {
        all.push((change.to_owned(), Some(Row { body, ..row.clone() })));
    };
    match &row.body {
        Body::Band(band) => {
            let from = if band.from == Percent::ZERO { Percent::HUNDRED } else { Percent::ZERO };
            let mut new = band.clone();
            new.from = from;
            add("another bound", Body::Band(new));
        }
        Body::Daily(daily) => {
            for (change, does) in actions(&daily.does) {
                add(&change, Body::Daily(crate::policy::Daily { does, ..daily.clone() }));
            }
        }
        Body::Regular(regular) => {
            for (change, does) in actions(&regular.does) {
                add(&change, Body::Regular(crate::policy::Regular { does, ..regular.clone() }));
            }
            let moment = other_moment(regular.moment);
            add(
                "another moment",
                Body::Regular(crate::policy::Regular { moment, ..regular.clone() }),
            );
        }
        Body::Step(step) => {
            for (change, does) in actions(&step.does) {
                add(&change, Body::Step(crate::policy::Step { does, ..step.clone() }));
            }
            let then = if step.then == Next::Closed { Next::Stay } else { Next::Closed };
            add("another way on", Body::Step(crate::policy::Step { then, ..step.clone() }));
        }
        Body::Draw(draw) => {
            let moment = other_moment(draw.moment);
            add("another moment", Body::Draw(crate::policy::Draw { moment, ..draw.clone() }));
            let tickets = None;
            if draw.tickets.is_some() {
                add("no tickets", Body::Draw(crate::policy::Draw { tickets, ..draw.clone() }));
            }
            if draw.at_least.is_some() {
                add("no rate", Body::Draw(crate::policy::Draw { at_least: None, ..draw.clone() }));
            }
        }
        Body::Always(promise) => add("another promise", Body::Always(format!("not {promise}"))),
    }
    all
}

fn actions(does: &[Action]) -> Vec<(String, Vec<Action>)> {
    let mut all = Vec::new();
    for (at, action) in does.iter().enumerate() {
        let mut fewer = does.to_vec();
        fewer.remove(at);
        all.push((format!("without \"{action}\""), fewer));
    }
    all
}

/// A moment that never falls on the same day: a Tuesday for what is not weekly.
fn other_moment(moment: Moment) -> Moment {
    match moment.on {
        On::Tuesday => Moment { every: Every::Year, on: On::Monday },
        _ => Moment { every: Every::Year, on: On::Tuesday },
    }
}
