//! What a log has beside the steps of cases: things that are kept with a case, penalty notices, attempts to reach parents,
//! decisions about letters that were held, and letters that were stopped. Nothing confidential is read.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::entries::{Entries, LogEntry, Wanted, around, entry};
use crate::db::Tx;
use crate::http::problem::Problem;
use crate::schema::{
    case_record, contact_attempt, letter, letter_decision, letter_stop, penalty_notice,
};
use crate::{parents, tenants};

/// How meetings, plans, visits, monitoring periods and referrals stood.
pub fn records(tx: &mut Tx<'_>, wanted: Wanted) -> Result<Entries, Problem> {
    let (first, last) = around(wanted.days);
    let mut rows = case_record::table
        .filter(case_record::school_id.eq(wanted.school_id))
        .filter(case_record::recorded_at.between(first, last))
        // What a case brought along was done, and is logged, at the school before.
        .filter(case_record::carried_from.is_null())
        .into_boxed();
    if let Some(case_id) = wanted.case_id {
        rows = rows.filter(case_record::case_id.eq(case_id));
    }
    type Row = (i32, i32, String, i32, Option<i32>, String, DateTime<Utc>, String, String);
    let rows: Vec<Row> = rows
        .select((
            case_record::record_id,
            case_record::seq,
            case_record::kind,
            case_record::pupil_id,
            case_record::case_id,
            case_record::says,
            case_record::recorded_at,
            case_record::recorded_by,
            case_record::role,
        ))
        .load(tx.conn)?;
    let one = |(id, seq, kind, pupil, case_id, says, at, who, role): Row| {
        let (role, pupil_id) = (Some(role), Some(pupil));
        ((at, 6, id, seq), LogEntry { role, case_id, pupil_id, ..entry(at, who, &kind, says) })
    };
    Ok(rows.into_iter().map(one).collect())
}

/// How the penalty notices stood that the school asked for.
pub fn notices(tx: &mut Tx<'_>, wanted: Wanted) -> Result<Entries, Problem> {
    let (first, last) = around(wanted.days);
    let mut rows = penalty_notice::table
        .filter(penalty_notice::asking_school.eq(wanted.school_id))
        .filter(penalty_notice::recorded_at.between(first, last))
        .into_boxed();
    if let Some(case_id) = wanted.case_id {
        rows = rows.filter(penalty_notice::case_id.eq(case_id));
    }
    type Row = (i32, i32, i32, Option<i32>, String, DateTime<Utc>, String, String);
    let rows: Vec<Row> = rows
        .select((
            penalty_notice::notice_id,
            penalty_notice::seq,
            penalty_notice::pupil_id,
            penalty_notice::case_id,
            penalty_notice::says,
            penalty_notice::recorded_at,
            penalty_notice::recorded_by,
            penalty_notice::role,
        ))
        .load(tx.conn)?;
    let one = |(id, seq, pupil, case_id, says, at, who, role): Row| {
        let (role, pupil_id) = (Some(role), Some(pupil));
        let one = entry(at, who, "penalty notice", says);
        ((at, 7, id, seq), LogEntry { role, case_id, pupil_id, ..one })
    };
    Ok(rows.into_iter().map(one).collect())
}

/// What people decided about letters that were held.
pub fn decisions(tx: &mut Tx<'_>, wanted: Wanted) -> Result<Entries, Problem> {
    let (first, last) = around(wanted.days);
    let mut rows = letter_decision::table
        .inner_join(
            letter::table.on(letter::trust_id
                .eq(letter_decision::trust_id)
                .and(letter::letter_id.eq(letter_decision::letter_id))),
        )
        .filter(letter_decision::school_id.eq(wanted.school_id))
        .filter(letter_decision::recorded_at.between(first, last))
        .into_boxed();
    if let Some(case_id) = wanted.case_id {
        rows = rows.filter(letter::case_id.eq(case_id));
    }
    type Row =
        ((i32, i32, String, String, DateTime<Utc>, String), (String, String, i32, Option<i32>));
    let rows: Vec<Row> = rows
        .select((
            (
                letter_decision::letter_id,
                letter_decision::seq,
                letter_decision::decided,
                letter_decision::reason,
                letter_decision::recorded_at,
                letter_decision::recorded_by,
            ),
            (letter::name, letter::rule, letter::pupil_id, letter::case_id),
        ))
        .load(tx.conn)?;
    let one = |((id, seq, decided, reason, at, who), (name, rule, pupil, case_id)): Row| {
        let decided = if decided == "release" { "released" } else { "withdrawn" };
        let one = entry(at, who, "decision", format!("letter {name:?} {decided}: {reason}"));
        let (rule, pupil_id) = (Some(rule), Some(pupil));
        ((at, 8, id, seq), LogEntry { rule, case_id, pupil_id, ..one })
    };
    Ok(rows.into_iter().map(one).collect())
}

/// Attempts to reach somebody about an absence. Those with a parent who is not to be contacted are for those alone who
/// lead on safeguarding.
pub fn contacts(tx: &mut Tx<'_>, wanted: Wanted) -> Result<Entries, Problem> {
    let (first, last) = around(wanted.days);
    type Row = (
        (i32, i32, Option<i32>, Option<String>, String, bool),
        (Option<String>, DateTime<Utc>, String, String),
    );
    let mut rows: Vec<Row> = contact_attempt::table
        .filter(contact_attempt::school_id.eq(wanted.school_id))
        .filter(contact_attempt::recorded_at.between(first, last))
        .select((
            (
                contact_attempt::attempt_id,
                contact_attempt::pupil_id,
                contact_attempt::parent_id,
                contact_attempt::whom,
                contact_attempt::kind,
                contact_attempt::reached,
            ),
            (
                contact_attempt::says,
                contact_attempt::recorded_at,
                contact_attempt::recorded_by,
                contact_attempt::role,
            ),
        ))
        .load(tx.conn)?;
    if !wanted.whole {
        let mut pupils: Vec<i32> = rows.iter().map(|((_, pupil, ..), _)| *pupil).collect();
        pupils.sort_unstable();
        pupils.dedup();
        let today = tenants::today(tx, wanted.school_id)?;
        let hidden = parents::protected(tx, &pupils, today)?;
        rows.retain(|((_, pupil, parent, ..), _)| {
            parent.is_none_or(|parent| !hidden.contains(&(*pupil, parent)))
        });
    }
    let one = |((id, pupil, _, whom, kind, reached), (says, at, who, role)): Row| {
        let whom = whom.unwrap_or_else(|| "a parent".to_owned());
        let reached = if reached { "reached" } else { "not reached" };
        let says = says.map(|says| format!(": {says}")).unwrap_or_default();
        let one = entry(at, who, "contact", format!("{kind} to {whom}, {reached}{says}"));
        ((at, 9, id, 0), LogEntry { role: Some(role), pupil_id: Some(pupil), ..one })
    };
    Ok(rows.into_iter().map(one).collect())
}

/// Letters that were stopped, or go on again, about pupils of the school.
pub fn stopped(tx: &mut Tx<'_>, wanted: Wanted) -> Result<Entries, Problem> {
    let (first, last) = around(wanted.days);
    let rows: Vec<(i32, bool, String, DateTime<Utc>, String)> = letter_stop::table
        .filter(letter_stop::school_ids.contains(vec![wanted.school_id]))
        .filter(letter_stop::recorded_at.between(first, last))
        .select((
            letter_stop::pupil_id,
            letter_stop::stopped,
            letter_stop::reason,
            letter_stop::recorded_at,
            letter_stop::recorded_by,
        ))
        .load(tx.conn)?;
    let rows = rows.into_iter().map(|(pupil, stopped, reason, at, who)| {
        let what = if stopped { "all letters stopped" } else { "letters go on again" };
        let one = entry(at, who, "letters", format!("{what}: {reason}"));
        ((at, 5, pupil, 0), LogEntry { pupil_id: Some(pupil), ..one })
    });
    Ok(rows.collect())
}
