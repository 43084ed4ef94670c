//! Whether the caller may do something about a child, and the refusal of whoever may not.

use super::settle::settle;
use super::standing::{children, standings};
use super::table::{Act, Standing};
use base::db::Schools;
use base::prelude::*;

/// How the caller's schools stand to these pupils, of several the one that may most. A pupil of whom none of them knows
/// is not there.
pub fn mine(tx: &mut Tx, pupils: &[PupilId]) -> Result<BTreeMap<PupilId, Standing>> {
    match tx.scope().schools().clone() {
        Schools::Only(own) => of_schools(tx, &own, pupils),
        Schools::All => Ok(pupils.iter().map(|pupil| (*pupil, Standing::OnRoll)).collect()),
    }
}

/// How these schools stand to these pupils, whoever asks; of several the one that may most.
pub fn of_schools(
    tx: &mut Tx,
    own: &[SchoolId],
    pupils: &[PupilId],
) -> Result<BTreeMap<PupilId, Standing>> {
    let all = tx.whole_trust(|tx| standings(tx, pupils))?;
    let best = |(pupil, schools): (PupilId, BTreeMap<_, Standing>)| {
        let of_own = schools.into_iter().filter(|(school, _)| own.contains(school));
        Some((pupil, of_own.map(|(_, standing)| standing).max()?))
    };
    Ok(all.into_iter().filter_map(best).collect())
}

/// Of these pupils those about whom the caller may do that.
pub fn permitted(tx: &mut Tx, pupils: &[PupilId], act: Act) -> Result<Vec<PupilId>> {
    let may = mine(tx, pupils)?.into_iter().filter(|(_, standing)| standing.may(act));
    Ok(may.map(|(pupil, _)| pupil).collect())
}

/// Refuses what the caller's schools may not do about a pupil. Errors: 403 for a pupil of whom the caller knows; 404.
pub fn check(tx: &mut Tx, pupil_id: PupilId, act: Act) -> Result<()> {
    let standing = mine(tx, &[pupil_id])?.remove(&pupil_id).ok_or_else(Problem::not_found)?;
    if !standing.may(act) {
        return Err(refusal(standing));
    }
    settle(tx, &[pupil_id])
}

pub(super) fn refusal(standing: Standing) -> Problem {
    Problem::new(Kind::AnotherSchools).detail(standing.why_not())
}

/// Of these parents those of whom the caller sees what is recorded now: parents of a child of the caller's schools, and
/// nobody's parents, such as those of whom an import was taken back.
pub fn seen_parents(tx: &mut Tx, parents: &[ParentId]) -> Result<BTreeSet<ParentId>> {
    let mut seen: BTreeSet<ParentId> = parents.iter().copied().collect();
    if *tx.scope().schools() == Schools::All {
        return Ok(seen);
    }
    let children = tx.whole_trust(|tx| children(tx, parents))?;
    let pupils: BTreeSet<PupilId> = children.iter().map(|(_, pupil)| *pupil).collect();
    let ours = permitted(tx, &pupils.into_iter().collect::<Vec<_>>(), Act::See)?;
    let of_ours = |(parent, pupil): &(ParentId, PupilId)| ours.contains(pupil).then_some(*parent);
    let ours: BTreeSet<ParentId> = children.iter().filter_map(of_ours).collect();
    let of_others: BTreeSet<ParentId> = children.iter().map(|(parent, _)| *parent).collect();
    seen.retain(|parent| ours.contains(parent) || !of_others.contains(parent));
    Ok(seen)
}

/// Refuses a parent of whom the caller does not see what is recorded now. Errors: 403.
pub fn check_seen(tx: &mut Tx, parent_id: ParentId) -> Result<()> {
    match seen_parents(tx, &[parent_id])?.contains(&parent_id) {
        true => Ok(()),
        false => Err(refusal(Standing::Former)),
    }
}

/// How far the caller may write about a parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Everything.
    Change,
    /// Ways to reach the parent are added, and nothing else.
    Add,
}

/// How far the caller may write about a parent, of whom the caller knows: as about one of the children. Errors: 403.
pub fn check_parent(tx: &mut Tx, parent_id: ParentId) -> Result<Reach> {
    if *tx.scope().schools() == Schools::All {
        return Ok(Reach::Change);
    }
    let children = tx.whole_trust(|tx| children(tx, &[parent_id]))?;
    let children: Vec<PupilId> = children.into_iter().map(|(_, pupil)| pupil).collect();
    let standing = mine(tx, &children)?.into_values().max();
    settle(tx, &children)?;
    match standing {
        Some(standing) if standing.may(Act::ChangeParents) => Ok(Reach::Change),
        Some(standing) if standing.may(Act::AddParents) => Ok(Reach::Add),
        // Nobody's parent, such as one of whom an import was taken back.
        None if children.is_empty() => Ok(Reach::Change),
        standing => Err(refusal(standing.unwrap_or(Standing::Former))),
    }
}
