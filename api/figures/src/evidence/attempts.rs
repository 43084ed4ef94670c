//! Attempts to reach somebody about a pupil.

use diesel::prelude::*;

use schema::contact_attempt;

use base::prelude::*;

/// How often a school tried to reach somebody about a pupil without a visit; with a day, about days of absence from it
/// on.
pub fn attempts_since(
    tx: &mut Tx,
    school_id: SchoolId,
    pupil_id: PupilId,
    since: Option<NaiveDate>,
) -> Result<i64> {
    let kinds = ["call", "text", "email", "message", "talk"];
    let mut rows = contact_attempt::table
        .filter(
            contact_attempt::trust_id.eq(tx.trust()).and(contact_attempt::school_id.eq(school_id)),
        )
        .filter(contact_attempt::pupil_id.eq(pupil_id))
        .filter(contact_attempt::kind.eq_any(kinds))
        .into_boxed();
    rows = rows.narrow(since.map(|since| contact_attempt::day.ge(since)));
    Ok(rows.count().get_result(tx.conn)?)
}
