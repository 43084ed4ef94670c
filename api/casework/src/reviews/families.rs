//! Which pupils of a school are one family, and where a case was when it ended: read only where a policy asks for it.

use domain::Calendar;
use domain::policy::word::For;
use domain::policy::{Next, Policy};

use super::open::first_day_of_term;
use crate::cases;
use base::prelude::*;
use roll::parents::{ParentOf, children_of, parents_of};

/// What the children of one family have in common: the key of the first of them. Children are of one family who share a
/// parent of whom nothing has to be respected. Empty when none of these policies has a row for a family.
pub fn families(
    tx: &mut Tx,
    policies: &[&Policy],
    pupils: &[PupilId],
    day: NaiveDate,
) -> Result<BTreeMap<PupilId, i64>> {
    if !asks_for_families(policies) {
        return Ok(BTreeMap::new());
    }
    let mut children: BTreeMap<ParentId, Vec<PupilId>> = BTreeMap::new();
    for (pupil, parents) in parents_of(tx, pupils, day)? {
        let asked = |one: &ParentOf| !one.ask_first && one.link.relationship.is_parent();
        for parent in parents.into_iter().filter(asked) {
            children.entry(parent.parent.parent_id).or_default().push(pupil);
        }
    }
    let mut families: BTreeMap<PupilId, i64> =
        pupils.iter().map(|pupil| (*pupil, i64::from(pupil.number()))).collect();
    // A half-brother ties two households together: until no number changes any more.
    loop {
        let mut changed = false;
        for children in children.values() {
            let first = children.iter().filter_map(|pupil| families.get(pupil)).min().copied();
            for pupil in children {
                changed |= first.is_some() && families.get(pupil) != first.as_ref();
                families.extend(first.map(|first| (*pupil, first)));
            }
        }
        if !changed {
            return Ok(families);
        }
    }
}

/// Whether one of these policies has a row for a family.
fn asks_for_families(policies: &[&Policy]) -> bool {
    let of_families = |policy: &&Policy| policy.regular().any(|(_, row)| row.whom == For::Families);
    policies.iter().any(of_families)
}

/// As [`families`], of one pupil with brothers and sisters.
pub fn family_of(
    tx: &mut Tx,
    policies: &[&Policy],
    pupil_id: PupilId,
    day: NaiveDate,
) -> Result<BTreeMap<PupilId, i64>> {
    if !asks_for_families(policies) {
        return Ok(BTreeMap::new());
    }
    let parents = parents_of(tx, &[pupil_id], day)?.into_values().flatten();
    let parents = parents.filter(|one| one.link.relationship.is_parent());
    let parents: Vec<ParentId> = parents.map(|one| one.parent.parent_id).collect();
    let children = children_of(tx, &parents, day)?.into_iter().map(|(_, child)| child);
    let children: BTreeSet<PupilId> = children.chain([pupil_id]).collect();
    families(tx, policies, &children.into_iter().collect::<Vec<_>>(), day)
}

/// The stage at which the last case of each pupil ended that ended in the term of a day. Empty when no step of the policy
/// leads back there.
pub fn left_in_term(
    tx: &mut Tx,
    policy: &Policy,
    school_id: SchoolId,
    pupil_id: Option<PupilId>,
    (calendars, day): (&[Calendar], NaiveDate),
) -> Result<BTreeMap<PupilId, String>> {
    let leads_back = policy.steps().any(|(_, step)| step.then == Next::Left);
    match first_day_of_term(calendars, day).filter(|_| leads_back) {
        Some(first_day) => cases::left_since(tx, school_id, pupil_id, first_day),
        None => Ok(BTreeMap::new()),
    }
}
