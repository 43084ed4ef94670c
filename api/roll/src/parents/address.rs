//! Where a parent lives with a child of another school: that child's address, which is not for this one.
//!
//! A parent of a brother and a sister at two schools is one person. Each school has the parent's own numbers; the postal
//! address is that of the child who lives there.

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Date, Integer};
use domain::ContactKind;

use super::person::Person;
use super::rows::ParentRow;
use crate::visibility::{self, Act, Standing};
use base::db::Schools;
use base::prelude::*;

/// The children of these parents, and whether the parent lives with the child.
const CHILDREN: &str = "\
    SELECT parent_id, pupil_id, lives_with AND (last_day IS NULL OR last_day >= $3) AS lives \
    FROM (SELECT DISTINCT ON (pupil_id, parent_id) pupil_id, parent_id, lives_with, last_day, taken_back \
          FROM pupil_parent WHERE trust_id = $1 AND parent_id = ANY ($2) \
          ORDER BY pupil_id, parent_id, recorded_at DESC) l \
    WHERE NOT taken_back";

/// A child of a parent, whoever sees the child.
#[derive(QueryableByName)]
struct Child {
    #[diesel(sql_type = Integer)]
    parent_id: ParentId,
    #[diesel(sql_type = Integer)]
    pupil_id: PupilId,
    #[diesel(sql_type = Bool)]
    lives: bool,
}

/// Of these parents those whose address is that of a child of another school: who live with a child whom the caller's
/// schools have not, and with none whom they have. When they have no child of the parent any more, those whom they had
/// count instead.
pub(super) fn elsewhere(tx: &mut Tx, parents: &[ParentId]) -> Result<BTreeSet<ParentId>> {
    match tx.scope().schools().clone() {
        Schools::Only(own) => elsewhere_of(tx, &own, parents),
        Schools::All => Ok(BTreeSet::new()),
    }
}

/// Of these parents those whose address is that of a child of another school than these.
pub(super) fn elsewhere_of(
    tx: &mut Tx,
    own: &[SchoolId],
    parents: &[ParentId],
) -> Result<BTreeSet<ParentId>> {
    let today = tx.clock().today();
    let children: Vec<Child> = tx.whole_trust(|tx| {
        Ok(diesel::sql_query(CHILDREN)
            .bind::<Integer, _>(tx.trust())
            .bind::<Array<Integer>, _>(parents)
            .bind::<Date, _>(today)
            .load(tx.conn)?)
    })?;
    let pupils: BTreeSet<PupilId> = children.iter().map(|child| child.pupil_id).collect();
    let theirs = visibility::of_schools(tx, own, &pupils.into_iter().collect::<Vec<_>>())?;
    let mut of: BTreeMap<ParentId, Vec<(bool, Option<Standing>)>> = BTreeMap::new();
    for Child { parent_id, pupil_id, lives } in children {
        of.entry(parent_id).or_default().push((lives, theirs.get(&pupil_id).copied()));
    }
    Ok(of.into_iter().filter(|(_, children)| apart(children)).map(|(parent, _)| parent).collect())
}

fn apart(children: &[(bool, Option<Standing>)]) -> bool {
    let has = |standing: Option<Standing>| standing.is_some_and(|one| one.may(Act::AddParents));
    let has_one = children.iter().any(|(_, standing)| has(*standing));
    let ours =
        |standing: Option<Standing>| if has_one { has(standing) } else { standing.is_some() };
    let lives = |with_ours: bool| children.iter().any(|(lives, s)| *lives && ours(*s) == with_ours);
    lives(false) && !lives(true)
}

/// Leaves out the addresses that are not for the caller.
pub(super) fn hide(tx: &mut Tx, rows: &mut [ParentRow]) -> Result<()> {
    let with_address = rows.iter().filter(|row| row.person.contacts.iter().any(is_address));
    let parents: Vec<ParentId> = with_address.map(|row| row.parent_id).collect();
    if parents.is_empty() {
        return Ok(());
    }
    let elsewhere = elsewhere(tx, &parents)?;
    for row in rows.iter_mut().filter(|row| elsewhere.contains(&row.parent_id)) {
        row.person.contacts.retain(|contact| !is_address(contact));
    }
    Ok(())
}

/// A parent as the caller writes them, with the addresses that the caller was not shown.
pub(super) fn keep(tx: &mut Tx, old: &ParentRow, new: &Person) -> Result<Person> {
    let mut kept = new.clone();
    if elsewhere(tx, &[old.parent_id])?.contains(&old.parent_id) {
        let hidden = old.person.contacts.iter().filter(|contact| is_address(contact));
        kept.contacts.extend(hidden.cloned());
    }
    Ok(kept)
}

pub(super) fn is_address(contact: &super::Contact) -> bool {
    contact.kind == ContactKind::Address
}
