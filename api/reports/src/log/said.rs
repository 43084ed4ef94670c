//! What people did and said about pupils: evidence of actions, attempts to reach parents, what was said at reviews, and
//! reasons that were accepted.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Integer;

use super::entry::{Entries, LogEntry, LogFilter, LogKind, entry, of_page, source};
use base::prelude::*;
use roll::parents;
use schema::{action, action_pupil, contact_attempt, evidence, feedback, mitigation};
use school::tenants;

/// What was done, each attempt too.
pub fn done(tx: &mut Tx, wanted: &LogFilter) -> Result<Entries> {
    let mut rows = tx
        .of(evidence::table)
        .inner_join(action::table.on(
            action::trust_id.eq(evidence::trust_id).and(action::action_id.eq(evidence::action_id)),
        ))
        .filter(evidence::school_id.eq(wanted.school_id))
        .into_boxed();
    rows = rows.narrow(wanted.case_id.map(|case_id| action::case_id.eq(case_id)));
    if let Some(pupil_id) = wanted.pupil_id {
        // What was done for a whole list was done for each pupil on it.
        let listed = action_pupil::table
            .filter(action_pupil::trust_id.eq(action::trust_id))
            .filter(action_pupil::action_id.eq(action::action_id))
            .filter(action_pupil::pupil_id.eq(pupil_id).and(action_pupil::overtaken_at.is_null()));
        let own = action::pupil_id.eq(pupil_id).or(evidence::pupil_id.eq(pupil_id));
        let whole = evidence::pupil_id.is_null().and(diesel::dsl::exists(listed));
        rows = rows.filter(own.assume_not_null().or(whole));
    }
    let keys = (evidence::recorded_at, evidence::action_id, evidence::seq);
    type Row = (
        (ActionId, i32, String, bool, DateTime<Utc>, String),
        (String, String, Option<CaseId>, Option<PupilId>, Option<PupilId>),
    );
    let rows: Vec<Row> = of_page!(rows, wanted, source::EVIDENCE, (keys.0, keys.1, keys.2))
        .select((
            (
                evidence::action_id,
                evidence::seq,
                evidence::says,
                evidence::done,
                evidence::recorded_at,
                evidence::recorded_by,
            ),
            (action::rule, action::says, action::case_id, action::pupil_id, evidence::pupil_id),
        ))
        .load(tx.conn)?;
    let one = |((id, seq, says, done, at, who), (rule, asked, case_id, own, listed)): Row| {
        let pupil_id = own.or(listed).or(wanted.pupil_id);
        let kind = if done { LogKind::Done } else { LogKind::Attempt };
        let one = entry(at, who, kind, says);
        let one = LogEntry { because: vec![asked], rule: Some(rule), case_id, pupil_id, ..one };
        ((at, source::EVIDENCE, id.number(), seq), one)
    };
    Ok(rows.into_iter().map(one).collect())
}

/// What teachers and others said at reviews.
pub fn said(tx: &mut Tx, wanted: &LogFilter) -> Result<Entries> {
    let mut rows =
        tx.of(feedback::table).filter(feedback::school_id.eq(wanted.school_id)).into_boxed();
    rows = rows.narrow(wanted.pupil_id.map(|pupil_id| feedback::pupil_id.eq(pupil_id)));
    let keys = (feedback::recorded_at, feedback::review_id, feedback::seq);
    let rows: Vec<(ReviewId, i32, PupilId, String, DateTime<Utc>, String)> =
        of_page!(rows, wanted, source::FEEDBACK, (keys.0, keys.1, keys.2))
            .select((
                feedback::review_id,
                feedback::seq,
                feedback::pupil_id,
                feedback::says,
                feedback::recorded_at,
                feedback::recorded_by,
            ))
            .load(tx.conn)?;
    let rows = rows.into_iter().map(|(review, seq, pupil, says, at, who)| {
        let one = LogEntry { pupil_id: Some(pupil), ..entry(at, who, LogKind::Feedback, says) };
        ((at, source::FEEDBACK, review.number(), seq), one)
    });
    Ok(rows.collect())
}

/// Reasons that were accepted; what they are, an illness or a death, is visible only with `safeguarding:read`.
pub fn accepted(tx: &mut Tx, wanted: &LogFilter) -> Result<Entries> {
    let mut rows =
        tx.of(mitigation::table).filter(mitigation::school_id.eq(wanted.school_id)).into_boxed();
    rows = rows.narrow(wanted.pupil_id.map(|pupil_id| mitigation::pupil_id.eq(pupil_id)));
    // A pupil's reasons differ in their first day: as a number it is a key like any other.
    let first_day = || sql::<Integer>("(mitigation.first_day - DATE '2000-01-01')");
    let keys = (mitigation::recorded_at, mitigation::pupil_id);
    type Row = (PupilId, i32, NaiveDate, Option<NaiveDate>, String, DateTime<Utc>, String);
    let rows: Vec<Row> = of_page!(rows, wanted, source::MITIGATIONS, (keys.0, keys.1, first_day()))
        .select((
            mitigation::pupil_id,
            first_day(),
            mitigation::first_day,
            mitigation::last_day,
            mitigation::kind,
            mitigation::recorded_at,
            mitigation::recorded_by,
        ))
        .load(tx.conn)?;
    let rows = rows.into_iter().map(|(pupil, key, from, to, kind, at, who)| {
        let until = to.map(|to| format!(" to {to}")).unwrap_or_default();
        let reason = if wanted.whole { kind.as_str() } else { "an accepted reason" };
        let what = format!("accepted: {reason}, from {from}{until}");
        let one = LogEntry { pupil_id: Some(pupil), ..entry(at, who, LogKind::Mitigation, what) };
        ((at, source::MITIGATIONS, pupil.number(), key), one)
    });
    Ok(rows.collect())
}

/// Attempts to reach somebody about an absence. Those with a parent who is not to be contacted are for those alone who
/// lead on safeguarding.
pub fn contacts(tx: &mut Tx, wanted: &LogFilter) -> Result<Entries> {
    let mut rows = tx
        .of(contact_attempt::table)
        .filter(contact_attempt::school_id.eq(wanted.school_id))
        .into_boxed();
    rows = rows.narrow(wanted.pupil_id.map(|pupil_id| contact_attempt::pupil_id.eq(pupil_id)));
    for (pupil, parent) in hidden(tx, wanted)? {
        let another = contact_attempt::parent_id.is_distinct_from(parent);
        rows = rows.filter(contact_attempt::pupil_id.ne(pupil).or(another));
    }
    let keys = (contact_attempt::recorded_at, contact_attempt::attempt_id);
    let only = || 0.into_sql::<Integer>();
    type Row = (
        (AttemptId, PupilId, Option<String>, String, bool, bool, Option<String>),
        (Option<String>, DateTime<Utc>, String, String),
    );
    let rows: Vec<Row> = of_page!(rows, wanted, source::CONTACTS, (keys.0, keys.1, only()))
        .select((
            (
                contact_attempt::attempt_id,
                contact_attempt::pupil_id,
                contact_attempt::whom,
                contact_attempt::kind,
                contact_attempt::reached,
                contact_attempt::accounts_for,
                contact_attempt::professional,
            ),
            (
                contact_attempt::says,
                contact_attempt::recorded_at,
                contact_attempt::recorded_by,
                contact_attempt::role,
            ),
        ))
        .load(tx.conn)?;
    let one =
        |((id, pupil, whom, kind, reached, accounts, professional), (says, at, who, role)): Row| {
            let whom = whom.unwrap_or_else(|| "a parent".to_owned());
            let what = professional.map(|what| format!(" ({})", what.replace('_', " ")));
            let whom = whom + &what.unwrap_or_default();
            let reached = match (reached, accounts) {
                (_, true) => "accounted for the child",
                (true, false) => "reached",
                (false, false) => "not reached",
            };
            let says = says.map(|says| format!(": {says}")).unwrap_or_default();
            let one =
                entry(at, who, LogKind::Contact, format!("{kind} to {whom}, {reached}{says}"));
            let place = (at, source::CONTACTS, id.number(), 0);
            (place, LogEntry { role: Some(role), pupil_id: Some(pupil), ..one })
        };
    Ok(rows.into_iter().map(one).collect())
}

/// Pupils and parents whose contacts are hidden from this reader.
fn hidden(tx: &mut Tx, wanted: &LogFilter) -> Result<BTreeSet<(PupilId, ParentId)>> {
    if wanted.whole {
        return Ok(BTreeSet::new());
    }
    let (from, until) = wanted.span;
    let pupils: Vec<PupilId> = tx
        .of(contact_attempt::table)
        .filter(contact_attempt::school_id.eq(wanted.school_id))
        .filter(contact_attempt::parent_id.is_not_null())
        .filter(contact_attempt::recorded_at.ge(from).and(contact_attempt::recorded_at.lt(until)))
        .select(contact_attempt::pupil_id)
        .distinct()
        .load(tx.conn)?;
    let today = tenants::today(tx, wanted.school_id)?;
    parents::protected(tx, &pupils, today)
}
