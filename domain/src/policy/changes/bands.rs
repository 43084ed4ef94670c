//! The bands a row could name instead of its own, and still be a row of a policy.

use crate::policy::model::{EVERY_STAGE, Policy, Regular, Step};
use crate::policy::outcome::{Situation, answers, situations};
use crate::policy::word::{Improvement, Kind, Outcome, Trend};
use crate::word::Word;

/// The names of all bands.
pub(super) fn names(policy: &Policy) -> Vec<String> {
    policy.bands.iter().flat_map(|bands| bands.iter().map(|band| band.name.clone())).collect()
}

/// The bands in which the row can fit anybody: nobody can fall out of the lowest band, and a rate
/// that is asked for over the days of the bands leaves out those below it.
pub(super) fn fitting_bands(policy: &Policy, kind: Kind, regular: &Regular) -> Vec<String> {
    let mut bands = names(policy);
    if regular.when == Trend::AtRisk && !bands.is_empty() {
        bands.remove(0);
    }
    let same_days = kind == Kind::Reward || regular.over == policy.over;
    let least = regular.at_least.filter(|_| same_days);
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
pub(super) fn possible_bands(policy: &Policy, step: &Step) -> Vec<String> {
    let asked = |situation: &Situation| {
        (step.at.contains(&situation.at) || step.at.iter().any(|at| at == EVERY_STAGE))
            && step.when.contains(&situation.outcome)
    };
    let happens = |situation: &Situation| match policy.improved_at(Some(&situation.at)) {
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
pub(super) fn other_bands(bands: &[String], possible: &[String]) -> Vec<(String, Vec<String>)> {
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
pub(super) fn collides(policy: &Policy, step: &Step, new: &Step) -> bool {
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
