//! Letters that belong to no case, decisions about letters that were held, and letters that were stopped.

use chrono::NaiveTime;
use diesel::prelude::*;
use diesel::sql_types::Integer;

use super::entry::{Entries, LogEntry, LogFilter, LogKind, entry, of_page, source};
use base::prelude::*;
use casework::letters::{LetterState, Verdict};
use roll::visibility::{self, Act};
use schema::{letter, letter_decision, letter_stop};
use school::tenants::SchoolRow;

/// Letters that belong to no case, such as those of praise. Only their day is recorded: they stand at its noon.
pub fn without_a_case(tx: &mut Tx, school: &SchoolRow, wanted: &LogFilter) -> Result<Entries> {
    let mut rows = tx
        .of(letter::table)
        .filter(letter::school_id.eq(wanted.school_id).and(letter::case_id.is_null()))
        .filter(letter::decided_on.between(wanted.days.from, wanted.days.to))
        .into_boxed();
    rows = rows.narrow(wanted.pupil_id.map(|pupil_id| letter::pupil_id.eq(pupil_id)));
    let (at, last, _) = wanted.after(source::LETTERS);
    let day = school.date(at)?;
    let last = match noon(school, day)?.cmp(&at) {
        std::cmp::Ordering::Less => i32::MAX,
        std::cmp::Ordering::Equal => last,
        std::cmp::Ordering::Greater => i32::MIN,
    };
    let same = letter::decided_on.eq(day).and(letter::letter_id.gt(last));
    type Row = (LetterId, PupilId, String, String, LetterState, Option<String>, NaiveDate, String);
    let rows: Vec<Row> = rows
        .filter(letter::decided_on.gt(day).or(same))
        .order((letter::decided_on, letter::letter_id))
        .limit(wanted.most)
        .select((
            letter::letter_id,
            letter::pupil_id,
            letter::name,
            letter::rule,
            letter::state,
            letter::why,
            letter::decided_on,
            letter::decided_by,
        ))
        .load(tx.conn)?;
    let one = |(letter_id, pupil, name, rule, state, why, day, who): Row| {
        let at = noon(school, day)?;
        let why = why.map(|why| format!(": {why}")).unwrap_or_default();
        let what = format!("letter {name:?}, {}{why}", state.phrase());
        let one = entry(at, who, LogKind::Letter, what);
        let place = (at, source::LETTERS, letter_id.number(), 0);
        Ok((place, LogEntry { rule: Some(rule), pupil_id: Some(pupil), ..one }))
    };
    rows.into_iter().map(one).collect()
}

fn noon(school: &SchoolRow, day: NaiveDate) -> Result<DateTime<Utc>> {
    let noon = day.and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap_or(NaiveTime::MIN));
    Ok(school.instant(noon)?.unwrap_or_else(|| noon.and_utc()))
}

/// What people decided about letters that were held.
pub fn decisions(tx: &mut Tx, wanted: &LogFilter) -> Result<Entries> {
    let mut rows = tx
        .of(letter_decision::table)
        .inner_join(
            letter::table.on(letter::trust_id
                .eq(letter_decision::trust_id)
                .and(letter::letter_id.eq(letter_decision::letter_id))),
        )
        .filter(letter_decision::school_id.eq(wanted.school_id))
        .into_boxed();
    rows = rows.narrow(wanted.case_id.map(|case_id| letter::case_id.eq(case_id)));
    rows = rows.narrow(wanted.pupil_id.map(|pupil_id| letter::pupil_id.eq(pupil_id)));
    let keys = (letter_decision::recorded_at, letter_decision::letter_id, letter_decision::seq);
    type Row = (
        (LetterId, i32, Verdict, String, DateTime<Utc>, String),
        (String, String, PupilId, Option<CaseId>),
    );
    let rows: Vec<Row> = of_page!(rows, wanted, source::DECISIONS, (keys.0, keys.1, keys.2))
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
        let decided = match decided {
            Verdict::Release => "released",
            Verdict::Withdraw => "withdrawn",
        };
        let what = wanted.told(format!("letter {name:?} {decided}"), &reason);
        let one = entry(at, who, LogKind::Decision, what);
        let (rule, pupil_id) = (Some(rule), Some(pupil));
        ((at, source::DECISIONS, id.number(), seq), LogEntry { rule, case_id, pupil_id, ..one })
    };
    Ok(rows.into_iter().map(one).collect())
}

/// Letters that were stopped, or go on again, about pupils of the school.
pub fn stopped(tx: &mut Tx, wanted: &LogFilter) -> Result<Entries> {
    let mut rows = tx
        .of(letter_stop::table)
        .filter(letter_stop::school_ids.contains(vec![wanted.school_id]))
        .into_boxed();
    rows = rows.narrow(wanted.pupil_id.map(|pupil_id| letter_stop::pupil_id.eq(pupil_id)));
    let keys = (letter_stop::recorded_at, letter_stop::pupil_id);
    let only = || 0.into_sql::<Integer>();
    let rows: Vec<(PupilId, bool, String, DateTime<Utc>, String)> =
        of_page!(rows, wanted, source::STOPS, (keys.0, keys.1, only()))
            .select((
                letter_stop::pupil_id,
                letter_stop::stopped,
                letter_stop::reason,
                letter_stop::recorded_at,
                letter_stop::recorded_by,
            ))
            .load(tx.conn)?;
    // Why another school stopped the letters of a child who has left, or is yet to come, is not for this one.
    let pupils: Vec<PupilId> = rows.iter().map(|row| row.0).collect();
    let here = visibility::permitted(tx, &pupils, Act::Protect)?;
    let rows = rows.into_iter().map(|(pupil, stopped, reason, at, who)| {
        let what = if stopped { "all letters stopped" } else { "letters go on again" };
        let what = what.to_owned();
        let what = if here.contains(&pupil) { wanted.told(what, &reason) } else { what };
        let one = entry(at, who, LogKind::Letters, what);
        ((at, source::STOPS, pupil.number(), 0), LogEntry { pupil_id: Some(pupil), ..one })
    });
    Ok(rows.collect())
}
