//! The entries of a log, gathered from where they were recorded.

use std::collections::BTreeMap;

use chrono::{DateTime, Days as DayCount, NaiveDate, NaiveTime, Utc};
use diesel::prelude::*;
use domain::Days;
use domain::policy::{Event, Place as CasePlace, Recorded};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::super::people::People;
use super::things;
use crate::db::Tx;
use crate::http::problem::Problem;
use crate::schema::{
    action, case_event, case_state, enrolment_now, evidence, feedback, letter, mitigation,
    placement_now,
};
use crate::tenants::SchoolRow;

/// One thing that was recorded.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LogEntry {
    /// When (UTC).
    pub at: DateTime<Utc>,
    /// By whom.
    pub who: String,
    /// In which role, where that was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "school_lead")]
    pub role: Option<String>,
    /// Of a case `step`, `letter`, `held`, `flag`, `target`, `to do`, `due`, `overdue`, `carried` or `undone`; of what was
    /// done `done` or `attempt`; beside it `meeting`, `plan`, `visit`, `monitoring`, `referral`, `penalty notice`,
    /// `contact`, `feedback`, `mitigation`, `decision` (about a letter that was held) or `letters` (all of them).
    #[schema(example = "letter")]
    pub kind: String,
    /// What was done or said.
    #[schema(example = "letter \"stage-1\", waiting to be sent")]
    pub what: String,
    /// The counts and circumstances behind it.
    pub because: Vec<String>,
    /// The rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "W-02")]
    pub rule: Option<String>,
    /// The case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_id: Option<i32>,
    /// Where the case stood then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Stage 1")]
    pub stage: Option<String>,
    /// The pupil.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pupil_id: Option<i32>,
    /// Surname and forename.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Okafor-Lind, Zoë")]
    pub pupil: Option<String>,
    /// The pupil's class now, or the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "6A")]
    pub class: Option<String>,
}

/// An entry's place: when it was recorded, where, and its keys there.
pub type Place = (DateTime<Utc>, u8, i32, i32);

/// Which entries.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Of this school.
    pub school_id: i32,
    /// Recorded on these days, on the school's wall.
    pub days: Days,
    /// Only this case.
    pub case_id: Option<i32>,
    /// Only this pupil.
    pub pupil_id: Option<i32>,
    /// With what only those see who lead on safeguarding.
    pub whole: bool,
}

pub(super) type Entries = Vec<(Place, LogEntry)>;

/// All entries, earliest first.
///
/// # Errors
/// The database's.
pub fn entries(tx: &mut Tx<'_>, school: &SchoolRow, wanted: Wanted) -> Result<Entries, Problem> {
    let mut all = steps(tx, wanted)?;
    all.extend(evidence_given(tx, wanted)?);
    all.extend(things::records(tx, wanted)?);
    all.extend(things::notices(tx, wanted)?);
    all.extend(things::decisions(tx, wanted)?);
    if wanted.case_id.is_none() {
        all.extend(things::contacts(tx, wanted)?);
        all.extend(letters_without_a_case(tx, school, wanted)?);
        all.extend(said(tx, wanted)?);
        all.extend(mitigated(tx, wanted)?);
        all.extend(things::stopped(tx, wanted)?);
    }
    let Wanted { days, pupil_id, .. } = wanted;
    let mut kept = Vec::new();
    for (place, entry) in all {
        let of_pupil = pupil_id.is_none_or(|pupil| entry.pupil_id == Some(pupil));
        if of_pupil && days.contains(school.date(entry.at)?) {
            kept.push((place, entry));
        }
    }
    kept.sort_by_key(|(place, _)| *place);
    name(tx, wanted.school_id, &mut kept)?;
    Ok(kept)
}

/// Instants that surely hold the days, whatever the time of the year.
pub(super) fn around(days: Days) -> (DateTime<Utc>, DateTime<Utc>) {
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    (midnight(days.from - DayCount::new(1)), midnight(days.to + DayCount::new(2)))
}

/// An entry without a pupil, a case or a rule.
pub(super) fn entry(at: DateTime<Utc>, who: String, kind: &str, what: String) -> LogEntry {
    LogEntry {
        at,
        who,
        role: None,
        kind: kind.to_owned(),
        what,
        because: Vec::new(),
        rule: None,
        case_id: None,
        stage: None,
        pupil_id: None,
        pupil: None,
        class: None,
    }
}

/// The events of cases, with how each letter stands now.
fn steps(tx: &mut Tx<'_>, wanted: Wanted) -> Result<Entries, Problem> {
    let letters: Vec<(Option<i32>, Option<i32>, String, String)> = letter::table
        .filter(letter::school_id.eq(wanted.school_id).and(letter::case_id.is_not_null()))
        .select((letter::case_id, letter::step, letter::name, letter::state))
        .load(tx.conn)?;
    let state: BTreeMap<(i32, i32, String), String> = letters
        .into_iter()
        .filter_map(|(case, step, name, state)| Some(((case?, step?, name), state)))
        .collect();
    let mut rows = case_event::table
        .inner_join(
            case_state::table.on(case_state::trust_id
                .eq(case_event::trust_id)
                .and(case_state::case_id.eq(case_event::case_id))),
        )
        .filter(case_event::school_id.eq(wanted.school_id))
        .filter(case_event::recorded_at.lt(around(wanted.days).1))
        .into_boxed();
    if let Some(case_id) = wanted.case_id {
        rows = rows.filter(case_event::case_id.eq(case_id));
    }
    type Row = (i32, i32, i32, Value, Vec<String>, DateTime<Utc>, String, String);
    let rows: Vec<Row> = rows
        .order((case_event::case_id, case_event::seq))
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
    let mut stages: BTreeMap<i32, String> = BTreeMap::new();
    let mut found = Vec::new();
    for (case_id, seq, pupil_id, body, because, at, who, role) in rows {
        let event: Event = serde_json::from_value(body).map_err(Problem::internal)?;
        if let Recorded::Moved { to: CasePlace::At(stage), .. } = &event.what {
            stages.insert(case_id, stage.clone());
        }
        let step = i32::try_from(event.step).unwrap_or(i32::MAX);
        let (kind, what) =
            says(&event.what, |name: &str| state.get(&(case_id, step, name.to_owned())));
        let one = LogEntry {
            role: Some(role),
            // The counts stand once, beside the step that they led to.
            because: if kind == "step" { because } else { Vec::new() },
            rule: Some(event.rule),
            case_id: Some(case_id),
            stage: stages.get(&case_id).cloned(),
            pupil_id: Some(pupil_id),
            ..entry(at, who, kind, what)
        };
        found.push(((at, 0, case_id, seq), one));
    }
    Ok(found)
}

/// An event in plain English.
fn says<'a>(what: &Recorded, state: impl Fn(&str) -> Option<&'a String>) -> (&'static str, String) {
    match what {
        Recorded::Moved { outcome, to, reason, .. } => {
            let to = match to {
                CasePlace::At(stage) => format!("at {stage:?}"),
                CasePlace::Closed => "closed".to_owned(),
            };
            let reason = reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
            ("step", format!("{outcome}: the case is {to}{reason}"))
        }
        Recorded::Letter(name) => {
            let state = state(name).map_or("decided on", |state| letter_state(state));
            ("letter", format!("letter {name:?}, {state}"))
        }
        Recorded::Held { letter, why } => ("held", format!("letter {letter:?} held: {why}")),
        Recorded::Flagged(words) => ("flag", words.clone()),
        Recorded::Target(target) => {
            let (rate, from, to) = (target.rate, target.from, target.to);
            ("target", format!("{rate} or more from {from} to {to}"))
        }
        Recorded::Action(sentence) => ("to do", sentence.clone()),
        Recorded::Due { .. } => ("due", what.to_string()),
        Recorded::Breached { .. } => ("overdue", what.to_string()),
        Recorded::Carried { .. } => ("carried", what.to_string()),
        Recorded::Undone { .. } => ("undone", what.to_string()),
    }
}

fn letter_state(state: &str) -> &str {
    match state {
        "waiting" => "waiting to be sent",
        "taken_back" => "taken back before it was sent",
        other => other,
    }
}

/// Letters that belong to no case, such as those of praise. Only their day is recorded: they stand at its noon.
fn letters_without_a_case(
    tx: &mut Tx<'_>,
    school: &SchoolRow,
    wanted: Wanted,
) -> Result<Entries, Problem> {
    type Row = (i32, i32, String, String, String, Option<String>, NaiveDate, String);
    let rows: Vec<Row> = letter::table
        .filter(letter::school_id.eq(wanted.school_id).and(letter::case_id.is_null()))
        .filter(letter::decided_on.between(wanted.days.from, wanted.days.to))
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
    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or(NaiveTime::MIN);
    let one = |(letter_id, pupil, name, rule, state, why, day, who): Row| {
        let noon = day.and_time(noon);
        let at = school.instant(noon)?.unwrap_or_else(|| noon.and_utc());
        let why = why.map(|why| format!(": {why}")).unwrap_or_default();
        let what = format!("letter {name:?}, {}{why}", letter_state(&state));
        let one = entry(at, who, "letter", what);
        Ok(((at, 1, letter_id, 0), LogEntry { rule: Some(rule), pupil_id: Some(pupil), ..one }))
    };
    rows.into_iter().map(one).collect()
}

/// What was done, each attempt too.
fn evidence_given(tx: &mut Tx<'_>, wanted: Wanted) -> Result<Entries, Problem> {
    let mut rows = evidence::table
        .inner_join(action::table.on(
            action::trust_id.eq(evidence::trust_id).and(action::action_id.eq(evidence::action_id)),
        ))
        .filter(evidence::school_id.eq(wanted.school_id))
        .filter(evidence::recorded_at.between(around(wanted.days).0, around(wanted.days).1))
        .into_boxed();
    if let Some(case_id) = wanted.case_id {
        rows = rows.filter(action::case_id.eq(case_id));
    }
    type Row = (
        (i32, i32, String, bool, DateTime<Utc>, String),
        (String, String, Option<i32>, Option<i32>),
    );
    let rows: Vec<Row> = rows
        .select((
            (
                evidence::action_id,
                evidence::seq,
                evidence::says,
                evidence::done,
                evidence::recorded_at,
                evidence::recorded_by,
            ),
            (action::rule, action::says, action::case_id, action::pupil_id),
        ))
        .load(tx.conn)?;
    let one = |((id, seq, says, done, at, who), (rule, asked, case_id, pupil_id)): Row| {
        let kind = if done { "done" } else { "attempt" };
        let one = entry(at, who, kind, says);
        let one = LogEntry { because: vec![asked], rule: Some(rule), case_id, pupil_id, ..one };
        ((at, 2, id, seq), one)
    };
    Ok(rows.into_iter().map(one).collect())
}

/// What teachers and others said at reviews.
fn said(tx: &mut Tx<'_>, wanted: Wanted) -> Result<Entries, Problem> {
    let (first, last) = around(wanted.days);
    let rows: Vec<(i32, i32, i32, String, DateTime<Utc>, String)> = feedback::table
        .filter(feedback::school_id.eq(wanted.school_id))
        .filter(feedback::recorded_at.between(first, last))
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
        let one = LogEntry { pupil_id: Some(pupil), ..entry(at, who, "feedback", says) };
        ((at, 3, review, seq), one)
    });
    Ok(rows.collect())
}

/// Reasons that were accepted; what they are, an illness or a death, for those alone who lead on safeguarding.
fn mitigated(tx: &mut Tx<'_>, wanted: Wanted) -> Result<Entries, Problem> {
    let (first, last) = around(wanted.days);
    type Row = (i32, NaiveDate, Option<NaiveDate>, String, DateTime<Utc>, String);
    let rows: Vec<Row> = mitigation::table
        .filter(mitigation::school_id.eq(wanted.school_id))
        .filter(mitigation::recorded_at.between(first, last))
        .order((mitigation::pupil_id, mitigation::first_day))
        .select((
            mitigation::pupil_id,
            mitigation::first_day,
            mitigation::last_day,
            mitigation::kind,
            mitigation::recorded_at,
            mitigation::recorded_by,
        ))
        .load(tx.conn)?;
    let rows = rows.into_iter().zip(0..).map(|((pupil, from, to, kind, at, who), seq)| {
        let until = to.map(|to| format!(" to {to}")).unwrap_or_default();
        let reason = if wanted.whole { kind.as_str() } else { "an accepted reason" };
        let what = format!("accepted: {reason}, from {from}{until}");
        let one = LogEntry { pupil_id: Some(pupil), ..entry(at, who, "mitigation", what) };
        ((at, 4, pupil, seq), one)
    });
    Ok(rows.collect())
}

/// Adds names and classes.
fn name(tx: &mut Tx<'_>, school_id: i32, all: &mut Entries) -> Result<(), Problem> {
    let mut ids: Vec<i32> = all.iter().filter_map(|(_, entry)| entry.pupil_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let people = People::read(tx, school_id, ids.iter().copied())?;
    let placed: Vec<(i32, i32)> = placement_now::table
        .inner_join(
            enrolment_now::table.on(enrolment_now::trust_id
                .eq(placement_now::trust_id)
                .and(enrolment_now::enrolment_id.eq(placement_now::enrolment_id))),
        )
        .filter(placement_now::school_id.eq(school_id).and(enrolment_now::pupil_id.eq_any(&ids)))
        .order((enrolment_now::first_day, placement_now::from_day))
        .select((enrolment_now::pupil_id, placement_now::class_id))
        .load(tx.conn)?;
    let placed: BTreeMap<i32, i32> = placed.into_iter().collect();
    for (_, entry) in all {
        let Some(pupil) = entry.pupil_id else { continue };
        entry.pupil = Some(people.name(pupil));
        entry.class = placed.get(&pupil).and_then(|class| people.class(*class)).cloned();
    }
    Ok(())
}
