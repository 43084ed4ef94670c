//! The step: what a policy proposes when something was recorded about a case.

use std::collections::BTreeMap;

use crate::policy::case::{Case, Place};
use crate::policy::decision::{Decision, Subject, Taking};
use crate::policy::facts::Shield;
use crate::policy::letter::Letter;
use crate::policy::model::{Next, Policy, Row, Step};
use crate::policy::outcome::{Situation, answers, outcomes};
use crate::policy::sentence;
use crate::policy::voice::Voice;
use crate::policy::word::Outcome;
use crate::word::or;

/// Something that a person recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// An outcome of the stage: `attended`, `refused`, one of its answers, `left the roll`.
    Outcome(String),
    /// A named person decides otherwise. What the stage brings that the case goes to is done as if it had been reached.
    Otherwise {
        /// Where the case goes.
        to: Place,
        /// Why.
        reason: String,
        /// Without the letter, meeting, target or referral that the stage brings.
        without: bool,
    },
}

/// What was recorded does not fit the case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// The case has ended.
    #[error("the case has ended")]
    Ended,
    /// The policy does not know the stage any more.
    #[error("the policy has no stage {0:?} any more; a person decides where the case goes")]
    NoStage(String),
    /// The stage has no such outcome.
    #[error("at {at:?} the outcome cannot be {outcome:?}; it must be {expected}")]
    NoOutcome {
        /// The stage.
        at: String,
        /// What was recorded.
        outcome: String,
        /// What could have been.
        expected: String,
    },
    /// A figure is judged at a review and cannot be recorded.
    #[error("whether attendance is {0:?} is counted at the review; nobody records it")]
    Counted(String),
    /// A decision against the rule needs a reason.
    #[error("say why")]
    NoReason,
}

/// What the policy proposes for a pupil's case now that this has happened. Errors: when it does not fit the case, with
/// what would.
pub fn step(
    policy: &Policy,
    letters: &BTreeMap<String, Letter>,
    (pupil, case): (i64, &Case),
    shield: &Shield,
    happened: &Happened,
) -> Result<Decision, StepError> {
    let at = case.stage().ok_or(StepError::Ended)?.to_owned();
    let (outcome, reason) = match happened {
        Happened::Outcome(outcome) => (outcome.clone(), None),
        Happened::Otherwise { reason, .. } if reason.trim().is_empty() => {
            return Err(StepError::NoReason);
        }
        Happened::Otherwise { reason, .. } => {
            (Outcome::Otherwise.text().to_owned(), Some(reason.clone()))
        }
    };
    let stage = policy.stage(&at).ok_or_else(|| StepError::NoStage(at.clone()))?;
    let possible = outcomes(policy, stage);
    let refuse = |outcome: String| {
        let expected = or(possible.iter().map(String::as_str));
        StepError::NoOutcome { at: at.clone(), outcome, expected }
    };
    if !possible.contains(&outcome) {
        return Err(refuse(outcome));
    }
    if is_counted(&outcome) {
        return Err(StepError::Counted(outcome));
    }
    let situation = Situation { at: at.clone(), outcome, band: None };
    let Some((row, answer)) = answers(policy, &situation).into_iter().next() else {
        return Err(refuse(situation.outcome));
    };
    let then = goes(policy, &at, happened, &answer.then)?;
    // A reason that was given stands with the step alone: not everybody may know it.
    let mut because = vec![format!("at {at:?}, {}", sentence::outcome(&situation.outcome))];
    let mut actions = answer.does.clone();
    if let (Happened::Otherwise { without: false, .. }, Next::Stage(stage)) = (happened, &then)
        && let Some((row, reached)) = reaching(policy, stage, case.band.as_ref())
    {
        actions.extend(reached.does.iter().cloned());
        because.push(format!("as if {} had led to {stage:?}", row.rule));
    }
    let voice = Voice::of_outcome(&situation.outcome);
    let decision = Decision {
        subject: Subject::Pupil(pupil),
        rule: row.rule.clone(),
        because,
        actions,
        held: Vec::new(),
        taking: Some(Taking {
            number: case.steps + 1,
            from: at,
            outcome: situation.outcome,
            then,
            figure: None,
            band: None,
            reason,
        }),
        decides: None,
        voice,
        counted: None,
    };
    Ok(decision.guarded(policy, letters, shield))
}

/// Where the case goes: where a person says who decides otherwise, else where the step leads.
fn goes(policy: &Policy, at: &str, happened: &Happened, then: &Next) -> Result<Next, StepError> {
    Ok(match (happened, then) {
        (Happened::Otherwise { to: Place::At(stage), .. }, Next::PersonSays) => {
            policy.stage(stage).ok_or_else(|| StepError::NoStage(stage.clone()))?;
            if stage == at { Next::Stay } else { Next::Stage(stage.clone()) }
        }
        (Happened::Otherwise { to: Place::Closed, .. }, Next::PersonSays) => Next::Closed,
        (_, then) => then.clone(),
    })
}

/// The step by which a stage is reached from a band: the first in the policy that leads there, and not because all went
/// well.
pub(crate) fn reaching<'a>(
    policy: &'a Policy,
    stage: &str,
    band: Option<&String>,
) -> Option<(&'a Row, &'a Step)> {
    let praises =
        |step: &Step| step.when.iter().all(|when| Voice::of_outcome(when) == Some(Voice::Praise));
    let fits =
        |step: &Step| step.bands.is_empty() || band.is_none_or(|band| step.bands.contains(band));
    let leads = |step: &Step| matches!(&step.then, Next::Stage(then) if then == stage);
    policy.steps().find(|(_, step)| leads(step) && fits(step) && !praises(step))
}

/// Whether an outcome is counted from marks, so that amended marks may lead to another.
pub fn is_counted(outcome: &str) -> bool {
    use Outcome::{
        Achieved, Again, Better, Improved, Listed, MovedUp, NoFigure, NotAchieved, NotImproved,
    };
    let counted =
        [Listed, Again, Achieved, Better, Improved, MovedUp, NoFigure, NotAchieved, NotImproved];
    counted.iter().any(|word| word.text() == outcome)
}
