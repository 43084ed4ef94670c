//! Cases that something becomes of by itself: those whose stage falls due, and those whose pupil has left the roll.

use diesel::prelude::*;
use diesel::sql_types::{Date, Integer, Nullable};

use schema::case_state;

use base::prelude::*;

/// An open case, as far as it takes to say when its stage falls due.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = case_state)]
pub struct Waiting {
    /// The school that follows it.
    pub school_id: SchoolId,
    /// The policy under which it was opened.
    pub policy: String,
    /// The policy's version.
    pub version: i32,
    /// The school's answers to the policy's settings then.
    pub answers: Value,
    /// The stage.
    pub stage: Option<String>,
    /// Since when it is there.
    pub since: NaiveDate,
    /// The last day of the running target.
    pub target_to: Option<NaiveDate>,
}

/// An open case whose pupil is not on the roll of its school any more.
#[derive(Debug, Clone, QueryableByName)]
pub struct LeftBehind {
    /// The case.
    #[diesel(sql_type = Integer)]
    pub case_id: CaseId,
    /// The school of the trust on whose roll the pupil is now.
    #[diesel(sql_type = Nullable<Integer>)]
    pub now_at: Option<SchoolId>,
}

/// Every open case of the trust that the caller may see.
pub fn waiting(tx: &mut Tx) -> Result<Vec<Waiting>> {
    let open = Waiting::query().filter(case_state::stage.is_not_null());
    Ok(open.load(tx.conn)?)
}

/// The open cases whose pupil is not on the roll of the school on a day. Whoever is to join another school of the trust
/// later is waited for.
pub fn left_behind(tx: &mut Tx, day: NaiveDate) -> Result<Vec<LeftBehind>> {
    Ok(diesel::sql_query(
        "SELECT c.case_id, n.now_at FROM case_state c \
         CROSS JOIN LATERAL ( \
             SELECT bool_or(e.school_id = c.school_id AND days.here) AS stays, \
                    bool_or(days.comes) AS comes, \
                    min(e.school_id) FILTER (WHERE days.here) AS now_at \
             FROM enrolment e \
             JOIN pupil p ON p.trust_id = $1 AND p.pupil_id = c.pupil_id \
             CROSS JOIN LATERAL ( \
                 SELECT d.first_day <= $2 AND (d.last_day IS NULL OR d.last_day >= $2) AS here, \
                        d.first_day > $2 AND (d.last_day IS NULL OR d.last_day >= d.first_day) AS comes \
                 FROM enrolment_days d \
                 WHERE d.trust_id = $1 AND d.school_id = e.school_id AND d.enrolment_id = e.enrolment_id \
                 ORDER BY d.recorded_at DESC LIMIT 1) days \
             WHERE e.trust_id = $1 AND e.pupil_id = coalesce(p.merged_into, c.pupil_id)) n \
         WHERE c.trust_id = $1 AND c.stage IS NOT NULL AND NOT coalesce(n.stays, false) \
           AND (n.now_at IS NOT NULL OR NOT coalesce(n.comes, false)) \
         ORDER BY c.case_id",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Date, _>(day)
    .load(tx.conn)?)
}
