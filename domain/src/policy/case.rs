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
    /// Where it ends, and what comes after it begins; `None` where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<FigureEnd>,
}

/// Where a figure ends: what was known later, on its last day too, is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureEnd {
    /// Its last day.
    pub day: NaiveDate,
    /// Sessions attended on that day, as far as they are in it.
    pub attended: u64,
    /// Possible sessions of that day, as far as they are in it.
    pub possible: u64,
}

impl FigureEnd {
    /// On a day, with what is known of it by now.
    pub fn of(day: NaiveDate, known: Option<Rate>) -> Self {
        let (attended, possible) = known.map_or((0, 0), |rate| (rate.part(), rate.whole()));
        Self { day, attended, possible }
    }

    /// Of its day's sessions, as they are known later, those that were not in the figure.
    pub fn rest(self, known: Option<Rate>) -> Option<Rate> {
        let Self { attended, possible, .. } = Self::of(self.day, known);
        let possible = possible.saturating_sub(self.possible);
        Rate::of(attended.saturating_sub(self.attended).min(possible), possible)
    }
}

impl From<Rate> for Figure {
    fn from(rate: Rate) -> Self {
        Self { attended: rate.part(), possible: rate.whole(), ends: None }
    }
}

impl Figure {
    /// The rate; `None` without possible sessions.
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

impl Event {
    /// The same for whoever may not know why a person decided so: it may be an illness, a death, a court's order.
    pub fn without_reason(mut self) -> Self {
        if let Recorded::Moved { reason, .. } | Recorded::Lifted { reason, .. } = &mut self.what {
            *reason = None;
        }
        self
    }
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
        /// The reason a person gave: see [`Event::without_reason`].
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
    /// Words do not stand on the pupil any more, for a person says so.
    Lifted {
        /// The words.
        flag: String,
        /// Whether later steps of the case do not put them there again.
        holds: bool,
        /// Why: see [`Event::without_reason`].
        reason: Option<String>,
    },
    /// A target runs.
    Target(Target),
    /// Something is to be done; the sentence says what, by whom and until when.
    Action(String),
    /// The steps from a number on count no more: the marks that they rested on were amended.
    Undone {
        /// The first of them.
        from: u32,
        /// Why.
        why: String,
    },
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
    /// The last day, a school day.
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
    /// The words that do not stand there again, whatever a step says.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub lifted: BTreeSet<String>,
    /// The running target.
    pub target: Option<Target>,
    /// The stage at which it was when it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<String>,
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
            lifted: BTreeSet::new(),
            target: None,
            left: None,
        }
    }

    /// The stage; `None` when the case has ended.
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
                self.left = match (&self.place, to) {
                    (Place::At(stage), Place::Closed) => Some(stage.clone()),
                    _ => None,
                };
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
            Recorded::Flagged(words)
                if self.place != Place::Closed && !self.lifted.contains(words) =>
            {
                self.flags.insert(words.clone());
            }
            Recorded::Lifted { flag, holds, .. } => {
                self.flags.remove(flag);
                self.lifted.extend(holds.then(|| flag.clone()));
            }
            Recorded::Target(target) if self.place != Place::Closed => self.target = Some(*target),
            // What came before it stands again; a step that was proposed meanwhile is not taken.
            Recorded::Undone { .. } => self.steps = event.step,
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

/// The events that count: those of steps that were not undone since.
pub fn standing<'a>(events: impl IntoIterator<Item = &'a Event>) -> Vec<&'a Event> {
    let events: Vec<&Event> = events.into_iter().collect();
    let undone = |event: &&Event| match event.what {
        Recorded::Undone { from, .. } => Some(from..event.step),
        _ => None,
    };
    let undone: Vec<_> = events.iter().filter_map(undone).collect();
    let stands = |event: &&Event| !undone.iter().any(|steps| steps.contains(&event.step));
    events.into_iter().filter(stands).collect()
}

/// The case that the events tell, in their order; `None` before the first step. One whose first step was undone has
/// ended.
pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Case> {
    let begins =
        |what: &Recorded| matches!(what, Recorded::Moved { .. } | Recorded::Carried { .. });
    let events = events.into_iter().skip_while(|event| !begins(&event.what));
    let events: Vec<&Event> = events.collect();
    let first = events.first()?;
    let mut case = match &first.what {
        Recorded::Carried { state, .. } => (**state).clone(),
        _ => Case::new(Place::Closed, first.day),
    };
    for event in standing(events) {
        case.apply(event);
    }
    Some(case)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(step: u32, what: Recorded) -> Event {
        let day = "2026-10-23".parse().unwrap();
        Event { rule: "A-01".to_owned(), step, day, by: "somebody".to_owned(), what }
    }

    fn moved(step: u32, stage: &str) -> Event {
        let to = Place::At(stage.to_owned());
        let (figure, band, reason) = (None, None, None);
        event(step, Recorded::Moved { outcome: "listed".to_owned(), to, figure, band, reason })
    }

    fn undone(step: u32, from: u32) -> Event {
        event(step, Recorded::Undone { from, why: "a mark was amended".to_owned() })
    }

    #[test]
    fn what_came_before_an_undone_step_stands_again_with_its_target_and_its_letters() {
        let target = Target {
            rate: "96%".parse().unwrap(),
            from: "2026-11-02".parse().unwrap(),
            to: "2026-12-13".parse().unwrap(),
        };
        let first = [
            moved(1, "two"),
            event(1, Recorded::Letter("second".to_owned())),
            event(1, Recorded::Target(target)),
        ];
        let then =
            [moved(2, "three"), event(2, Recorded::Letter("third".to_owned())), undone(3, 2)];
        let before = fold(&first).unwrap();
        let after = fold(first.iter().chain(&then)).unwrap();
        assert_eq!(after, Case { steps: 3, ..before });
        // The way goes on from there with a step of its own number.
        let on = fold(first.iter().chain(&then).chain([&moved(4, "one")])).unwrap();
        assert_eq!((on.stage(), on.steps, on.letters.len()), (Some("one"), 4, 1));
    }

    #[test]
    fn words_that_a_person_lifts_are_gone_until_a_step_says_them_again_unless_that_holds() {
        let words = || "medical evidence required".to_owned();
        let lifted = |holds| {
            event(1, Recorded::Lifted { flag: words(), holds, reason: Some("asthma".to_owned()) })
        };
        let stands = |holds| {
            let flagged = |step| event(step, Recorded::Flagged(words()));
            let all = [moved(1, "one"), flagged(1), lifted(holds), moved(2, "two"), flagged(2)];
            [3, 5].map(|many| !fold(&all[..many]).unwrap().flags.is_empty())
        };
        assert_eq!((stands(false), stands(true)), ([false, true], [false, false]));
        let hidden = lifted(true).without_reason();
        assert!(!hidden.to_string().contains("asthma"), "{hidden}");
    }

    #[test]
    fn a_case_whose_first_step_is_undone_has_ended() {
        let case = fold(&[moved(1, "one"), undone(2, 1)]).unwrap();
        assert_eq!((case.place, case.steps), (Place::Closed, 2));
        assert_eq!(fold(&[]), None);
    }
}
