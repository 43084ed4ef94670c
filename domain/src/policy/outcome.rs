//! All that can become of a case at a stage, and the step that answers it.

use std::collections::BTreeSet;

use crate::policy::model::{EVERY_STAGE, Policy, Row, START, Stage, Step};
use crate::policy::word::{Improvement, Outcome, Waits};

/// The outcomes that every stage has.
const EVERYWHERE: &[Outcome] = &[Outcome::LeftRoll, Outcome::NewYear, Outcome::Otherwise];

/// A stage, an outcome and, where attendance is looked at, a band.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Situation {
    /// The stage, or `start`.
    pub(crate) at: String,
    /// The outcome.
    pub(crate) outcome: String,
    /// The band the pupil is in.
    pub(crate) band: Option<String>,
}

/// The outcomes of a stage.
pub(crate) fn outcomes(policy: &Policy, stage: &Stage) -> Vec<String> {
    let mut words = figures(policy, stage);
    words.extend((!words.is_empty()).then_some(Outcome::NoFigure));
    words.extend(match stage.waits {
        Waits::Meeting => [Outcome::Attended, Outcome::NotAttended, Outcome::Refused].as_slice(),
        Waits::Review | Waits::Target | Waits::Answer => &[],
    });
    words.extend(EVERYWHERE);
    let words = words.iter().map(|word| word.text().to_owned());
    words.chain(stage.answers.iter().cloned()).collect()
}

/// The outcomes of a stage that come with a figure, and so with a band.
fn figures(policy: &Policy, stage: &Stage) -> Vec<Outcome> {
    if stage.waits == Waits::Target {
        return vec![Outcome::Achieved, Outcome::NotAchieved];
    }
    if !stage.is_reviewed() {
        return Vec::new();
    }
    let mut words = vec![Outcome::Improved, Outcome::NotImproved];
    if policy.improved_at(Some(&stage.name)).0 == Improvement::Reaches {
        words.push(Outcome::Better);
    }
    if tells_moves(policy, &stage.name) {
        words.push(Outcome::MovedUp);
    }
    words
}

/// Whether a step at the stage answers a move of band, which then comes before "improved".
pub(crate) fn tells_moves(policy: &Policy, stage: &str) -> bool {
    let moved = Outcome::MovedUp.text();
    policy.steps().any(|(_, step)| {
        step.at.iter().any(|at| at == stage) && step.when.iter().any(|when| when == moved)
    })
}

/// Every situation that a case of the policy can come into.
pub(crate) fn situations(policy: &Policy) -> Vec<Situation> {
    // The rows' own bands: those of a policy whose bands are not whole yet are looked at too.
    let names: BTreeSet<&String> = policy.band_rows().map(|(_, band)| &band.name).collect();
    let bands = || names.iter().copied();
    let mut all: Vec<Situation> = Vec::new();
    let mut add = |at: &str, outcome: &str, band: Option<&String>| {
        let (at, outcome) = (at.to_owned(), outcome.to_owned());
        all.push(Situation { at, outcome, band: band.cloned() });
    };
    bands().for_each(|band| add(START, Outcome::Listed.text(), Some(band)));
    bands().for_each(|band| add(START, Outcome::Again.text(), Some(band)));
    for stage in &policy.stages {
        let figures = figures(policy, stage);
        for outcome in outcomes(policy, stage) {
            if figures.iter().any(|word| word.text() == outcome) {
                bands().for_each(|band| add(&stage.name, &outcome, Some(band)));
            } else {
                add(&stage.name, &outcome, None);
            }
        }
    }
    all
}

/// The steps that answer a situation: those that name the stage, or else those for every stage.
pub(crate) fn answers<'a>(policy: &'a Policy, situation: &Situation) -> Vec<(&'a Row, &'a Step)> {
    let at = |place: &str| -> Vec<(&'a Row, &'a Step)> {
        let fits = |step: &Step| {
            let band = situation.band.as_ref();
            step.at.iter().any(|at| at == place)
                && step.when.contains(&situation.outcome)
                && (step.bands.is_empty() || band.is_none_or(|band| step.bands.contains(band)))
        };
        policy.steps().filter(|(_, step)| fits(step)).collect()
    };
    let own = at(&situation.at);
    if own.is_empty() && situation.at != START { at(EVERY_STAGE) } else { own }
}
