//! The parents of many pupils at once, for lists and returns.

use super::link::Link;
use super::rows::{self, ParentRow};
use super::ties::{Tie, ties_of_parents, ties_of_pupils};

use base::prelude::*;

/// A parent of a pupil, as a list names them.
pub struct ParentOf {
    /// Who they are.
    pub parent: ParentRow,
    /// What they are to the pupil.
    pub link: Link,
    /// Whether they are not contacted without asking whoever leads on safeguarding.
    pub ask_first: bool,
}

/// Who are parents of these pupils on a day, each pupil's in the order in which they are called.
pub fn parents_of(
    tx: &mut Tx,
    pupils: &[PupilId],
    day: NaiveDate,
) -> Result<BTreeMap<PupilId, Vec<ParentOf>>> {
    let mut ties = ties_of_pupils(tx, pupils)?;
    ties.retain(|tie| lasts(tie, day));
    let ids: BTreeSet<ParentId> = ties.iter().map(|tie| tie.parent_id).collect();
    let ids: Vec<ParentId> = ids.into_iter().collect();
    let rows: BTreeMap<ParentId, ParentRow> =
        rows::parents(tx, &ids)?.into_iter().map(|row| (row.parent_id, row)).collect();
    let mut found: BTreeMap<PupilId, Vec<ParentOf>> = BTreeMap::new();
    for tie in ties {
        let Some(parent) = rows.get(&tie.parent_id).cloned() else { continue };
        let ask_first = tie.safeguards.stand(day);
        found.entry(tie.pupil_id).or_default().push(ParentOf { parent, link: tie.link, ask_first });
    }
    Ok(found)
}

/// Of these pupils those of whom something has to be respected about a parent on a day.
pub fn ask_first(tx: &mut Tx, pupils: &[PupilId], day: NaiveDate) -> Result<BTreeSet<PupilId>> {
    Ok(protected(tx, pupils, day)?.into_iter().map(|(pupil, _)| pupil).collect())
}

/// Whom something has to be respected of on a day, among the parents of these pupils: pupil and parent.
pub fn protected(
    tx: &mut Tx,
    pupils: &[PupilId],
    day: NaiveDate,
) -> Result<BTreeSet<(PupilId, ParentId)>> {
    let ties = ties_of_pupils(tx, pupils)?;
    let standing = ties.into_iter().filter(|tie| tie.safeguards.stand(day));
    Ok(standing.map(|tie| (tie.pupil_id, tie.parent_id)).collect())
}

/// The children of these parents on a day about whom they may be contacted, as far as the caller may see them: parent and
/// pupil.
pub fn children_of(
    tx: &mut Tx,
    parents: &[ParentId],
    day: NaiveDate,
) -> Result<Vec<(ParentId, PupilId)>> {
    let ties = ties_of_parents(tx, parents)?.into_iter();
    let open = ties.filter(|tie| lasts(tie, day) && !tie.safeguards.stand(day));
    Ok(open.map(|tie| (tie.parent_id, tie.pupil_id)).collect())
}

fn lasts(tie: &Tie, day: NaiveDate) -> bool {
    tie.link.last_day.is_none_or(|last| day <= last)
}
