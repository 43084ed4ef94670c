//! The ways through the stages: each can be reached and left, and nobody goes round in a circle.

use std::collections::{BTreeMap, BTreeSet};

use super::Checker;
use crate::policy::model::{Next, Policy, START, Stage};
use crate::policy::step::is_counted;
use crate::policy::word::{Outcome, Waits};

impl Checker<'_> {
    /// Every stage can be reached from the start and left again.
    pub(super) fn reach(&mut self) {
        let edges = edges(self.policy, |_| true, leaves_anyway);
        let from_start = spread(&edges, START);
        for stage in &self.policy.stages {
            if !from_start.contains(stage.name.as_str()) {
                let says = format!(
                    "no step leads from the start to the stage {0:?}; some step needs then = {0:?}",
                    stage.name
                );
                self.report(stage.line, None, says);
            }
            let out = edges.get(stage.name.as_str());
            if out.is_none_or(|out| out.iter().all(|to| *to == stage.name)) {
                let says = format!(
                    "no step of its own leads out of the stage {0:?}; write a [[step]] with at = {0:?} whose `then` is \"closed\" or another stage",
                    stage.name
                );
                self.report(stage.line, None, says);
            }
        }
    }

    /// Nobody can be sent round in a circle in which attendance is never looked at.
    pub(super) fn loops(&mut self) {
        let policy = self.policy;
        // Where a review looks at such a stage too, attendance is what leads on.
        let left_out = |when: &str| leaves_anyway(when) || is_counted(when);
        let people = |stage: &Stage| matches!(stage.waits, Waits::Meeting | Waits::Answer);
        let quick = edges(policy, people, left_out);
        for stage in &policy.stages {
            let out = quick.get(stage.name.as_str());
            let back = out
                .into_iter()
                .flatten()
                .any(|to| spread(&quick, to).contains(stage.name.as_str()));
            if back {
                let says = format!(
                    "from the stage {:?} the steps lead back to it without a review or a target on the way; let one of them lead to a stage that waits for a \"review\" or a \"target\"",
                    stage.name
                );
                self.report(stage.line, None, says);
            }
        }
    }
}

/// What everybody can do everywhere.
fn leaves_anyway(outcome: &str) -> bool {
    [Outcome::LeftRoll, Outcome::Otherwise].iter().any(|word| word.text() == outcome)
}

/// From which stage the steps lead where; what everybody can do everywhere is left out.
fn edges(
    policy: &Policy,
    stays: impl Fn(&Stage) -> bool,
    is_left_out: impl Fn(&str) -> bool,
) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (_, step) in policy.steps() {
        if step.when.iter().all(|when| is_left_out(when)) {
            continue;
        }
        for at in &step.at {
            if policy.stage(at).is_some_and(|stage| !stays(stage)) {
                continue;
            }
            let to = match &step.then {
                Next::Stay => at,
                Next::Stage(stage) => stage,
                Next::Closed | Next::PersonSays | Next::Left => "closed",
            };
            edges.entry(at).or_default().insert(to);
        }
    }
    edges
}

/// The stage itself and everything its steps can lead to.
fn spread<'a>(edges: &BTreeMap<&'a str, BTreeSet<&'a str>>, from: &'a str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        for to in edges.get(at).into_iter().flatten() {
            if found.insert(to) {
                open.push(to);
            }
        }
    }
    found
}
