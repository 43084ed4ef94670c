//! Whether the caller may do something about a child, and the refusal of whoever may not.

use super::settle::settle;
use super::standing::{children, standings};
use super::table::{Act, Standing};
use base::db::Schools;
use base::prelude::*;

/// How the caller's schools stand to these pupils, of several the one that may most. A pupil of whom none of them knows
/// is not there.
pub fn mine(tx: &mut Tx, pupils: &[PupilId]) -> Result<BTreeMap<PupilId, Standing>> {
    let Schools::Only(own) = tx.scope().schools().clone() else {
        return Ok(pupils.iter().map(|pupil| (*pupil, Standing::OnRoll)).collect());
    };
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

fn refusal(standing: Standing) -> Problem {
    Problem::new(Kind::AnotherSchools).detail(standing.why_not())
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
