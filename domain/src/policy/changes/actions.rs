//! One action of a row fewer, or one detail of it changed.

use crate::policy::changes::{near, near_count};
use crate::policy::check::RECIPIENTS;
use crate::policy::model::{Action, Policy};
use crate::policy::word::Do;

/// One action fewer, or one detail of an action changed.
pub(super) fn actions(
    policy: &Policy,
    letters: &[&String],
    does: &[Action],
) -> Vec<(String, Vec<Action>)> {
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
    let mut all = Vec::new();
    let mut add = |change: &dyn Fn(&mut Action)| {
        let mut new = action.clone();
        change(&mut new);
        all.push(new);
    };
    match action.kind {
        Do::Letter => letters
            .iter()
            .filter(|letter| ***letter != action.what)
            .for_each(|letter| add(&|new| new.what.clone_from(letter))),
        Do::Target => {}
        _ => add(&|new| new.what.insert_str(0, "not ")),
    }
    let roles = || policy.roles.keys().map(String::as_str);
    for role in others_than(action.by.as_deref(), roles()) {
        add(&|new| new.by.clone_from(&role));
    }
    for whom in others_than(action.to.as_deref(), roles().chain(RECIPIENTS.iter().copied())) {
        add(&|new| new.to.clone_from(&whom));
    }
    for role in policy.roles.keys() {
        let takes_part = action.with.contains(role);
        add(&|new| match takes_part {
            true => new.with.retain(|with| with != role),
            false => new.with.push(role.clone()),
        });
    }
    for days in near_count(action.within) {
        add(&|new| new.within = days);
    }
    for weeks in near_count(action.school_weeks) {
        add(&|new| new.school_weeks = weeks);
    }
    for least in near_count(action.unauthorised_at_least) {
        add(&|new| new.unauthorised_at_least = least);
    }
    for rate in action.rate.into_iter().flat_map(near) {
        add(&|new| (new.rate, new.what) = (Some(rate), rate.to_string()));
    }
    let words = |said: &Option<String>| others_than(said.as_deref(), ["another"].into_iter());
    for before in words(&action.before) {
        add(&|new| new.before.clone_from(&before));
    }
    for only_if in words(&action.only_if) {
        add(&|new| new.only_if.clone_from(&only_if));
    }
    for unless in words(&action.unless) {
        add(&|new| new.unless.clone_from(&unless));
    }
    all
}

/// All that could be said instead, nothing among it.
fn others_than<'a>(
    said: Option<&str>,
    known: impl Iterator<Item = &'a str>,
) -> Vec<Option<String>> {
    let known = known.map(Some).chain([None]);
    known.filter(|other| *other != said).map(|other| other.map(str::to_owned)).collect()
}
