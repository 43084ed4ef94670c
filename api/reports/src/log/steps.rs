//! The events of cases, with how each letter stands now and where the case stood.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use domain::policy::{Event, Place as CasePlace, Recorded};

use super::entry::{Entries, LogEntry, LogFilter, LogKind, entry, of_page, source};
use base::prelude::*;
use casework::letters::LetterState;
use schema::{case_event, case_state, letter};

/// The stage to which an event moves its case, as it stands in the event.
const STAGE: &str = "case_event.body #>> '{what,moved,to,at}'";

/// The events of cases.
pub fn steps(tx: &mut Tx, wanted: &LogFilter) -> Result<Entries> {
    let mut rows = tx
        .of(case_event::table)
        .inner_join(
            case_state::table.on(case_state::trust_id
                .eq(case_event::trust_id)
                .and(case_state::case_id.eq(case_event::case_id))),
        )
        .filter(case_event::school_id.eq(wanted.school_id))
        .into_boxed();
    rows = rows.narrow(wanted.case_id.map(|case_id| case_event::case_id.eq(case_id)));
    rows = rows.narrow(wanted.pupil_id.map(|pupil_id| case_state::pupil_id.eq(pupil_id)));
    let keys = (case_event::recorded_at, case_event::case_id, case_event::seq);
    type Row = (CaseId, i32, PupilId, Value, Vec<String>, DateTime<Utc>, String, String);
    let rows: Vec<Row> = of_page!(rows, wanted, source::STEPS, (keys.0, keys.1, keys.2))
        .select((
            case_event::case_id,
            case_event::seq,
            case_state::pupil_id,
            case_event::body,
            case_event::because,
            case_event::recorded_at,
            case_event::recorded_by,
            case_event::role,
        ))
        .load(tx.conn)?;
    let cases: BTreeSet<CaseId> = rows.iter().map(|(case_id, ..)| *case_id).collect();
    let cases: Vec<CaseId> = cases.into_iter().collect();
    let (letters, stages) = (letters(tx, wanted.school_id, &cases)?, stages(tx, &cases)?);
    let mut found = Vec::with_capacity(rows.len());
    for (case_id, seq, pupil_id, body, because, at, who, role) in rows {
        let event: Event = serde_json::from_value(body).map_err(Problem::internal)?;
        let event = if wanted.whole { event } else { event.without_reason() };
        let step = i32::try_from(event.step).unwrap_or(i32::MAX);
        let (kind, what) =
            says(&event.what, |name: &str| letters.get(&(case_id, step, name.to_owned())).copied());
        let mut before = stages.range((case_id, i32::MIN)..=(case_id, seq));
        let one = LogEntry {
            role: Some(role),
            // The counts stand once, beside the step that they led to.
            because: if kind == LogKind::Step { because } else { Vec::new() },
            rule: Some(event.rule),
            case_id: Some(case_id),
            stage: before.next_back().map(|(_, stage)| stage.clone()),
            pupil_id: Some(pupil_id),
            ..entry(at, who, kind, what)
        };
        found.push(((at, source::STEPS, case_id.number(), seq), one));
    }
    Ok(found)
}

/// How the letters of cases stand now, by case, step and name.
fn letters(
    tx: &mut Tx,
    school_id: SchoolId,
    cases: &[CaseId],
) -> Result<BTreeMap<(CaseId, i32, String), LetterState>> {
    let rows: Vec<(Option<CaseId>, Option<i32>, String, LetterState)> = tx
        .of(letter::table)
        .filter(letter::school_id.eq(school_id).and(letter::case_id.eq_any(cases)))
        .select((letter::case_id, letter::step, letter::name, letter::state))
        .load(tx.conn)?;
    let state = |(case, step, name, state): (Option<CaseId>, Option<i32>, String, LetterState)| {
        Some(((case?, step?, name), state))
    };
    Ok(rows.into_iter().filter_map(state).collect())
}

/// The stages to which cases came, by case and event.
fn stages(tx: &mut Tx, cases: &[CaseId]) -> Result<BTreeMap<(CaseId, i32), String>> {
    let rows: Vec<(CaseId, i32, String)> = tx
        .of(case_event::table)
        .filter(case_event::case_id.eq_any(cases))
        .filter(sql::<Bool>(STAGE).sql(" IS NOT NULL"))
        .select((case_event::case_id, case_event::seq, sql::<Text>(STAGE)))
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|(case_id, seq, stage)| ((case_id, seq), stage)).collect())
}

/// An event in plain English.
fn says(what: &Recorded, state: impl Fn(&str) -> Option<LetterState>) -> (LogKind, String) {
    match what {
        Recorded::Moved { outcome, to, reason, .. } => {
            let to = match to {
                CasePlace::At(stage) => format!("at {stage:?}"),
                CasePlace::Closed => "closed".to_owned(),
            };
            let reason = reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
            (LogKind::Step, format!("{outcome}: the case is {to}{reason}"))
        }
        Recorded::Letter(name) => {
            let state = state(name).map_or("decided on", LetterState::phrase);
            (LogKind::Letter, format!("letter {name:?}, {state}"))
        }
        Recorded::Held { letter, why } => (LogKind::Held, format!("letter {letter:?} held: {why}")),
        Recorded::Flagged(words) => (LogKind::Flag, words.clone()),
        Recorded::Lifted { flag, .. } => (LogKind::Flag, format!("{flag}: lifted")),
        Recorded::Target(target) => {
            let (rate, from, to) = (target.rate, target.from, target.to);
            (LogKind::Target, format!("{rate} or more from {from} to {to}"))
        }
        Recorded::Action(sentence) => (LogKind::ActionOpened, sentence.clone()),
        Recorded::Due { .. } => (LogKind::Due, what.to_string()),
        Recorded::Breached { .. } => (LogKind::Overdue, what.to_string()),
        Recorded::Carried { .. } => (LogKind::Carried, what.to_string()),
        Recorded::Undone { .. } => (LogKind::Undone, what.to_string()),
    }
}
