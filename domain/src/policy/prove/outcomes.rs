//! Every figure at every stage has exactly one outcome, which exactly one step answers.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::Rate;
use crate::policy::case::Target;
use crate::policy::judge;
use crate::policy::model::{Policy, START, Stage};
use crate::policy::outcome::{Situation, answers, situations, tells_moves};
use crate::policy::prove::look::plain;
use crate::policy::prove::{Claim, Counterexample, Found, Ground, counts_of, on_all_cores};
use crate::policy::sentence;
use crate::policy::step::is_counted;
use crate::policy::word::{Improvement, Outcome, Waits};

/// How many steps answer what came of a stage in a band.
type Answered = BTreeMap<(Outcome, Option<String>), usize>;

pub(super) fn one_each(ground: &Ground<'_>) -> Found {
    let policy = ground.policy;
    let (mut asked, mut found) = (0, Vec::new());
    for situation in situations(policy) {
        let steps = answers(policy, &situation).len();
        let is_fine = if situation.at == START { steps <= 1 } else { steps == 1 };
        asked += 1;
        // Those that come with a figure are looked at below, with one.
        if !is_fine && !is_counted(&situation.outcome) {
            found.push(recorded(ground, &situation, steps));
        } else if !is_fine && situation.at == START {
            found.push(listed(ground, &situation, steps));
        }
    }
    for stage in &policy.stages {
        let (more, wrong) = match stage.waits {
            _ if stage.is_reviewed() => reviewed(ground, stage),
            Waits::Target => targeted(ground, stage),
            Waits::Review | Waits::Meeting | Waits::Answer => continue,
        };
        asked += more;
        found.extend(wrong);
    }
    (asked, found)
}

/// The figures before that make a count better, the same and worse, each by one session, and none at all; for a gain
/// also those that it just reaches and just misses.
fn lasts(policy: &Policy, stage: &Stage, now: Rate) -> Vec<Option<Rate>> {
    let (part, whole) = (now.part(), now.whole());
    let less = part.checked_sub(1).and_then(|part| Rate::of(part, whole));
    let mut all = vec![less, Some(now), Rate::of(part + 1, whole)];
    if let (Improvement::Gain, Some(points)) = policy.improved_at(Some(&stage.name)) {
        let (part, whole) = (part * 100_000, whole * 100_000);
        let just = part.checked_sub(u64::from(points.thousandths()) * now.whole());
        all.extend(just.map(|just| Rate::of(just, whole)));
        all.extend(just.map(|just| Rate::of(just + 1, whole)));
    }
    all.retain(Option::is_some);
    all.push(None);
    all
}

/// The bands that a pupil can have been in, where it matters.
pub(super) fn last_bands(policy: &Policy, matters: bool) -> Vec<Option<String>> {
    let bands = policy.bands.iter().flat_map(|bands| bands.iter());
    let names = bands.map(|band| Some(band.name.clone())).filter(|_| matters);
    std::iter::once(None).chain(names).collect()
}

fn reviewed(ground: &Ground<'_>, stage: &Stage) -> Found {
    let policy = ground.policy;
    let answered = answered(policy, stage);
    let before = last_bands(policy, tells_moves(policy, &stage.name));
    on_all_cores(|possible| {
        let (mut asked, mut found) = (0, Vec::new());
        for now in counts_of(possible) {
            for last in lasts(policy, stage, now) {
                for band in &before {
                    asked += 1;
                    let pupil = plain(policy, &stage.name, now, last, band.as_ref());
                    let Some(case) = &pupil.case else { continue };
                    let outcome = judge::outcome(policy, stage, &pupil, case);
                    if !is_answered(policy, &answered, outcome, now) && found.is_empty() {
                        let says = said(ground, stage, outcome, now);
                        let scenario = ground.on(ground.day, &pupil, &says);
                        found.push(counterexample(says, vec![scenario]));
                    }
                }
            }
        }
        (asked, found)
    })
}

fn targeted(ground: &Ground<'_>, stage: &Stage) -> Found {
    let policy = ground.policy;
    let answered = answered(policy, stage);
    let judged = ground.cells.judged();
    let rates = targets(policy);
    on_all_cores(|possible| {
        let (mut asked, mut found) = (0, Vec::new());
        for attended in counts_of(possible) {
            for (now, rate) in
                judged.iter().flat_map(|now| rates.iter().map(move |rate| (now, rate)))
            {
                asked += 1;
                let mut pupil = plain(policy, &stage.name, *now, Some(*now), None);
                pupil.target = Some(attended);
                let to = NaiveDate::from_ymd_opt(2025, 10, 17).unwrap_or_default();
                let Some(mut case) = pupil.case.take() else { continue };
                case.target = Some(Target { rate: *rate, from: to, to });
                let outcome = judge::outcome(policy, stage, &pupil, &case);
                pupil.case = Some(case);
                if !is_answered(policy, &answered, outcome, *now) && found.is_empty() {
                    let says = said(ground, stage, outcome, *now);
                    let scenario = ground.on(ground.day, &pupil, &says);
                    found.push(counterexample(says, vec![scenario]));
                }
            }
        }
        (asked, found)
    })
}

/// The rates of the targets that the policy sets.
pub(super) fn targets(policy: &Policy) -> BTreeSet<crate::Percent> {
    policy.steps().flat_map(|(_, step)| &step.does).filter_map(|action| action.rate).collect()
}

fn answered(policy: &Policy, stage: &Stage) -> Answered {
    let of_stage = situations(policy).into_iter().filter(|situation| situation.at == stage.name);
    let answered = |situation: Situation| {
        let steps = answers(policy, &situation).len();
        Some(((crate::Word::read(&situation.outcome)?, situation.band), steps))
    };
    of_stage.filter_map(answered).collect()
}

fn is_answered(policy: &Policy, answered: &Answered, outcome: Option<Outcome>, now: Rate) -> bool {
    let Some(outcome) = outcome else { return false };
    let band = judge::band(policy, Some(now)).filter(|_| outcome != Outcome::NoFigure);
    answered.get(&(outcome, band)) == Some(&1)
}

fn said(ground: &Ground<'_>, stage: &Stage, outcome: Option<Outcome>, now: Rate) -> String {
    let band = judge::band(ground.policy, Some(now));
    let outcome = outcome.map_or("", Outcome::text).to_owned();
    let situation = Situation { at: stage.name.clone(), outcome, band };
    let steps = answers(ground.policy, &situation).len();
    in_words(&situation, steps)
}

fn in_words(situation: &Situation, steps: usize) -> String {
    let bands: Vec<String> = situation.band.iter().cloned().collect();
    let (when, bands) = (sentence::outcome(&situation.outcome), sentence::in_bands(&bands));
    let answer =
        if steps == 0 { "no step answers".to_owned() } else { format!("{steps} steps answer") };
    format!("at {:?}, when {when}{bands}: {answer}", situation.at)
}

fn recorded(ground: &Ground<'_>, situation: &Situation, steps: usize) -> Counterexample {
    let says = in_words(situation, steps);
    let half = Rate::of(1, 2);
    let pupil = half.map(|half| plain(ground.policy, &situation.at, half, Some(half), None));
    let scenario = pupil.map(|pupil| ground.happening(&pupil, &situation.outcome, &says));
    counterexample(says, scenario.into_iter().collect())
}

fn listed(ground: &Ground<'_>, situation: &Situation, steps: usize) -> Counterexample {
    let says = in_words(situation, steps);
    let judged = ground.cells.judged();
    let in_band =
        judged.iter().find(|now| judge::band(ground.policy, Some(**now)) == situation.band);
    let scenario = in_band.map(|now| {
        let mut pupil = plain(ground.policy, START, *now, None, None);
        pupil.case = None;
        ground.on(ground.day, &pupil, &says)
    });
    counterexample(says, scenario.into_iter().collect())
}

fn counterexample(says: String, scenarios: Vec<String>) -> Counterexample {
    Counterexample { claim: Claim::OneOutcome, says, scenarios }
}
