//! The parents of many pupils at once, for lists and returns.

use super::link::Link;
use super::rows::{self, ParentRow};
use super::ties::{Tie, ties_of_parents, ties_of_pupils};
use crate::pupils::on_roll;
use base::prelude::*;
use school::tenants;

/// A parent of a pupil, as a list names them.
pub struct ParentOf {
    /// Who they are.
    pub parent: ParentRow,
    /// What they are to the pupil.
    pub link: Link,
    /// Whether they are not contacted without asking whoever leads on safeguarding.
    pub ask_first: bool,
}

/// A school that has a brother or sister of a pupil.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SchoolToAsk {
    /// The school.
    pub school_id: SchoolId,
    /// Its name.
    pub name: String,
}

/// Who are parents of these pupils on a day, and whom the school rings beside them ([`Relationship::is_parent`]), each
/// pupil's in the order in which they are called.
///
/// [`Relationship::is_parent`]: domain::Relationship::is_parent
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
        let ask_first = tie.safeguards.silence(day);
        found.entry(tie.pupil_id).or_default().push(ParentOf { parent, link: tie.link, ask_first });
    }
    Ok(found)
}

/// Of these pupils those of whom something has to be respected about a parent on a day, each with whether nobody has said
/// yet what a court order does.
pub fn respected(
    tx: &mut Tx,
    pupils: &[PupilId],
    day: NaiveDate,
) -> Result<BTreeMap<PupilId, bool>> {
    let mut found = BTreeMap::new();
    for tie in ties_of_pupils(tx, pupils)?.iter().filter(|tie| tie.safeguards.stand(day)) {
        *found.entry(tie.pupil_id).or_default() |= tie.safeguards.ask(day);
    }
    Ok(found)
}

/// Whom nobody contacts on a day, among the parents of these pupils: pupil and parent.
pub fn protected(
    tx: &mut Tx,
    pupils: &[PupilId],
    day: NaiveDate,
) -> Result<BTreeSet<(PupilId, ParentId)>> {
    let ties = ties_of_pupils(tx, pupils)?;
    let standing = ties.into_iter().filter(|tie| tie.safeguards.silence(day));
    Ok(standing.map(|tie| (tie.pupil_id, tie.parent_id)).collect())
}

/// The other schools of the trust that have a brother or sister of these pupils on roll on a day: a school that looks for
/// a missing child asks them. It learns which schools they are and nothing of who is there.
pub fn schools_of_siblings(
    tx: &mut Tx,
    school_id: SchoolId,
    pupils: &[PupilId],
    day: NaiveDate,
) -> Result<BTreeMap<PupilId, BTreeSet<SchoolToAsk>>> {
    tx.whole_trust(|tx| {
        let mut ties = ties_of_pupils(tx, pupils)?;
        ties.retain(|tie| {
            tie.link.relationship.is_parent() && lasts(tie, day) && !tie.safeguards.silence(day)
        });
        let parents: BTreeSet<ParentId> = ties.iter().map(|tie| tie.parent_id).collect();
        let parents: Vec<ParentId> = parents.into_iter().collect();
        let children = children_of(tx, &parents, day)?;
        let ids: Vec<PupilId> = children.iter().map(|(_, child)| *child).collect();
        let roll = on_roll(tx, None, day, Some(&ids))?;
        let names: BTreeMap<SchoolId, String> =
            tenants::schools(tx)?.into_iter().map(|row| (row.school_id, row.name)).collect();
        let mut found: BTreeMap<PupilId, BTreeSet<SchoolToAsk>> = BTreeMap::new();
        for tie in &ties {
            let siblings = children
                .iter()
                .filter(|(parent, child)| *parent == tie.parent_id && *child != tie.pupil_id);
            for (_, sibling) in siblings {
                let there = roll.iter().filter(|on| on.pupil_id == *sibling);
                let schools = there.map(|on| on.school_id).filter(|school| *school != school_id);
                found.entry(tie.pupil_id).or_default().extend(schools.filter_map(|school_id| {
                    Some(SchoolToAsk { school_id, name: names.get(&school_id)?.clone() })
                }));
            }
        }
        Ok(found)
    })
}

/// The children of these parents on a day about whom they may be contacted, as far as the caller may see them: parent and
/// pupil.
pub fn children_of(
    tx: &mut Tx,
    parents: &[ParentId],
    day: NaiveDate,
) -> Result<Vec<(ParentId, PupilId)>> {
    let ties = ties_of_parents(tx, parents)?.into_iter();
    let open = ties.filter(|tie| {
        tie.link.relationship.is_parent() && lasts(tie, day) && !tie.safeguards.silence(day)
    });
    Ok(open.map(|tie| (tie.parent_id, tie.pupil_id)).collect())
}

fn lasts(tie: &Tie, day: NaiveDate) -> bool {
    tie.link.last_day.is_none_or(|last| day <= last)
}
