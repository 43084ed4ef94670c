//! A pupil is found by every UPN that the pupil ever had.
//!
//! UPNs change: a temporary one is replaced by a permanent one, a wrong one is corrected, two records of one child are
//! merged. What comes from elsewhere may still have the old one.

use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Text};

use super::records::PupilField;
use crate::pupils::PupilRow;
use base::prelude::*;
use schema::pupil_change;

/// UPNs of one statement.
const BATCH: usize = 100_000;

/// The pupil for each UPN: the one who has it now, otherwise the only pupil who had it before. A UPN that several pupils
/// used to have and none has now is left out.
pub fn pupils_by_upn(tx: &mut Tx, upns: &[String]) -> Result<BTreeMap<String, PupilRow>> {
    let trust = tx.trust();
    let mut found = BTreeMap::new();
    for some in upns.chunks(BATCH) {
        // Written out, because such a statement is planned anew every time. The query builder's are prepared once and
        // from the sixth time on keep one plan for all values: one that was made when the table was nearly empty
        // compares every pupil of the trust with every UPN of the file.
        let rows: Vec<PupilRow> = diesel::sql_query(
            "SELECT pupil_id, upn, surname, forename, birth_date, sex FROM pupil_known \
             WHERE trust_id = $1 AND upn = ANY ($2) AND merged_into IS NULL",
        )
        .bind::<Integer, _>(trust)
        .bind::<Array<Text>, _>(some)
        .load(tx.conn)?;
        found.extend(rows.into_iter().map(|row| (row.upn.clone(), row)));
        let others: Vec<&String> = some.iter().filter(|upn| !found.contains_key(*upn)).collect();
        if others.is_empty() {
            continue;
        }
        let rows: Vec<Formerly> = diesel::sql_query(
            "SELECT f.asked, p.pupil_id, p.upn, p.surname, p.forename, p.birth_date, p.sex FROM ( \
                 SELECT asked, min(pupil_id) AS pupil_id FROM ( \
                     SELECT upn AS asked, merged_into AS pupil_id FROM pupil_known \
                     WHERE trust_id = $1 AND upn = ANY ($2) AND merged_into IS NOT NULL \
                     UNION \
                     SELECT c.old, coalesce(q.merged_into, q.pupil_id) FROM pupil_change c \
                     JOIN LATERAL (SELECT pupil_id, merged_into FROM pupil_known \
                         WHERE trust_id = $1 AND pupil_id = c.pupil_id LIMIT 1) q ON true \
                     WHERE c.trust_id = $1 AND c.field = 'upn' AND c.old = ANY ($2) \
                 ) had GROUP BY asked HAVING count(*) = 1 \
             ) f JOIN LATERAL (SELECT * FROM pupil_known \
                 WHERE trust_id = $1 AND pupil_id = f.pupil_id LIMIT 1) p ON true",
        )
        .bind::<Integer, _>(trust)
        .bind::<Array<Text>, _>(others)
        .load(tx.conn)?;
        found.extend(rows.into_iter().map(|row| (row.asked, row.pupil)));
    }
    Ok(found)
}

#[derive(QueryableByName)]
struct Formerly {
    #[diesel(sql_type = Text)]
    asked: String,
    #[diesel(embed)]
    pupil: PupilRow,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = Integer)]
    pupil_id: PupilId,
}

/// Everybody who has or had this UPN, for a search.
pub fn pupils_with_upn(tx: &mut Tx, upn: &str) -> Result<Vec<PupilId>> {
    let ids: Vec<Id> = diesel::sql_query(
        "SELECT coalesce(merged_into, pupil_id) AS pupil_id FROM pupil_known WHERE trust_id = $1 AND upn = $2 \
         UNION \
         SELECT coalesce(q.merged_into, q.pupil_id) FROM pupil_change c \
         JOIN LATERAL (SELECT pupil_id, merged_into FROM pupil_known \
             WHERE trust_id = $1 AND pupil_id = c.pupil_id LIMIT 1) q ON true \
         WHERE c.trust_id = $1 AND c.field = 'upn' AND c.old = $2",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Text, _>(upn)
    .load(tx.conn)?;
    Ok(ids.into_iter().map(|id| id.pupil_id).collect())
}

/// The UPNs that a pupil had before, earliest first.
pub fn former_upns(tx: &mut Tx, pupil_id: PupilId) -> Result<Vec<String>> {
    let of_pupil = pupil_change::pupil_id.eq(pupil_id).and(pupil_change::field.eq(PupilField::Upn));
    let upns: Vec<Option<String>> = pupil_change::table
        .filter(pupil_change::trust_id.eq(tx.trust()).and(of_pupil))
        .order(pupil_change::recorded_at)
        .select(pupil_change::old)
        .load(tx.conn)?;
    Ok(upns.into_iter().flatten().collect())
}
