//! The changes that are tried on a policy, to see whether its scenarios notice them.
//!
//! A change that cannot make a difference is not in the list: a band that the outcome cannot
//! happen in, or a trend where no single pupil is looked at.

use crate::Percent;
use crate::policy::model::{
    Action, BandRow, Body, Daily, Draw, EVERY_STAGE, Moment, Next, Policy, Regular, Row, START,
    Step,
};
use crate::policy::outcome::{Situation, answers, outcomes, situations};
use crate::policy::word::{Absence, Do, Every, For, Improvement, On, Outcome, Trend, Word};

/// A change in words, and the row as it would be; `None` is the row removed.
pub(crate) type Change = (String, Option<Row>);

/// The changes that are tried on a row.
pub(crate) fn changes(policy: &Policy, letters: &[&String], row: &Row) -> Vec<Change> {
    let bodies = match &row.body {
        Body::Band(band) => band_changes(band),
        Body::Daily(daily) => daily_changes(policy, letters, daily),
        Body::Regular(regular) => regular_changes(policy, letters, regular),
        Body::Step(step) => step_changes(policy, letters, step),
        Body::Draw(draw) => draw_changes(draw),
        Body::Always(promise) => {
            vec![("another promise".to_owned(), Body::Always(format!("not {promise}")))]
        }
    };
    let mut all = vec![("the row removed".to_owned(), None)];
    all.extend(
        bodies.into_iter().map(|(change, body)| (change, Some(Row { body, ..row.clone() }))),
    );
    all
}

fn band_changes(band: &BandRow) -> Vec<(String, Body)> {
    let from = if band.from == Percent::ZERO { Percent::HUNDRED } else { Percent::ZERO };
    let name = format!("not {}", band.name);
    vec![
        ("another bound".to_owned(), Body::Band(BandRow { from, ..band.clone() })),
        ("another name".to_owned(), Body::Band(BandRow { name, ..band.clone() })),
    ]
}

fn daily_changes(policy: &Policy, letters: &[&String], daily: &Daily) -> Vec<(String, Body)> {
    let mut all = Vec::new();
    for (change, does) in actions(policy, letters, &daily.does) {
        all.push((change, Body::Daily(Daily { does, ..daily.clone() })));
    }
    for when in Absence::ALL.iter().copied().filter(|when| *when != daily.when) {
        all.push((format!("when {when:?}"), Body::Daily(Daily { when, ..daily.clone() })));
    }
    for (change, bands) in other_bands(&daily.bands, &names(policy)) {
        all.push((change, Body::Daily(Daily { bands, ..daily.clone() })));
    }
    all
}

fn regular_changes(policy: &Policy, letters: &[&String], regular: &Regular) -> Vec<(String, Body)> {
    let mut all = Vec::new();
    for (change, does) in actions(policy, letters, &regular.does) {
        all.push((change, Body::Regular(Regular { does, ..regular.clone() })));
    }
    for moment in other_moments(regular.moment) {
        let change = moment.to_string();
        all.push((change, Body::Regular(Regular { moment, ..regular.clone() })));
    }
    let whom = if regular.whom == For::School { For::EachPupil } else { For::School };
    all.push((format!("for {whom}"), Body::Regular(Regular { whom, ..regular.clone() })));
    if regular.at_least.is_some() {
        let at_least = None;
        all.push(("no rate".to_owned(), Body::Regular(Regular { at_least, ..regular.clone() })));
    }
    if regular.below.is_some() {
        let below = None;
        all.push(("no rate".to_owned(), Body::Regular(Regular { below, ..regular.clone() })));
    }
    // Nothing below is looked at when no single pupil is.
    if !matches!(regular.whom, For::EachPupil | For::Teachers) {
        return all;
    }
    for when in Trend::ALL.iter().copied().filter(|when| *when != regular.when) {
        all.push((format!("when {when:?}"), Body::Regular(Regular { when, ..regular.clone() })));
    }
    for (change, bands) in other_bands(&regular.bands, &fitting_bands(policy, regular)) {
        all.push((change, Body::Regular(Regular { bands, ..regular.clone() })));
    }
    all
}

fn step_changes(policy: &Policy, letters: &[&String], step: &Step) -> Vec<(String, Body)> {
    let mut all = Vec::new();
    for (change, does) in actions(policy, letters, &step.does) {
        all.push((change, Step { does, ..step.clone() }));
    }
    let then = if step.then == Next::Closed { Next::Stay } else { Next::Closed };
    all.push(("another way on".to_owned(), Step { then, ..step.clone() }));
    for (change, at) in other_stages(policy, step) {
        all.push((change, Step { at, ..step.clone() }));
    }
    for (change, when) in other_outcomes(policy, step) {
        all.push((change, Step { when, ..step.clone() }));
    }
    for (change, bands) in other_bands(&step.bands, &possible_bands(policy, step)) {
        let new = Step { bands, ..step.clone() };
        if !collides(policy, step, &new) {
            all.push((change, new));
        }
    }
    all.into_iter().map(|(change, step)| (change, Body::Step(step))).collect()
}

fn draw_changes(draw: &Draw) -> Vec<(String, Body)> {
    let mut all = Vec::new();
    for moment in other_moments(draw.moment) {
        all.push((moment.to_string(), Body::Draw(Draw { moment, ..draw.clone() })));
    }
    if draw.tickets.is_some() {
        all.push(("no tickets".to_owned(), Body::Draw(Draw { tickets: None, ..draw.clone() })));
    }
    if draw.at_least.is_some() {
        all.push(("no rate".to_owned(), Body::Draw(Draw { at_least: None, ..draw.clone() })));
    }
    all
}

/// The names of all bands.
fn names(policy: &Policy) -> Vec<String> {
    policy.bands.iter().flat_map(|bands| bands.iter().map(|band| band.name.clone())).collect()
}

/// The bands in which the row can fit anybody: nobody can fall out of the lowest band, and a rate
/// that is asked for over the days of the bands leaves out those below it.
fn fitting_bands(policy: &Policy, regular: &Regular) -> Vec<String> {
    let mut bands = names(policy);
    if regular.when == Trend::AtRisk && !bands.is_empty() {
        bands.remove(0);
    }
    let least = regular.at_least.filter(|_| regular.over == policy.over);
    let from = |name: &String| {
        policy.band_rows().find(|(_, band)| band.name == *name).map(|(_, band)| band.from)
    };
    if let Some(least) = least {
        let own = bands.iter().filter_map(from).filter(|from| *from <= least).max();
        bands.retain(|name| from(name) >= own);
    }
    bands
}

/// The bands in which the step can be asked at all; none when no figure is looked at.
fn possible_bands(policy: &Policy, step: &Step) -> Vec<String> {
    let asked = |situation: &Situation| {
        (step.at.contains(&situation.at) || step.at.iter().any(|at| at == EVERY_STAGE))
            && step.when.contains(&situation.outcome)
    };
    let happens = |situation: &Situation| match (policy.improved, policy.improved_rate) {
        (Improvement::Reaches, Some(least)) => {
            let on_target = policy
                .band_rows()
                .any(|(_, band)| Some(&band.name) == situation.band.as_ref() && band.from >= least);
            match Outcome::read(&situation.outcome) {
                Some(Outcome::Improved) => on_target,
                Some(Outcome::Better | Outcome::NotImproved) => !on_target,
                _ => true,
            }
        }
        // Nobody moves up into the lowest band.
        _ => {
            Outcome::read(&situation.outcome) != Some(Outcome::MovedUp)
                || situation.band != names(policy).first().cloned()
        }
    };
    let all = situations(policy);
    let mut bands: Vec<String> = Vec::new();
    for situation in all.iter().filter(|situation| asked(situation) && happens(situation)) {
        bands.extend(situation.band.clone().filter(|band| !bands.contains(band)));
    }
    bands
}

/// Fewer bands, others, and no limit at all.
fn other_bands(bands: &[String], possible: &[String]) -> Vec<(String, Vec<String>)> {
    let mut all = Vec::new();
    if bands.is_empty() {
        for band in possible.iter().filter(|_| possible.len() > 1) {
            all.push((format!("only in {band:?}"), vec![band.clone()]));
        }
        return all;
    }
    if possible.iter().any(|band| !bands.contains(band)) {
        all.push(("in every band".to_owned(), Vec::new()));
    }
    for gone in bands.iter().filter(|band| possible.contains(band)) {
        let mut fewer = bands.to_vec();
        fewer.retain(|band| band != gone);
        if !fewer.is_empty() {
            all.push((format!("not in {gone:?}"), fewer.clone()));
        }
        for other in possible.iter().filter(|band| !bands.contains(band)) {
            let mut instead = fewer.clone();
            instead.push(other.clone());
            all.push((format!("in {other:?} instead of {gone:?}"), instead));
        }
    }
    all
}

/// Whether the step as it would be answers what another step answers: no policy any more.
fn collides(policy: &Policy, step: &Step, new: &Step) -> bool {
    let bands = names(policy);
    let news = bands
        .iter()
        .filter(|band| new.bands.is_empty() || new.bands.contains(band))
        .filter(|band| !step.bands.is_empty() && !step.bands.contains(band));
    news.into_iter().any(|band| {
        step.at.iter().any(|at| {
            step.when.iter().any(|outcome| {
                let (at, outcome) = (at.clone(), outcome.clone());
                !answers(policy, &Situation { at, outcome, band: Some(band.clone()) }).is_empty()
            })
        })
    })
}

/// Fewer stages, and others.
fn other_stages(policy: &Policy, step: &Step) -> Vec<(String, Vec<String>)> {
    let asked = |stage: &&str| {
        policy.stage(stage).is_some_and(|stage| {
            outcomes(policy, stage).iter().any(|outcome| step.when.contains(outcome))
        })
    };
    let stages: Vec<&str> = policy.stages.iter().map(|stage| stage.name.as_str()).collect();
    let mut all = Vec::new();
    for gone in &step.at {
        let fewer = step.at.iter().filter(|at| *at != gone).cloned();
        let fewer: Vec<String> = fewer.collect();
        if !fewer.is_empty() {
            all.push((format!("not at {gone:?}"), fewer));
        }
    }
    if step.at.iter().any(|at| at == EVERY_STAGE) {
        let asked: Vec<&str> = stages.iter().copied().filter(asked).collect();
        for stage in asked.iter().filter(|_| asked.len() > 1) {
            all.push((format!("only at {stage:?}"), vec![(*stage).to_owned()]));
        }
    } else if let Some(other) = stages.iter().find(|stage| !step.at.iter().any(|at| at == *stage)) {
        all.push((format!("at {other:?}"), vec![(*other).to_owned()]));
    }
    all
}

/// Fewer outcomes, and others.
fn other_outcomes(policy: &Policy, step: &Step) -> Vec<(String, Vec<String>)> {
    let mut all = Vec::new();
    for gone in &step.when {
        let fewer = step.when.iter().filter(|when| *when != gone).cloned();
        let fewer: Vec<String> = fewer.collect();
        if !fewer.is_empty() {
            all.push((format!("not when {gone:?}"), fewer));
        }
    }
    let first = step.at.first().filter(|at| *at != START).and_then(|at| policy.stage(at));
    for other in first.into_iter().flat_map(|stage| outcomes(policy, stage)) {
        if !step.when.contains(&other) {
            all.push((format!("when {other:?}"), vec![other]));
        }
    }
    all
}

/// One action fewer, or one thing about an action changed.
fn actions(policy: &Policy, letters: &[&String], does: &[Action]) -> Vec<(String, Vec<Action>)> {
    let mut all = Vec::new();
    for (at, action) in does.iter().enumerate() {
        let mut fewer = does.to_vec();
        fewer.remove(at);
        all.push((format!("without \"{action}\""), fewer));
        for new in others(policy, letters, action) {
            let change = format!("\"{new}\" instead of \"{action}\"");
            let mut changed = does.to_vec();
            changed.splice(at..=at, [new]);
            all.push((change, changed));
        }
    }
    all
}

fn others(policy: &Policy, letters: &[&String], action: &Action) -> Vec<Action> {
    let other_role = |role: &String| policy.roles.keys().find(|other| *other != role).cloned();
    let mut all = Vec::new();
    if action.kind == Do::Letter {
        let other = letters.iter().find(|letter| ***letter != action.what);
        all.extend(other.map(|what| Action { what: (*what).clone(), ..action.clone() }));
    }
    if action.by.is_some() {
        let by = action.by.as_ref().and_then(other_role);
        all.push(Action { by, ..action.clone() });
    }
    if action.to.is_some() {
        let to = action.to.as_ref().and_then(other_role);
        all.push(Action { to, ..action.clone() });
    }
    for at in 0..action.with.len() {
        let mut with = action.with.clone();
        with.remove(at);
        all.push(Action { with, ..action.clone() });
    }
    if let Some(days) = action.within {
        all.push(Action { within: Some(days + 1), ..action.clone() });
    }
    if action.before.is_some() {
        all.push(Action { before: Some("23:59".to_owned()), ..action.clone() });
    }
    if action.only_if.is_some() {
        all.push(Action { only_if: None, ..action.clone() });
    }
    if action.unless.is_some() {
        all.push(Action { unless: None, ..action.clone() });
    }
    if action.rate.is_some() {
        let what = Percent::HUNDRED.to_string();
        all.push(Action { rate: Some(Percent::HUNDRED), what, ..action.clone() });
    }
    if let Some(weeks) = action.school_weeks {
        all.push(Action { school_weeks: Some(weeks + 1), ..action.clone() });
    }
    all
}

/// Every other cadence, and a day on which nothing else falls.
fn other_moments(moment: Moment) -> Vec<Moment> {
    let every = Every::ALL.iter().copied().filter(|every| *every != moment.every);
    // Every day of the week: on one day of it would be weekly again.
    let on = |every| if every == Every::Day { On::LastDay } else { moment.on };
    let mut all: Vec<Moment> = every.map(|every| Moment { every, on: on(every) }).collect();
    let on = if moment.on == On::Tuesday { On::Monday } else { On::Tuesday };
    if moment.every != Every::Day {
        all.push(Moment { every: moment.every, on });
    }
    all
}
