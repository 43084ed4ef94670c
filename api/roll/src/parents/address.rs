//! Where a parent lives with a child of another school: that child's address, which is not for this one.
//!
//! A parent of a brother and a sister at two schools is one person. Each school has the parent's own numbers; the postal
//! address is that of the child who lives there.

use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Integer};
use domain::ContactKind;

use super::person::Person;
use super::rows::ParentRow;
use base::db::Schools;
use base::prelude::*;

/// Parents who live with a child whom the caller's schools have not, and with none whom they have; when they have no
/// child of the parent any more, those whom they had count instead.
const ELSEWHERE: &str = "\
    SELECT parent_id FROM ( \
        SELECT l.parent_id, p.kept_by && $3 AS kept, p.school_ids && $3 AS known, \
               l.lives_with AND (l.last_day IS NULL OR l.last_day >= $4) AS lives \
        FROM (SELECT DISTINCT ON (pupil_id, parent_id) pupil_id, parent_id, lives_with, last_day, taken_back \
              FROM pupil_parent WHERE trust_id = $1 AND parent_id = ANY ($2) \
              ORDER BY pupil_id, parent_id, recorded_at DESC) l \
        JOIN pupil p ON p.trust_id = $1 AND p.pupil_id = l.pupil_id \
        WHERE NOT l.taken_back) child \
    GROUP BY parent_id \
    HAVING CASE WHEN bool_or(kept) THEN bool_or(lives AND NOT kept) AND NOT bool_or(lives AND kept) \
                ELSE bool_or(lives AND NOT known) AND NOT bool_or(lives AND known) END";

/// Of these parents those whose address is that of a child of another school.
pub(super) fn elsewhere(tx: &mut Tx, parents: &[ParentId]) -> Result<BTreeSet<ParentId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        parent_id: ParentId,
    }
    let Schools::Only(own): Schools = tx.scope().schools().clone() else {
        return Ok(BTreeSet::new());
    };
    let today = tx.clock().today();
    let rows: Vec<Row> = tx.whole_trust(|tx| {
        Ok(diesel::sql_query(ELSEWHERE)
            .bind::<Integer, _>(tx.trust())
            .bind::<Array<Integer>, _>(parents)
            .bind::<Array<Integer>, Vec<SchoolId>>(own)
            .bind::<Date, _>(today)
            .load(tx.conn)?)
    })?;
    Ok(rows.into_iter().map(|row| row.parent_id).collect())
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
