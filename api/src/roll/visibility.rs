//! Owns: pupil.school_ids, parent.school_ids, penalty_notice.school_ids, letter_stop.school_ids.
//!
//! Who is visible where: row-level security reads these columns, and they are widened here and nowhere else.

use diesel::prelude::*;
use diesel::sql_types::{Array, Integer};

use crate::base::db::Tx;
use crate::base::id::{PupilId, SchoolId};
use crate::base::problem::Problem;

/// What holds for a pupil wherever the pupil is taught: penalty notices, and that letters are stopped.
const FOLLOW: [&str; 2] = ["UPDATE penalty_notice", "UPDATE letter_stop"];

/// Lets a school see a pupil whom it enrols, the records that were merged into the pupil's, and the pupil's parents.
pub fn let_see(tx: &mut Tx<'_>, pairs: &[(PupilId, SchoolId)]) -> Result<(), Problem> {
    let (pupils, schools): (Vec<PupilId>, Vec<SchoolId>) = pairs.iter().copied().unzip();
    diesel::sql_query(
        "WITH enrolled AS (SELECT * FROM unnest($1, $2) AS u (pupil_id, school_id)), \
              seen AS (SELECT pupil_id, school_id FROM enrolled UNION ALL \
                       SELECT p.pupil_id, e.school_id FROM enrolled e \
                       JOIN pupil p ON p.trust_id = $3 AND p.merged_into = e.pupil_id) \
         UPDATE pupil p SET school_ids = p.school_ids || w.schools \
         FROM (SELECT pupil_id, array_agg(DISTINCT school_id) AS schools FROM seen GROUP BY pupil_id) w \
         WHERE p.trust_id = $3 AND p.pupil_id = w.pupil_id AND NOT p.school_ids @> w.schools",
    )
    .bind::<Array<Integer>, _>(pupils)
    .bind::<Array<Integer>, _>(schools)
    .bind::<Integer, _>(tx.trust())
    .execute(tx.conn)?;
    for update in FOLLOW {
        let_see_about(tx, update, pairs)?;
    }
    let_see_parents(tx, pairs)
}

/// Lets a school see what was recorded about a pupil whom it enrols, and holds wherever the pupil is taught.
fn let_see_about(
    tx: &mut Tx<'_>,
    update: &str,
    pairs: &[(PupilId, SchoolId)],
) -> Result<(), Problem> {
    let (pupils, schools): (Vec<PupilId>, Vec<SchoolId>) = pairs.iter().copied().unzip();
    diesel::sql_query(format!(
        "{update} r SET school_ids = r.school_ids || w.schools \
         FROM (SELECT pupil_id, array_agg(DISTINCT school_id) AS schools \
               FROM unnest($1, $2) AS u (pupil_id, school_id) GROUP BY pupil_id) w \
         WHERE r.trust_id = $3 AND r.pupil_id = w.pupil_id AND NOT r.school_ids @> w.schools",
    ))
    .bind::<Array<Integer>, _>(pupils)
    .bind::<Array<Integer>, _>(schools)
    .bind::<Integer, _>(tx.trust())
    .execute(tx.conn)?;
    Ok(())
}

/// Lets a school see the parents of a pupil whom it enrols, those of records that were merged into the pupil's too.
pub fn let_see_parents(tx: &mut Tx<'_>, pairs: &[(PupilId, SchoolId)]) -> Result<(), Problem> {
    let (pupils, schools): (Vec<PupilId>, Vec<SchoolId>) = pairs.iter().copied().unzip();
    diesel::sql_query(
        "WITH enrolled AS (SELECT * FROM unnest($1, $2) AS u (pupil_id, school_id)), \
              seen AS (SELECT pupil_id, school_id FROM enrolled UNION ALL \
                       SELECT p.pupil_id, e.school_id FROM enrolled e \
                       JOIN pupil p ON p.trust_id = $3 AND p.merged_into = e.pupil_id) \
         UPDATE parent a SET school_ids = a.school_ids || w.schools \
         FROM (SELECT l.parent_id, array_agg(DISTINCT s.school_id) AS schools FROM seen s \
               JOIN pupil_parent l ON l.trust_id = $3 AND l.pupil_id = s.pupil_id GROUP BY l.parent_id) w \
         WHERE a.trust_id = $3 AND a.parent_id = w.parent_id AND NOT a.school_ids @> w.schools",
    )
    .bind::<Array<Integer>, _>(pupils)
    .bind::<Array<Integer>, _>(schools)
    .bind::<Integer, _>(tx.trust())
    .execute(tx.conn)?;
    Ok(())
}
