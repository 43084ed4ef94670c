//! A praise letter, for what a reward policy gives. It belongs to the policy and version that give it, whichever pathway
//! the school follows, and states the reward's own period.

use domain::Rate;
use school::policies::Follows;

use super::compose::compose;
use super::page::long;
use super::rows::{self, NewLetter};
use super::stops;
use super::write::child;
use base::prelude::*;

/// A letter that is to praise.
pub struct Praise<'a> {
    /// The letter.
    pub new: NewLetter<'a>,
    /// The rate that earned it.
    pub rate: Option<Rate>,
    /// The days that it was taken over.
    pub days: (NaiveDate, NaiveDate),
    /// The policy that gives it.
    pub follows: &'a Follows,
}

/// Writes it for each parent who may read it; held while all letters about the child are stopped.
pub fn praise(tx: &mut Tx, about: &Praise<'_>, by: &str) -> Result<Option<LetterId>> {
    let (new, rate) = (&about.new, about.rate);
    let stopped = stops::stopped(tx, &[new.pupil_id])?.contains(&new.pupil_id);
    let held = stopped.then_some("all letters are stopped").or(new.held);
    let Some(letter) = rows::add(tx, &NewLetter { held, ..new.clone() }, by)? else {
        return Ok(None);
    };
    let sessions = |count: fn(&Rate) -> u64| rate.as_ref().map(|rate| count(rate).to_string());
    let policy = &about.follows.policy;
    let band = rate.and_then(|rate| Some(policy.bands.as_ref()?.of(rate).name.clone()));
    let (from, to) = about.days;
    let of_the_reward = [
        ("rate", rate.map(|rate| rate.cut())),
        ("attended", sessions(|rate| rate.part())),
        ("possible", sessions(|rate| rate.whole())),
        ("absent", sessions(|rate| rate.whole() - rate.part())),
        ("period", Some(format!("{} to {}", long(from), long(to)))),
        ("band", band),
    ];
    let mut fields = child(tx, (new.school_id, new.pupil_id))?;
    fields.extend(
        of_the_reward.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))),
    );
    let letter = rows::fill(tx, &letter, &fields)?;
    if held.is_none() {
        compose(tx, &letter, about.follows)?;
    }
    Ok(Some(letter.letter_id))
}
