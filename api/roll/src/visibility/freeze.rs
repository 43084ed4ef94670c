//! Owns: pupil_copy, pupil.school_ids.
//!
//! What a school that a child has left goes on knowing: names and number as they stood, whatever is corrected later.

use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Timestamptz};

use super::standing::readers_of_pupils;

use base::prelude::*;

/// Keeps a copy of what stands in a pupil's row for the schools that see nothing later, before it is corrected at `at`.
pub fn freeze(tx: &mut Tx, pupil_id: PupilId, at: DateTime<Utc>) -> Result<()> {
    let readers = readers_of_pupils(tx, &[pupil_id])?.remove(&pupil_id).unwrap_or_default();
    tx.whole_trust(|tx| {
        diesel::sql_query(
            "INSERT INTO pupil_copy \
                 (trust_id, pupil_id, recorded_at, school_ids, known_to, upn, surname, forename, name_key, given_key, \
                  birth_date, sex, merged_into) \
             SELECT trust_id, pupil_id, $3, ARRAY(SELECT s FROM unnest(school_ids) AS s WHERE s <> ALL ($4)), known_to, \
                 upn, surname, forename, name_key, given_key, birth_date, sex, merged_into \
             FROM pupil WHERE trust_id = $1 AND pupil_id = $2 AND NOT school_ids <@ $4",
        )
        .bind::<Integer, _>(tx.trust())
        .bind::<Integer, _>(pupil_id)
        .bind::<Timestamptz, _>(at)
        .bind::<Array<Integer>, _>(&readers)
        .execute(tx.conn)?;
        diesel::sql_query(
            "UPDATE pupil SET school_ids = $3 WHERE trust_id = $1 AND pupil_id = $2 AND school_ids <> $3",
        )
        .bind::<Integer, _>(tx.trust())
        .bind::<Integer, _>(pupil_id)
        .bind::<Array<Integer>, _>(&readers)
        .execute(tx.conn)?;
        Ok(())
    })
}

/// Writes into a pupil's copies what is for every school that ever had the pupil: date of birth and sex, which decide
/// its figures, and the record that this one was merged into.
pub fn tell_copies(tx: &mut Tx, pupil_id: PupilId) -> Result<()> {
    tx.whole_trust(|tx| {
        diesel::sql_query(
            "UPDATE pupil_copy c SET birth_date = p.birth_date, sex = p.sex, merged_into = p.merged_into \
             FROM pupil p WHERE c.trust_id = $1 AND c.pupil_id = $2 AND p.trust_id = $1 AND p.pupil_id = $2",
        )
        .bind::<Integer, _>(tx.trust())
        .bind::<Integer, _>(pupil_id)
        .execute(tx.conn)?;
        Ok(())
    })
}
