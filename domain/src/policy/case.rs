//! A case: one pupil's way through a policy, as the sum of what was recorded about it.
//!
//! Events record results, so folding them is bookkeeping: it never asks the policy again, and a
//! changed policy cannot rewrite what happened.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{Percent, Rate};

/// Where a case is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// At a stage.
    At(String),
    /// Ended.
    Closed,
}

/// Sessions attended and possible, as an event keeps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Sessions attended.
    pub attended: u64,
    /// Possible sessions.
    pub possible: u64,
}

impl From<Rate> for Figure {
    fn from(rate: Rate) -> Self {
        Self { attended: rate.part(), possible: rate.whole() }
    }
}

impl Figure {
    /// The rate; `None` without possible sessions.
    #[must_use]
    pub const fn rate(self) -> Option<Rate> {
        Rate::of(self.attended, self.possible)
    }
}

/// Something that was recorded about a case, with the rule that led to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The rule's id.
    pub rule: String,
    /// The number of the step it belongs to, from 1.
    pub step: u32,
    /// The day.
    pub day: NaiveDate,
    /// The person who decided or recorded it.
    pub by: String,
    /// What.
    pub what: Recorded,
}

/// What was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recorded {
    /// A step was taken; every other event of the step comes after it.
    Moved {
        /// On which outcome.
        outcome: String,
        /// Where the case is now.
        to: Place,
        /// The figure at this decision.
        figure: Option<Figure>,
        /// The band at this decision.
        band: Option<String>,
        /// The reason a person gave.
        reason: Option<String>,
    },
    /// A letter was decided on.
    Letter(String),
    /// A letter was held back.
    Held {
        /// Its name.
        letter: String,
        /// Why.
        why: String,
    },
    /// Words stand on the pupil until the case ends.
    Flagged(String),
    /// A target runs.
    Target(Target),
    /// Something is to be done; the sentence says what, by whom and until when.
    Action(String),
    /// What is to be done falls due that day.
    Due {
        /// The action, by the caller's number.
        action: i32,
        /// What is to be done.
        says: String,
    },
    /// What was to be done is overdue: its day is over and no evidence says that it is done.
    Breached {
        /// The action, by the caller's number.
        action: i32,
        /// What was to be done.
        says: String,
    },
    /// The case goes on here that the pupil had at another school of the trust, as it stood there.
    Carried {
        /// That case, by the caller's number.
        from: i32,
        /// How it stood.
        state: Box<Case>,
    },
}

/// A rate to be reached over some days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The rate.
    pub rate: Percent,
    /// The first day, a Monday.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

/// A letter of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Its name.
    pub letter: String,
    /// The number of the step that sent it.
    pub step: u32,
    /// The day it was decided on.
    pub day: NaiveDate,
    /// The figure at that decision, or the last one before it.
    pub figure: Option<Figure>,
}

/// A case as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Where it is.
    pub place: Place,
    /// Since the last step: a case that stays begins its wait again.
    pub since: NaiveDate,
    /// How many steps were taken.
    pub steps: u32,
    /// The figure at the last decision that had one.
    pub figure: Option<Figure>,
    /// The band at that decision.
    pub band: Option<String>,
    /// The letters decided on, in order.
    pub letters: Vec<Sent>,
    /// The words that stand on the pupil.
    pub flags: BTreeSet<String>,
    /// The running target.
    pub target: Option<Target>,
}

impl Case {
    /// A case that was opened on a day, before its first step.
    fn new(place: Place, since: NaiveDate) -> Self {
        Self {
            place,
            since,
            steps: 0,
            figure: None,
            band: None,
            letters: Vec::new(),
            flags: BTreeSet::new(),
            target: None,
        }
    }

    /// The stage; `None` when the case has ended.
    #[must_use]
    pub fn stage(&self) -> Option<&str> {
        match &self.place {
            Place::At(stage) => Some(stage),
            Place::Closed => None,
        }
    }

    /// The case after one more event. An event of a step that was already left is not counted.
    fn apply(&mut self, event: &Event) {
        match &event.what {
            Recorded::Moved { to, figure, band, .. } => {
                if *to != self.place {
                    self.target = None;
                }
                self.since = event.day;
                self.place = to.clone();
                self.steps = event.step;
                self.figure = figure.or(self.figure);
                self.band = band.clone().or(self.band.take());
                if self.place == Place::Closed {
                    self.flags.clear();
                    self.target = None;
                }
            }
            Recorded::Letter(letter) => {
                let known = |sent: &Sent| sent.letter == *letter && sent.step == event.step;
                if !self.letters.iter().any(known) {
                    let (letter, step, day) = (letter.clone(), event.step, event.day);
                    self.letters.push(Sent { letter, step, day, figure: self.figure });
                }
            }
            Recorded::Flagged(words) if self.place != Place::Closed => {
                self.flags.insert(words.clone());
            }
            Recorded::Target(target) if self.place != Place::Closed => self.target = Some(*target),
            Recorded::Carried { state, .. } => *self = (**state).clone(),
            Recorded::Flagged(_)
            | Recorded::Target(_)
            | Recorded::Held { .. }
            | Recorded::Action(_)
            | Recorded::Due { .. }
            | Recorded::Breached { .. } => {}
        }
    }
}

/// The case that the events tell, in their order; `None` before the first step.
#[must_use]
pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Case> {
    let mut case: Option<Case> = None;
    for event in events {
        if case.is_none()
            && let Recorded::Carried { state, .. } = &event.what
        {
            case = Some((**state).clone());
        }
        if case.is_none()
            && let Recorded::Moved { to, .. } = &event.what
        {
            case = Some(Case::new(to.clone(), event.day));
        }
        if let Some(case) = &mut case {
            case.apply(event);
        }
    }
    case
}
