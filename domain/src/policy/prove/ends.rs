//! Each stage is looked at, and a case that is there can end.

use std::collections::{BTreeMap, BTreeSet};

use crate::Rate;
use crate::policy::model::{Next, Policy, START, Stage};
use crate::policy::outcome::{answers, situations};
use crate::policy::prove::look::plain;
use crate::policy::prove::{Claim, Counterexample, Found, Ground};
use crate::policy::word::{Outcome, Waits};

pub(super) fn everywhere(ground: &Ground<'_>) -> Found {
    let policy = ground.policy;
    let leads = leads(policy);
    let asked: usize = leads.values().map(BTreeSet::len).sum();
    let decided = policy.regular().any(|(_, regular)| regular.decides.is_some());
    let mut found = Vec::new();
    let starts = policy.steps().any(|(_, step)| step.at.iter().any(|at| at == START));
    if starts && !decided {
        let says = "no review says who `decides`, so no case is ever opened".to_owned();
        found.push(Counterexample { claim: Claim::Ends, says, scenarios: Vec::new() });
    }
    for stage in &policy.stages {
        if !ends(&leads, &stage.name) {
            let says = format!(
                "a case at {:?} never ends: neither attendance nor an answer nor September leads from there to \"closed\"",
                stage.name
            );
            found.push(counterexample(ground, stage, says));
        }
        if stage.waits == Waits::Review && stage.school_weeks.is_none() && !decided {
            let says = format!(
                "a case at {:?} waits for a review that says who `decides`, and there is none",
                stage.name
            );
            found.push(counterexample(ground, stage, says));
        }
    }
    (u64::try_from(asked).unwrap_or(u64::MAX), found)
}

/// Where attendance, people's answers and September lead from each stage; `None` is the end.
fn leads(policy: &Policy) -> BTreeMap<String, BTreeSet<Option<String>>> {
    let mut leads: BTreeMap<String, BTreeSet<Option<String>>> = BTreeMap::new();
    let overrides = [Outcome::LeftRoll, Outcome::Otherwise];
    for situation in situations(policy) {
        if overrides.iter().any(|word| word.text() == situation.outcome) {
            continue;
        }
        for (_, step) in answers(policy, &situation) {
            let to = match &step.then {
                Next::Closed => None,
                Next::Stage(stage) => Some(stage.clone()),
                Next::Stay | Next::PersonSays | Next::Left => Some(situation.at.clone()),
            };
            leads.entry(situation.at.clone()).or_default().insert(to);
        }
    }
    leads
}

/// Whether steps lead from a stage to the end.
fn ends(leads: &BTreeMap<String, BTreeSet<Option<String>>>, from: &str) -> bool {
    let mut seen = BTreeSet::from([from.to_owned()]);
    let mut open = vec![from.to_owned()];
    while let Some(at) = open.pop() {
        for to in leads.get(&at).into_iter().flatten() {
            match to {
                None => return true,
                Some(stage) if seen.insert(stage.clone()) => open.push(stage.clone()),
                Some(_) => {}
            }
        }
    }
    false
}

fn counterexample(ground: &Ground<'_>, stage: &Stage, says: String) -> Counterexample {
    let half = Rate::of(1, 2);
    let pupil = half.map(|half| plain(ground.policy, &stage.name, half, Some(half), None));
    let scenario = pupil.map(|pupil| match stage.waits {
        Waits::Meeting | Waits::Answer => {
            ground.happening(&pupil, Outcome::NewYear.text(), "September comes")
        }
        Waits::Review | Waits::Target => ground.on(ground.day, &pupil, "The case is looked at"),
    });
    Counterexample { claim: Claim::Ends, says, scenarios: scenario.into_iter().collect() }
}
