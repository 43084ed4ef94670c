//! What was done before a school came here, carried in as the events of a case.
//!
//! A school that begins in mid-year has sent letters, opened stages and agreed targets already. Told as events, the
//! case stands as if it had been followed here, and the next review proposes what comes next.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::policy::case::{Event, Figure, Place, Recorded, Target};
use crate::policy::letter::Letter;
use crate::policy::model::{Next, Policy, Row, START, Step};
use crate::policy::outcome::{Situation, answers};
use crate::policy::word::{Do, Outcome, Waits};
use crate::word::or;
use crate::{AcademicYear, Percent};

/// The outcome of a step that was taken before the school came here.
pub const CARRIED_IN: &str = "carried in";

/// One step that was taken, or letter that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// When; of a target its first day.
    pub day: NaiveDate,
    /// What.
    pub what: Doing,
    /// Sessions attended and possible then, if they are known.
    pub figure: Option<Figure>,
}

/// What can have been done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doing {
    /// This letter was sent.
    Letter(String),
    /// The case came to this stage.
    Stage(String),
    /// This rate was agreed, to be reached by a last day.
    Target {
        /// The rate.
        rate: Percent,
        /// The last day.
        to: NaiveDate,
    },
}

/// What was done cannot be a case of the policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CarryError {
    /// The policy has no such letter.
    #[error("a letter of the policy: {0}")]
    NoLetter(String),
    /// The policy has no such stage.
    #[error("a stage of the policy: {0}")]
    NoStage(String),
    /// The letter leads to several stages.
    #[error(
        "the stage that this led to, on a line of its own for the same day and above all others: one of {0}"
    )]
    Unclear(String),
    /// The letter ends a case.
    #[error("a letter of a case that is still open: this one ends it, and needs not be carried in")]
    Ends,
    /// The stage waits for no target.
    #[error("a target at a stage that waits for one: {0}")]
    NoTarget(String),
    /// There is a target already.
    #[error("one running target for a case")]
    SecondTarget,
    /// The stage waits for a target, and none is there.
    #[error("a line with the running target as well: {0:?} waits for one")]
    TargetMissing(String),
    /// The policy closes such a case at the end of the school year.
    #[error(
        "a day of the present school year: the policy ends a case at {0:?} when a new year begins ({1})"
    )]
    LastYears(String, String),
}

/// A step of a case that was carried in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedStep {
    /// Its events; the move comes first.
    pub events: Vec<Event>,
    /// Which of the things done they come from, by their place in the list.
    pub from: Vec<usize>,
}

/// What was done, as a case's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CarriedIn {
    /// The steps, in order; none when there is no case.
    pub steps: Vec<CarriedStep>,
    /// Letters that the policy sends outside of cases, with their rules.
    pub letters: Vec<(usize, String)>,
}

/// The events of what was done, by whoever vouches for it. `today` tells which school year is the present one. Errors:
/// everything that the policy does not know, or the first entry that does not fit, each with its place in the list.
pub fn carry_in(
    policy: &Policy,
    letters: &BTreeMap<String, Letter>,
    done: &[Done],
    by: &str,
    today: NaiveDate,
) -> Result<CarriedIn, Vec<(usize, CarryError)>> {
    let unknown = unknown(policy, letters, done);
    if !unknown.is_empty() {
        return Err(unknown);
    }
    let mut order: Vec<usize> = (0..done.len()).collect();
    // Of one day the stage is told first; a target belongs to the stage that holds at the end.
    order.sort_by_key(|at| done.get(*at).map(Done::turn));
    let mut carrying = Carrying { policy, by, carried: CarriedIn::default(), place: None };
    for at in order {
        let Some(done) = done.get(at) else { continue };
        carrying.add(at, done).map_err(|error| vec![(at, error)])?;
    }
    carrying.check(today).map_err(|error| vec![error])?;
    Ok(carrying.carried)
}

/// What the policy does not know.
fn unknown(
    policy: &Policy,
    letters: &BTreeMap<String, Letter>,
    done: &[Done],
) -> Vec<(usize, CarryError)> {
    let error = |done: &Done| match &done.what {
        Doing::Letter(name) if !letters.contains_key(name) => {
            Some(CarryError::NoLetter(or(letters.keys().map(String::as_str))))
        }
        Doing::Stage(name) if policy.stage(name).is_none() => {
            let stages = policy.stages.iter().map(|stage| stage.name.as_str());
            Some(CarryError::NoStage(or(stages)))
        }
        _ => None,
    };
    (0..).zip(done).filter_map(|(at, done)| Some((at, error(done)?))).collect()
}

impl Done {
    /// When it is told.
    fn turn(&self) -> (bool, NaiveDate, bool) {
        let is_target = matches!(self.what, Doing::Target { .. });
        (is_target, self.day, matches!(self.what, Doing::Letter(_)))
    }
}

/// A case on its way in.
struct Carrying<'a> {
    policy: &'a Policy,
    by: &'a str,
    carried: CarriedIn,
    /// Where it is now, since when, and whether the list says so itself.
    place: Option<(String, NaiveDate, bool)>,
}

impl Carrying<'_> {
    fn add(&mut self, at: usize, done: &Done) -> Result<(), CarryError> {
        match &done.what {
            Doing::Stage(stage) => {
                let rule = self.rule_to(stage);
                self.go(at, done, stage, &rule, true);
                Ok(())
            }
            Doing::Letter(letter) => self.letter(at, done, letter),
            Doing::Target { rate, to } => {
                self.target(at, done, Target { rate: *rate, from: done.day, to: *to })
            }
        }
    }

    /// A letter stands at the step that sent it: one that the list names, or the one that the policy sends it by.
    fn letter(&mut self, at: usize, done: &Done, letter: &str) -> Result<(), CarryError> {
        let sends = |step: &Step| {
            step.does.iter().any(|action| action.kind == Do::Letter && action.what == letter)
        };
        let all: Vec<(&Row, &Step)> = self.policy.steps().filter(|(_, step)| sends(step)).collect();
        let here = self.place.as_ref().map_or(START, |(stage, ..)| stage.as_str());
        let own: Vec<(&Row, &Step)> =
            all.iter().copied().filter(|(_, step)| step.at.iter().any(|at| at == here)).collect();
        let sending = if own.is_empty() { &all } else { &own };
        let Some((row, step)) = sending.first() else {
            self.carried.letters.push((at, self.rule_of(letter)));
            return Ok(());
        };
        let rule = row.rule.clone();
        let named = self.place.as_ref().filter(|(_, since, named)| *named && *since == done.day);
        if named.is_some() {
            self.record(at, done.day, &rule, Recorded::Letter(letter.to_owned()));
            return Ok(());
        }
        let to = self.leads_to(sending, here)?;
        // The stage was named for a day or two before the letter left.
        let just_named =
            self.place.as_ref().is_some_and(|(stage, _, named)| *named && *stage == to);
        let has_one = self.carried.steps.last().is_some_and(|step| {
            step.events.iter().any(|event| matches!(event.what, Recorded::Letter(_)))
        });
        if !just_named || has_one {
            self.go(at, done, &to, &rule, false);
            let flags = step.does.iter().filter(|action| action.kind == Do::Flag);
            for flag in flags {
                self.record(at, done.day, &rule, Recorded::Flagged(flag.what.clone()));
            }
        }
        self.record(at, done.day, &rule, Recorded::Letter(letter.to_owned()));
        Ok(())
    }

    /// The one stage to which these steps lead.
    fn leads_to(&self, steps: &[(&Row, &Step)], here: &str) -> Result<String, CarryError> {
        let mut stages: Vec<&str> = steps
            .iter()
            .filter_map(|(_, step)| match &step.then {
                Next::Stage(stage) => Some(stage.as_str()),
                Next::Stay if here != START => Some(here),
                _ => None,
            })
            .collect();
        stages.sort_unstable();
        stages.dedup();
        match stages.as_slice() {
            [] if steps.iter().all(|(_, step)| step.then == Next::Closed) => Err(CarryError::Ends),
            [] => {
                let all = steps.iter().flat_map(|(_, step)| step.at.iter().map(String::as_str));
                Err(CarryError::Unclear(or(all)))
            }
            [only] => Ok((*only).to_owned()),
            several => Err(CarryError::Unclear(or(several.iter().copied()))),
        }
    }

    fn target(&mut self, at: usize, done: &Done, target: Target) -> Result<(), CarryError> {
        let waiting = |stage: &str| {
            self.policy.stage(stage).is_some_and(|stage| stage.waits == Waits::Target)
        };
        if self.place.as_ref().is_none_or(|(stage, ..)| !waiting(stage)) {
            let waiting = self.policy.stages.iter().filter(|stage| stage.waits == Waits::Target);
            return Err(CarryError::NoTarget(or(waiting.map(|stage| stage.name.as_str()))));
        }
        if self.running() {
            return Err(CarryError::SecondTarget);
        }
        let rule = self.last_rule();
        self.record(at, done.day, &rule, Recorded::Target(target));
        Ok(())
    }

    fn running(&self) -> bool {
        let steps = self.carried.steps.iter().flat_map(|step| &step.events);
        steps.into_iter().any(|event| matches!(event.what, Recorded::Target(_)))
    }

    /// A step: the case is at a stage from this day on.
    fn go(&mut self, at: usize, done: &Done, stage: &str, rule: &str, named: bool) {
        self.carried.steps.push(CarriedStep { events: Vec::new(), from: Vec::new() });
        let moved = Recorded::Moved {
            outcome: CARRIED_IN.to_owned(),
            to: Place::At(stage.to_owned()),
            figure: done.figure,
            band: None,
            reason: None,
        };
        self.record(at, done.day, rule, moved);
        self.place = Some((stage.to_owned(), done.day, named));
    }

    /// An event of the step that was taken last.
    fn record(&mut self, at: usize, day: NaiveDate, rule: &str, what: Recorded) {
        let step = u32::try_from(self.carried.steps.len()).unwrap_or(u32::MAX);
        let event = Event { rule: rule.to_owned(), step, day, by: self.by.to_owned(), what };
        if let Some(last) = self.carried.steps.last_mut() {
            last.events.push(event);
            if !last.from.contains(&at) {
                last.from.push(at);
            }
        }
    }

    fn last_rule(&self) -> String {
        let last = self.carried.steps.last().and_then(|step| step.events.first());
        last.map_or_else(|| CARRIED_IN.to_owned(), |event| event.rule.clone())
    }

    /// The rule that leads to a stage: from where the case is, if one does.
    fn rule_to(&self, stage: &str) -> String {
        let here = self.place.as_ref().map_or(START, |(stage, ..)| stage.as_str());
        let leads = |step: &Step| step.then == Next::Stage(stage.to_owned());
        let from_here = |step: &Step| leads(step) && step.at.iter().any(|at| at == here);
        let found = self.policy.steps().find(|(_, step)| from_here(step));
        let found = found.or_else(|| self.policy.steps().find(|(_, step)| leads(step)));
        found.map_or_else(|| CARRIED_IN.to_owned(), |(row, _)| row.rule.clone())
    }

    /// The rule that sends a letter outside of cases.
    fn rule_of(&self, letter: &str) -> String {
        let sends = |row: &&Row| {
            let mut does = row.body.actions().iter();
            does.any(|action| action.kind == Do::Letter && action.what == letter)
        };
        let found = self.policy.rows.iter().find(sends);
        found.map_or_else(|| CARRIED_IN.to_owned(), |row| row.rule.clone())
    }

    /// What can only be said at the end, of the stage at which the case is then.
    fn check(&self, today: NaiveDate) -> Result<(), (usize, CarryError)> {
        let last = self.carried.steps.last().and_then(|step| step.from.first());
        let (Some((stage, since, _)), Some(at)) = (&self.place, last) else { return Ok(()) };
        let waits = self.policy.stage(stage).map(|stage| stage.waits);
        if waits == Some(Waits::Target) && !self.running() {
            return Err((*at, CarryError::TargetMissing(stage.clone())));
        }
        let outcome = Outcome::NewYear.text().to_owned();
        let situation = Situation { at: stage.clone(), outcome, band: None };
        let september = answers(self.policy, &situation);
        match september.first() {
            Some((row, step))
                if step.then == Next::Closed
                    && AcademicYear::of(*since) < AcademicYear::of(today) =>
            {
                Err((*at, CarryError::LastYears(stage.clone(), row.rule.clone())))
            }
            _ => Ok(()),
        }
    }
}
