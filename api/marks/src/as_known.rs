//! Marks as they were known on an earlier instant.

use diesel::prelude::*;

use super::rows::marks_of_schools;
use base::prelude::*;
use schema::mark_event;

/// The marks of a year, with every later change undone, the last one first.
pub fn marks_as_known(
    tx: &mut Tx,
    schools: &[SchoolId],
    year: AcademicYear,
    at: DateTime<Utc>,
) -> Result<BTreeMap<EnrolmentId, Vec<u8>>> {
    let mut marks = marks_of_schools(tx, schools, year.number())?;
    let changes: Vec<(Vec<EnrolmentId>, i16, i16, Vec<u8>)> = mark_event::table
        .filter(mark_event::trust_id.eq(tx.trust()).and(mark_event::school_id.eq_any(schools)))
        .filter(mark_event::year.eq(year.number()).and(mark_event::recorded_at.gt(at)))
        .order((mark_event::school_id, mark_event::version.desc(), mark_event::part.desc()))
        .select((
            mark_event::enrolment_ids,
            mark_event::first_half_day,
            mark_event::half_days,
            mark_event::old,
        ))
        .load(tx.conn)?;
    for (enrolments, first, half_days, old) in changes {
        let first = usize::try_from(first).map_err(Problem::internal)?;
        let half_days = usize::try_from(half_days).map_err(Problem::internal)?;
        for (enrolment, old) in enrolments.iter().zip(old.chunks(half_days)) {
            let present =
                marks.get_mut(enrolment).and_then(|year| year.get_mut(first..first + half_days));
            if let Some(present) = present.filter(|present| present.len() == old.len()) {
                present.copy_from_slice(old);
            }
        }
    }
    Ok(marks)
}
