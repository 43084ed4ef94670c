//! Whom to contact about many pupils at once, and whom not.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::link::Link;
use super::rows::{self, ParentRow};
use super::ties::{Tie, ties_of_parents, ties_of_pupils};
use crate::db::Tx;
use crate::http::problem::Problem;

/// Somebody who is a parent of a pupil on a day.
pub struct ParentOf {
    /// Who they are.
    pub parent: ParentRow,
    /// What they are to the pupil.
    pub link: Link,
    /// Whether nothing has to be respected before they are contacted about this pupil.
    pub may_contact: bool,
}

/// The parents of these pupils on a day, by pupil, in the order in which they are called.
///
/// # Errors
/// The database's.
pub fn parents_of(
    tx: &mut Tx<'_>,
    pupils: &[i32],
    day: NaiveDate,
) -> Result<BTreeMap<i32, Vec<ParentOf>>, Problem> {
    let mut ties = ties_of_pupils(tx, pupils)?;
    ties.retain(|tie| stands(tie, day));
    let ids: Vec<i32> = ties.iter().map(|tie| tie.parent_id).collect();
    let rows = rows::parents(tx, &ids)?.into_iter().map(|row| (row.parent_id, row));
    let by_id: BTreeMap<i32, ParentRow> = rows.collect();
    let mut found: BTreeMap<i32, Vec<ParentOf>> = BTreeMap::new();
    for tie in ties {
        let Some(parent) = by_id.get(&tie.parent_id).cloned() else { continue };
        let may_contact = !tie.safeguards.stand(day);
        found.entry(tie.pupil_id).or_default().push(ParentOf {
            parent,
            link: tie.link,
            may_contact,
        });
    }
    Ok(found)
}

/// The children of these parents on a day about whom they may be contacted, as far as the caller may see them: parent and
/// pupil.
///
/// # Errors
/// The database's.
pub fn children_of(
    tx: &mut Tx<'_>,
    parents: &[i32],
    day: NaiveDate,
) -> Result<Vec<(i32, i32)>, Problem> {
    let ties = ties_of_parents(tx, parents)?.into_iter();
    let open = ties.filter(|tie| stands(tie, day) && !tie.safeguards.stand(day));
    Ok(open.map(|tie| (tie.parent_id, tie.pupil_id)).collect())
}

fn stands(tie: &Tie, day: NaiveDate) -> bool {
    tie.link.last_day.is_none_or(|last| day <= last)
}
