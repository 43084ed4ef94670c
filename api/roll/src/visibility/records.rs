//! Records of children of whom the caller knows, as they stand: for whoever decides by them what may be done, whether
//! or not the caller sees them as they stand.

use diesel::prelude::*;

use base::prelude::*;
use schema::{pupil, pupil_known};

/// A record of a child.
#[derive(Clone, HasQuery)]
#[diesel(table_name = pupil)]
pub struct Record {
    /// The pupil.
    pub pupil_id: PupilId,
    /// Every school that has ever enrolled the child.
    pub known_to: Vec<SchoolId>,
    /// The record that this one was merged into.
    pub merged_into: Option<PupilId>,
}

/// These records, in the order asked for. Errors: 404 for one that the caller does not know.
pub fn records(tx: &mut Tx, pupils: &[PupilId]) -> Result<Vec<Record>> {
    read(tx, pupils, false)
}

/// As [`records`]; nobody else changes them until this transaction has ended.
pub fn lock_records(tx: &mut Tx, pupils: &[PupilId]) -> Result<Vec<Record>> {
    read(tx, pupils, true)
}

fn read(tx: &mut Tx, pupils: &[PupilId], lock: bool) -> Result<Vec<Record>> {
    let trust = tx.trust();
    let known = pupil_known::trust_id.eq(trust).and(pupil_known::pupil_id.eq_any(pupils));
    let known = pupil_known::table.filter(known).select(pupil_known::pupil_id);
    let known: BTreeSet<PupilId> = known.load(tx.conn)?.into_iter().collect();
    let rows: Vec<Record> = tx.whole_trust(|tx| {
        let these = pupil::trust_id.eq(trust).and(pupil::pupil_id.eq_any(pupils));
        let rows = pupil::table.filter(these).order(pupil::pupil_id).select(Record::as_select());
        Ok(if lock { rows.for_update().load(tx.conn)? } else { rows.load(tx.conn)? })
    })?;
    let rows = rows.into_iter().filter(|row| known.contains(&row.pupil_id));
    let rows: BTreeMap<PupilId, Record> = rows.map(|row| (row.pupil_id, row)).collect();
    pupils.iter().map(|one| rows.get(one).cloned().ok_or_else(Problem::not_found)).collect()
}
