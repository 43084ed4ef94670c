//! Days of absence about which somebody said why, or was reached.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use domain::Days;

use schema::{contact_attempt, leave_decision, leave_request, report_withdrawal, reported_absence};

use base::prelude::*;

/// Of some days those about which a pupil's absence was reported to a school, leave was decided, or somebody was
/// reached.
pub fn explained_days(
    tx: &mut Tx,
    (school_id, pupil_id): (SchoolId, PupilId),
    days: Days,
) -> Result<BTreeSet<NaiveDate>> {
    let trust = tx.trust();
    let withdrawn = report_withdrawal::table
        .filter(report_withdrawal::trust_id.eq(trust))
        .filter(report_withdrawal::report_id.eq(reported_absence::report_id));
    let mut spans: Vec<(NaiveDate, NaiveDate)> = reported_absence::table
        .filter(reported_absence::trust_id.eq(trust).and(reported_absence::school_id.eq(school_id)))
        .filter(reported_absence::pupil_id.eq(pupil_id).and(not(exists(withdrawn))))
        .select((reported_absence::first_day, reported_absence::last_day))
        .load(tx.conn)?;
    let decided = leave_decision::table
        .filter(leave_decision::trust_id.eq(trust))
        .filter(leave_decision::leave_id.eq(leave_request::leave_id));
    let leave: Vec<(NaiveDate, NaiveDate)> = leave_request::table
        .filter(leave_request::trust_id.eq(trust).and(leave_request::school_id.eq(school_id)))
        .filter(leave_request::pupil_id.eq(pupil_id).and(exists(decided)))
        .select((leave_request::first_day, leave_request::last_day))
        .load(tx.conn)?;
    spans.extend(leave);
    let reached: Vec<NaiveDate> = contact_attempt::table
        .filter(contact_attempt::trust_id.eq(trust).and(contact_attempt::school_id.eq(school_id)))
        .filter(contact_attempt::pupil_id.eq(pupil_id).and(contact_attempt::reached))
        .select(contact_attempt::day)
        .load(tx.conn)?;
    let told = spans.into_iter().flat_map(|(first, last)| {
        first.max(days.from).iter_days().take_while(move |day| *day <= last.min(days.to))
    });
    Ok(told.chain(reached).filter(|day| days.contains(*day)).collect())
}
