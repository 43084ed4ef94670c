//! The changes that are tried on a policy, to see whether its scenarios notice them.
//!
//! A change that cannot make a difference is not in the list: a band that the outcome cannot
//! happen in, or a trend where no single pupil is looked at.

mod actions;
mod bands;
mod whole;

use std::fmt::Display;

use crate::Percent;
use crate::policy::changes::actions::actions;
use crate::policy::changes::bands::{collides, fitting_bands, names, other_bands, possible_bands};
use crate::policy::model::{
    BandRow, Body, Daily, Draw, EVERY_STAGE, Moment, Next, Policy, Promise, Regular, Row, START,
    Step,
};
use crate::policy::outcome::outcomes;
use crate::policy::word::{Absence, Every, For, Kind, On};
use crate::word::Word;

pub(crate) use whole::{Whole, whole_changes};

/// A change in words, and the row as it would be; `None` is the row removed.
pub(crate) type Change = (String, Option<Row>);

/// The changes that are tried on a row.
pub(crate) fn changes(policy: &Policy, letters: &[&String], row: &Row) -> Vec<Change> {
    let bodies = match &row.body {
        Body::Band(band) => band_changes(band),
        Body::Daily(daily) => daily_changes(policy, letters, daily),
        Body::Regular(regular) => regular_changes(policy, letters, row.kind, regular),
        Body::Step(step) => step_changes(policy, letters, step),
        Body::Draw(draw) => draw_changes(draw),
        Body::Always(promise) => promise_changes(promise),
    };
    let mut all = vec![("the row removed".to_owned(), None)];
    all.extend(
        bodies.into_iter().map(|(change, body)| (change, Some(Row { body, ..row.clone() }))),
    );
    all
}

fn band_changes(band: &BandRow) -> Vec<(String, Body)> {
    let name = format!("not {}", band.name);
    let mut all = vec![("another name".to_owned(), BandRow { name, ..band.clone() })];
    for from in near(band.from) {
        all.push((format!("from {from}"), BandRow { from, ..band.clone() }));
    }
    if band.responsible.is_some() {
        let responsible = None;
        all.push(("nobody responsible".to_owned(), BandRow { responsible, ..band.clone() }));
    }
    if band.shown.is_some() {
        all.push(("nothing shown".to_owned(), BandRow { shown: None, ..band.clone() }));
    }
    all.into_iter().map(|(change, band)| (change, Body::Band(band))).collect()
}

fn daily_changes(policy: &Policy, letters: &[&String], daily: &Daily) -> Vec<(String, Body)> {
    let mut all = Vec::new();
    for (change, does) in actions(policy, letters, &daily.does) {
        all.push((change, Body::Daily(Daily { does, ..daily.clone() })));
    }
    for when in others::<Absence>(daily.when) {
        all.push((format!("when {when}"), Body::Daily(Daily { when, ..daily.clone() })));
    }
    for day in near_count(daily.day).into_iter().filter(|day| *day != Some(0)) {
        all.push((format!("day: {}", said(day)), Body::Daily(Daily { day, ..daily.clone() })));
    }
    for (change, bands) in other_bands(&daily.bands, &names(policy)) {
        all.push((change, Body::Daily(Daily { bands, ..daily.clone() })));
    }
    all
}

fn regular_changes(
    policy: &Policy,
    letters: &[&String],
    kind: Kind,
    regular: &Regular,
) -> Vec<(String, Body)> {
    let mut all = Vec::new();
    let mut add = |change: String, body: Regular| all.push((change, Body::Regular(body)));
    for (change, does) in actions(policy, letters, &regular.does) {
        add(change, Regular { does, ..regular.clone() });
    }
    for moment in other_moments(regular.moment) {
        add(moment.to_string(), Regular { moment, ..regular.clone() });
    }
    // A day of entry is a pupil's own, only responses have one, and every day is one already.
    let pupil = regular.whom == For::EachPupil;
    if kind == Kind::Response && pupil && !matches!(regular.moment.every, Every::Entry | Every::Day)
    {
        let on_entry = !regular.on_entry;
        add(format!("on entry: {on_entry}"), Regular { on_entry, ..regular.clone() });
    }
    // A child alone is a family too: only a row for families can tell the two apart.
    let alone = |whom: &For| (regular.whom, *whom) != (For::EachPupil, For::Families);
    for whom in others(regular.whom).filter(alone) {
        add(format!("for {whom}"), Regular { whom, ..regular.clone() });
    }
    if regular.decides.is_some() {
        let roles = policy.roles.keys().cloned().map(Some).chain([None]);
        for decides in roles.filter(|role| *role != regular.decides) {
            add(
                format!("{} decides", said(decides.as_ref())),
                Regular { decides, ..regular.clone() },
            );
        }
    }
    // Nothing below is looked at when neither a pupil's rate nor a class's is.
    let pupils = matches!(regular.whom, For::EachPupil | For::Families | For::Teachers);
    let rated = regular.at_least.or(regular.below).is_some();
    if let Some((count, least)) = regular.comes_to {
        for least in near_count(Some(least)) {
            let comes_to = least.filter(|least| *least > 0).map(|least| (count, least));
            let change = format!("{count}: {}", said(least));
            add(change, Regular { comes_to, ..regular.clone() });
        }
    }
    if !regular.at.is_empty() {
        add("without a stage".to_owned(), Regular { at: Vec::new(), ..regular.clone() });
    }
    if regular.whom == For::BestClass || pupils && rated {
        for over in others(regular.over) {
            add(format!("over the {over}"), Regular { over, ..regular.clone() });
        }
    }
    if !pupils {
        return all;
    }
    for at_least in other_rates(regular.at_least) {
        add(format!("at least {}", said(at_least)), Regular { at_least, ..regular.clone() });
    }
    for below in other_rates(regular.below) {
        add(format!("below {}", said(below)), Regular { below, ..regular.clone() });
    }
    for when in others(regular.when) {
        add(format!("when {when}"), Regular { when, ..regular.clone() });
    }
    for (change, bands) in other_bands(&regular.bands, &fitting_bands(policy, kind, regular)) {
        add(change, Regular { bands, ..regular.clone() });
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
    if let Some(name) = &draw.tickets {
        for tickets in [None, Some(format!("not {name}"))] {
            let change = format!("tickets: {}", said(tickets.as_ref()));
            all.push((change, Body::Draw(Draw { tickets, ..draw.clone() })));
        }
    }
    for at_least in other_rates(draw.at_least) {
        let change = format!("at least {}", said(at_least));
        all.push((change, Body::Draw(Draw { at_least, ..draw.clone() })));
    }
    for over in others(draw.over).filter(|_| draw.at_least.is_some()) {
        all.push((format!("over the {over}"), Body::Draw(Draw { over, ..draw.clone() })));
    }
    all
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

fn promise_changes(promise: &Promise) -> Vec<(String, Body)> {
    let text = format!("not {}", promise.text);
    let mut all = vec![("another promise".to_owned(), Promise { text, ..promise.clone() })];
    if promise.keeps.is_some() {
        all.push(("nothing kept".to_owned(), Promise { keeps: None, ..promise.clone() }));
    }
    all.into_iter().map(|(change, promise)| (change, Body::Always(promise))).collect()
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

/// What is said instead, in words.
fn said(new: Option<impl Display>) -> String {
    new.map_or_else(|| "nothing".to_owned(), |new| new.to_string())
}

/// Every other word.
fn others<W: Word>(word: W) -> impl Iterator<Item = W> {
    W::WORDS.iter().copied().filter(move |other| *other != word)
}

/// A tenth of a point less and more.
fn near(rate: Percent) -> Vec<Percent> {
    let thousandths = rate.thousandths();
    let near = [thousandths.checked_sub(100), Some(thousandths + 100)].into_iter().flatten();
    // More than 100% cannot be read.
    near.filter_map(|at| format!("{}.{:03}%", at / 1000, at % 1000).parse().ok()).collect()
}

/// A tenth of a point less and more, and no rate at all; nothing where there is none.
fn other_rates(rate: Option<Percent>) -> Vec<Option<Percent>> {
    let near = rate.into_iter().flat_map(near).map(Some);
    near.chain(rate.map(|_| None)).collect()
}

/// One less and one more, and no number at all; nothing where there is none.
fn near_count(count: Option<u32>) -> Vec<Option<u32>> {
    let near = count.into_iter().flat_map(|count| [count.checked_sub(1), Some(count + 1)]);
    let near: Vec<Option<u32>> = near.flatten().map(Some).collect();
    near.into_iter().chain(count.map(|_| None)).collect()
}
