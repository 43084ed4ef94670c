//! A look at a pupil: one situation that the engine can tell from all others.

use chrono::{Days as DayCount, NaiveDate};

use crate::policy::case::{Case, Figure, Place, Sent, Target};
use crate::policy::facts::{Pupil, Rates};
use crate::policy::model::Policy;
use crate::policy::word::{Improvement, Over};
use crate::{Percent, Rate};

/// What the rate that "improved" measures is beside the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Beside {
    Better,
    Same,
    Worse,
    /// There was none before.
    New,
}

/// One situation of a pupil.
#[derive(Debug, Clone)]
pub(super) struct Look {
    /// Over the days that bands are taken over.
    pub(super) now: Rate,
    /// Over other periods.
    pub(super) windows: Vec<(Over, Rate)>,
    /// Beside the rate before.
    pub(super) beside: Beside,
    /// The band at the last decision.
    pub(super) last_band: Option<String>,
    /// The last 4 school weeks are below the 4 before.
    pub(super) declined: bool,
    /// The stage of the case.
    pub(super) at: Option<String>,
    /// The running target, when it is over, and what was attended of it.
    pub(super) target: Option<(Percent, Rate)>,
    /// The pupil comes into the band today.
    pub(super) enters: bool,
}

/// A case of the example school year begins here.
fn begin() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 9, 1).unwrap_or_default()
}

impl Look {
    pub(super) fn at(stage: &str, now: Rate) -> Self {
        Self {
            now,
            windows: Vec::new(),
            beside: Beside::Same,
            last_band: None,
            declined: false,
            at: Some(stage.to_owned()),
            target: None,
            enters: false,
        }
    }

    /// The pupil that looks so on a day; `None` when nobody can: nothing is better than none attended before, or worse
    /// than all.
    pub(super) fn pupil(&self, policy: &Policy, day: NaiveDate) -> Option<Pupil> {
        let mut rates = Rates::default();
        set(&mut rates, policy.over, self.now);
        for (over, rate) in &self.windows {
            set(&mut rates, *over, *rate);
        }
        let half = Rate::of(1, 2);
        let measured = match policy.improved_at(self.at.as_deref()).0 {
            Improvement::Period => match rates.over(policy.period) {
                Some(rate) => rate,
                None => {
                    set(&mut rates, policy.period, half?);
                    half?
                }
            },
            _ => half?,
        };
        let last = match self.beside {
            Beside::Better => Some(Rate::of(0, 1).filter(|last| *last < measured)?),
            Beside::Same => Some(measured),
            Beside::Worse => Some(Rate::of(1, 1).filter(|last| *last > measured)?),
            Beside::New => None,
        };
        let at = self.at.as_deref();
        let mut pupil = seen(policy, at, (rates, measured, last), self.last_band.as_ref());
        if self.declined {
            (pupil.recent, pupil.earlier) = (Rate::of(1, 2), Rate::of(2, 2));
        }
        pupil.band_since = self.enters.then_some(day);
        pupil.case = self.at.as_ref().map(|stage| case(&pupil, stage));
        if let (Some((rate, attended)), Some(case)) = (self.target, &mut pupil.case) {
            let to = day - DayCount::new(7);
            case.target = Some(Target { rate, from: to, to });
            pupil.target = Some(attended);
        }
        Some(pupil)
    }
}

/// A pupil at a stage with all figures the same, beside one before, whatever "improved" means.
pub(super) fn plain(
    policy: &Policy,
    stage: &str,
    now: Rate,
    last: Option<Rate>,
    last_band: Option<&String>,
) -> Pupil {
    let everywhere = Rates {
        week: Some(now),
        fortnight: Some(now),
        half_term: Some(now),
        term: Some(now),
        year: Some(now),
    };
    let mut pupil = seen(policy, Some(stage), (everywhere, now, last), last_band);
    pupil.case = Some(case(&pupil, stage));
    pupil
}

fn seen(
    policy: &Policy,
    at: Option<&str>,
    (rates, measured, last): (Rates, Rate, Option<Rate>),
    last_band: Option<&String>,
) -> Pupil {
    let before = Rates { week: last, fortnight: last, half_term: last, term: last, year: last };
    // What a stage measures, and what the responses beside it do.
    let meanings = [policy.improved, policy.improved_at(at).0];
    let of_a_letter = meanings.contains(&Improvement::SinceLetter);
    let alone = [Improvement::Period, Improvement::SinceLetter];
    let of_a_decision = meanings.iter().any(|meaning| !alone.contains(meaning));
    Pupil {
        id: 1,
        rates,
        last,
        last_band: last_band.cloned(),
        since: of_a_decision.then_some(measured),
        since_letter: of_a_letter.then_some(measured),
        before,
        ..Pupil::default()
    }
}

/// A case at a stage since the beginning of the year, after a decision and a letter with the figures before.
fn case(pupil: &Pupil, stage: &str) -> Case {
    let figure = pupil.last.map(Figure::from);
    let letter = Sent { letter: "the last letter".to_owned(), step: 1, day: begin(), figure };
    Case {
        place: Place::At(stage.to_owned()),
        since: begin(),
        steps: 1,
        figure,
        band: pupil.last_band.clone(),
        letters: pupil.since_letter.and(figure).map(|_| letter).into_iter().collect(),
        flags: std::collections::BTreeSet::new(),
        lifted: std::collections::BTreeSet::new(),
        target: None,
        left: None,
    }
}

fn set(rates: &mut Rates, over: Over, rate: Rate) {
    let place = match over {
        Over::Week => &mut rates.week,
        Over::Fortnight => &mut rates.fortnight,
        Over::HalfTerm => &mut rates.half_term,
        Over::Term => &mut rates.term,
        Over::Year => &mut rates.year,
    };
    *place = Some(rate);
}
