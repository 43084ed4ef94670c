//! Marks as they were known on an earlier instant.

use diesel::prelude::*;
use diesel::sql_types::{Array, Bytea, Integer, SmallInt, Timestamptz};

use super::rows::marks_of_schools;

use crate::base::prelude::*;

/// The marks of a year, with every later change undone, the last one first.
pub fn marks_as_known(
    tx: &mut Tx<'_>,
    schools: &[SchoolId],
    year: AcademicYear,
    at: DateTime<Utc>,
) -> Result<BTreeMap<EnrolmentId, Vec<u8>>, Problem> {
    #[derive(QueryableByName)]
    struct Change {
        #[diesel(sql_type = Array<Integer>)]
        enrolment_ids: Vec<EnrolmentId>,
        #[diesel(sql_type = SmallInt)]
        first_half_day: i16,
        #[diesel(sql_type = SmallInt)]
        half_days: i16,
        #[diesel(sql_type = Bytea)]
        old: Vec<u8>,
    }
    let mut marks = marks_of_schools(tx, schools, year.number())?;
    let changes: Vec<Change> = diesel::sql_query(
        "SELECT enrolment_ids, first_half_day, half_days, old FROM mark_event \
         WHERE trust_id = $1 AND school_id = ANY ($2) AND year = $3 AND recorded_at > $4 \
         ORDER BY school_id, version DESC, part DESC",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Array<Integer>, _>(schools)
    .bind::<SmallInt, _>(year.number())
    .bind::<Timestamptz, _>(at)
    .load(tx.conn)?;
    for change in changes {
        let first = usize::try_from(change.first_half_day).map_err(Problem::internal)?;
        let half_days = usize::try_from(change.half_days).map_err(Problem::internal)?;
        for (enrolment, old) in change.enrolment_ids.iter().zip(change.old.chunks(half_days)) {
            let present =
                marks.get_mut(enrolment).and_then(|year| year.get_mut(first..first + half_days));
            if let Some(present) = present.filter(|present| present.len() == old.len()) {
                present.copy_from_slice(old);
            }
        }
    }
    Ok(marks)
}
