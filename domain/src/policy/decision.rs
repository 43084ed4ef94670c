//! A decision: what the engine proposes, the rule that led to it, and the counts behind it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::policy::case::{Case, Event, Figure, FigureEnd, Place, Recorded, Target};
use crate::policy::facts::Shield;
use crate::policy::letter::Letter;
use crate::policy::model::{Action, Next, Policy};
use crate::policy::target::target_days;
use crate::policy::voice::Voice;
use crate::policy::word::{Do, Keeps, Over};
use crate::{Calendar, Rate};
use std::collections::BTreeMap;

/// Whom a decision is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A pupil, by the caller's number.
    Pupil(i64),
    /// A teacher.
    Teacher(String),
    /// A class.
    Class(String),
    /// The school.
    School,
}

/// A step that a decision would take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taking {
    /// Its number in the case, from 1.
    pub number: u32,
    /// The stage it leaves, or `start`.
    pub from: String,
    /// On which outcome.
    pub outcome: String,
    /// Where the case goes.
    pub then: Next,
    /// The figure it was judged by.
    pub figure: Option<Figure>,
    /// The band it was judged in.
    pub band: Option<String>,
    /// The reason a person gave.
    pub reason: Option<String>,
}

/// The figure that a decision rests on, and over which days it is taken: what its letters tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Over which days.
    pub over: Over,
    /// Sessions attended and possible.
    pub figure: Figure,
}

impl Counted {
    /// Of a rate over some days, which ends there; `None` when there is no figure.
    pub(crate) fn of(over: Over, rate: Option<Rate>, ends: Option<FigureEnd>) -> Option<Self> {
        rate.map(|rate| Self { over, figure: Figure { ends, ..rate.into() } })
    }
}

/// What is proposed. Nothing leaves the school before a named person has decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// About whom.
    pub subject: Subject,
    /// The rule that leads to it.
    pub rule: String,
    /// What is behind it: counts, bands and outcomes in plain English.
    pub because: Vec<String>,
    /// What is to be done.
    pub actions: Vec<Action>,
    /// Letters that are held back for a person, each with the reason.
    pub held: Vec<(String, String)>,
    /// The step of a case; `None` for what is not part of a case.
    pub taking: Option<Taking>,
    /// Who decides.
    pub decides: Option<String>,
    /// How it speaks to the family; `None` when that cannot be told from its row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<Voice>,
    /// The figure it rests on; `None` where none was counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Counted>,
}

/// The decision is about a case that has moved on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TakeError {
    /// Another decision was taken in between.
    #[error("the case has moved on since this was proposed; look at it again")]
    MovedOn,
    /// There is no step to take.
    #[error("this proposes no step of a case")]
    NoStep,
    /// The person has not said where the case goes.
    #[error("say where the case goes")]
    NoPlace,
    /// A target would run beyond the calendars that are known.
    #[error("the calendar does not reach to the end of the target; add the next school year's")]
    NoCalendar,
}

impl Decision {
    /// Why, in plain English: the rule and what is behind it.
    pub fn explain(&self) -> String {
        format!("{}: {}.", self.rule, self.because.join("; "))
    }

    /// What is proposed, a line each, as scenarios expect it.
    pub fn lines(&self) -> Vec<String> {
        let to = match &self.subject {
            Subject::Teacher(name) | Subject::Class(name) => format!(" ({name})"),
            Subject::Pupil(_) | Subject::School => String::new(),
        };
        let mut lines: Vec<String> = self.actions.iter().map(ToString::to_string).collect();
        lines.extend(
            self.held.iter().map(|(letter, why)| format!("letter {letter:?} is held: {why}")),
        );
        lines.extend(self.taking.iter().map(|taking| taking.then.to_string()));
        if let Some(role) = self.decides.as_ref().filter(|_| self.taking.is_some()) {
            lines.push(format!("{role} decides"));
        }
        if lines.is_empty() {
            lines.push("listed".to_owned());
        }
        lines.into_iter().map(|line| format!("{}{to}: {line}", self.rule)).collect()
    }

    /// Holds back the letters that must not go out. This always wins over what a rule says, and
    /// for every policy; one that promises it is named.
    pub fn guarded(
        mut self,
        policy: &Policy,
        letters: &BTreeMap<String, Letter>,
        shield: &Shield,
    ) -> Self {
        let promised = policy.promise(Keeps::Mitigation).map(|row| format!(" ({})", row.rule));
        let promised = promised.unwrap_or_default();
        let legal = |name: &str| letters.get(name).is_some_and(|letter| letter.law.is_some());
        let why = |letter: &Action| match (shield, letter.unauthorised_at_least) {
            (Shield { letters_stopped: true, .. }, _) => Some("all letters are stopped".to_owned()),
            (Shield { mitigation: Some(reason), .. }, _) => {
                Some(format!("a person decides, because of {reason}{promised}"))
            }
            (Shield { not_compulsory_age: true, .. }, _) if legal(&letter.what) => {
                Some("the pupil is not of compulsory school age".to_owned())
            }
            (Shield { unauthorised, .. }, Some(least)) if *unauthorised < least => Some(format!(
                "unauthorised absence: {unauthorised} sessions, and it needs at least {least}"
            )),
            _ => None,
        };
        let (letters, others): (Vec<_>, Vec<_>) =
            self.actions.into_iter().partition(|action| action.kind == Do::Letter);
        self.actions = others;
        let mut kept = Vec::new();
        for letter in letters {
            match why(&letter) {
                Some(why) => self.held.push((letter.what, why)),
                None => kept.push(letter),
            }
        }
        // Whoever is told of the law is not thanked.
        if kept.iter().any(|letter| legal(&letter.what)) {
            self.voice = Some(Voice::Concern);
        }
        kept.append(&mut self.actions);
        self.actions = kept;
        self
    }

    /// What a named person's yes to this decision records. Errors: when the case has moved on in between, so that no
    /// step is taken and no letter sent twice; when there is no step; when a target would run beyond the calendars.
    pub fn take(
        &self,
        case: Option<&Case>,
        by: &str,
        day: NaiveDate,
        calendars: &[Calendar],
    ) -> Result<Vec<Event>, TakeError> {
        let taking = self.taking.as_ref().ok_or(TakeError::NoStep)?;
        let open = case.filter(|case| case.place != Place::Closed);
        if taking.number != case.map_or(0, |case| case.steps) + 1
            || open.and_then(Case::stage).unwrap_or(crate::policy::START) != taking.from
        {
            return Err(TakeError::MovedOn);
        }
        let to = match &taking.then {
            Next::Stay => Place::At(taking.from.clone()),
            Next::Closed => Place::Closed,
            Next::Stage(stage) => Place::At(stage.clone()),
            Next::PersonSays | Next::Left => return Err(TakeError::NoPlace),
        };
        let event = |what: Recorded| Event {
            rule: self.rule.clone(),
            step: taking.number,
            day,
            by: by.to_owned(),
            what,
        };
        let mut events = vec![event(Recorded::Moved {
            outcome: taking.outcome.clone(),
            to,
            figure: taking.figure,
            band: taking.band.clone(),
            reason: taking.reason.clone(),
        })];
        for action in &self.actions {
            events.push(event(record(action, day, calendars)?));
        }
        for (letter, why) in &self.held {
            events.push(event(Recorded::Held { letter: letter.clone(), why: why.clone() }));
        }
        Ok(events)
    }
}

fn record(action: &Action, day: NaiveDate, calendars: &[Calendar]) -> Result<Recorded, TakeError> {
    Ok(match (action.kind, action.rate, action.school_weeks) {
        (Do::Letter, _, _) => Recorded::Letter(action.what.clone()),
        (Do::Flag, _, _) => Recorded::Flagged(action.what.clone()),
        (Do::Target, Some(rate), Some(weeks)) => {
            let days = target_days(calendars, day, weeks).ok_or(TakeError::NoCalendar)?;
            Recorded::Target(Target { rate, from: days.from, to: days.to })
        }
        _ => Recorded::Action(action.to_string()),
    })
}
