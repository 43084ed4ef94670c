//! Owns: case_state, case_event, mitigation.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Date, Integer, Nullable};
use domain::policy::{Case, Event, Place, fold};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::list_mitigations::Mitigation;
use crate::auth::Caller;
use crate::db::Tx;
use crate::http::problem::Problem;
use crate::policies::{self, Follows};
use crate::schema::{case_event, case_state, mitigation};

/// Where a case stands.
#[derive(Debug, Clone, Serialize, Queryable, Selectable, ToSchema)]
#[diesel(table_name = case_state)]
pub struct CaseRow {
    /// Rollcall's key.
    #[schema(example = 205)]
    pub case_id: i32,
    /// The school that follows it.
    #[schema(example = 7)]
    pub school_id: i32,
    /// The pupil.
    #[schema(example = 4711)]
    pub pupil_id: i32,
    /// The policy under which it was opened, and which it keeps.
    #[schema(example = "improvement-process")]
    pub policy: String,
    /// The policy's version.
    pub version: i32,
    /// The school's answers to the policy's settings then.
    #[serde(skip)]
    pub answers: Value,
    /// The stage; absent when the case has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Stage 2")]
    pub stage: Option<String>,
    /// Since when it is there.
    pub since: NaiveDate,
    /// How many steps were taken.
    pub steps: i32,
    /// How many events it has.
    #[serde(skip)]
    pub seq: i32,
    /// When it was opened.
    pub opened_on: NaiveDate,
    /// The last day of the running target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_to: Option<NaiveDate>,
}

/// An open case, as far as it takes to say when its stage falls due.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = case_state)]
pub struct Waiting {
    /// The school that follows it.
    pub school_id: i32,
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
    pub case_id: i32,
    /// The school of the trust on whose roll the pupil is now.
    #[diesel(sql_type = Nullable<Integer>)]
    pub now_at: Option<i32>,
}

/// One event of a case, as it stands on the timeline.
#[derive(Debug, Clone, Serialize, Queryable, Selectable, ToSchema)]
#[diesel(table_name = case_event)]
pub struct EventRow {
    /// Its place in the case, from 1.
    pub seq: i32,
    /// What was recorded: the rule, the step, the day, by whom, and what.
    #[schema(value_type = Object)]
    pub body: Value,
    /// The counts and circumstances behind it, in plain English.
    pub because: Vec<String>,
    /// When (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub recorded_by: String,
    /// In which role.
    pub role: String,
    /// The review that proposed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 51)]
    pub review_id: Option<i32>,
    /// The import that carried it in from before the school came here; absent for what was done here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[diesel(column_name = job_id)]
    pub import_id: Option<i64>,
}

impl EventRow {
    /// The event itself.
    ///
    /// # Errors
    /// What stands in the table cannot be read.
    pub fn event(&self) -> Result<Event, Problem> {
        serde_json::from_value(self.body.clone()).map_err(Problem::internal)
    }

    /// The case at the school before, of an event with which a case goes on at another.
    pub(super) fn carried_from(&self) -> Option<i32> {
        let from = self.body.get("what")?.get("carried")?.get("from")?;
        i32::try_from(from.as_i64()?).ok()
    }
}

/// A case with what its events come to.
#[derive(Debug, Clone)]
pub struct Told {
    /// Where it stands.
    pub row: CaseRow,
    /// All that it remembers.
    pub case: Case,
}

impl Told {
    /// The policy as the case keeps it.
    ///
    /// # Errors
    /// The database's.
    pub fn follows(&self, tx: &mut Tx<'_>) -> Result<Follows, Problem> {
        policies::under(tx, &self.row.policy, self.row.version, &self.row.answers)
    }
}

/// The open cases of these schools.
///
/// # Errors
/// The database's.
pub fn open_cases(tx: &mut Tx<'_>, school_id: i32) -> Result<Vec<Told>, Problem> {
    let rows: Vec<CaseRow> = case_state::table
        .filter(case_state::school_id.eq(school_id).and(case_state::stage.is_not_null()))
        .order(case_state::case_id)
        .select(CaseRow::as_select())
        .load(tx.conn)?;
    tell(tx, rows)
}

/// Every open case of the trust that the caller may see.
///
/// # Errors
/// The database's.
pub fn waiting(tx: &mut Tx<'_>) -> Result<Vec<Waiting>, Problem> {
    let open = case_state::table.filter(case_state::stage.is_not_null());
    Ok(open.select(Waiting::as_select()).load(tx.conn)?)
}

/// The open cases whose pupil is not on the roll of the school on a day. Whoever is to join another school of the trust
/// later is waited for.
///
/// # Errors
/// The database's.
pub fn left_behind(tx: &mut Tx<'_>, day: NaiveDate) -> Result<Vec<LeftBehind>, Problem> {
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

/// One case, if the caller may see it.
///
/// # Errors
/// 404.
pub fn case(tx: &mut Tx<'_>, case_id: i32) -> Result<CaseRow, Problem> {
    Ok(case_state::table
        .filter(case_state::case_id.eq(case_id))
        .select(CaseRow::as_select())
        .first(tx.conn)?)
}

/// One case with what its events come to, if the caller may see it.
///
/// # Errors
/// 404.
pub fn told_of(tx: &mut Tx<'_>, case_id: i32) -> Result<Told, Problem> {
    let row = case(tx, case_id)?;
    told(tx, row)
}

/// One case to be changed: nobody else changes it until this transaction has ended.
///
/// # Errors
/// 404.
pub fn case_to_change(tx: &mut Tx<'_>, case_id: i32) -> Result<Told, Problem> {
    let row = case_state::table
        .filter(case_state::case_id.eq(case_id))
        .select(CaseRow::as_select())
        .for_update()
        .first(tx.conn)?;
    told(tx, row)
}

/// The open case of a pupil at a school, to be changed.
///
/// # Errors
/// The database's.
pub fn open_case_to_change(
    tx: &mut Tx<'_>,
    school_id: i32,
    pupil_id: i32,
) -> Result<Option<Told>, Problem> {
    let ours = case_state::school_id.eq(school_id).and(case_state::pupil_id.eq(pupil_id));
    let row: Option<CaseRow> = case_state::table
        .filter(ours.and(case_state::stage.is_not_null()))
        .select(CaseRow::as_select())
        .for_update()
        .first(tx.conn)
        .optional()?;
    row.map(|row| told(tx, row)).transpose()
}

/// The latest case of a pupil at a school, open or ended, to be changed.
///
/// # Errors
/// The database's.
pub fn latest_case_to_change(
    tx: &mut Tx<'_>,
    school_id: i32,
    pupil_id: i32,
) -> Result<Option<Told>, Problem> {
    let row: Option<CaseRow> = case_state::table
        .filter(case_state::school_id.eq(school_id).and(case_state::pupil_id.eq(pupil_id)))
        .order(case_state::case_id.desc())
        .select(CaseRow::as_select())
        .for_update()
        .first(tx.conn)
        .optional()?;
    row.map(|row| told(tx, row)).transpose()
}

/// Cases of a school in the order of their keys, after `after`.
///
/// # Errors
/// The database's.
pub fn cases(
    tx: &mut Tx<'_>,
    wanted: (i32, Option<i32>, Option<String>, Option<bool>),
    after: Option<i32>,
    most: i64,
) -> Result<Vec<CaseRow>, Problem> {
    let (school_id, pupil_id, stage, open) = wanted;
    let mut rows = case_state::table.filter(case_state::school_id.eq(school_id)).into_boxed();
    if let Some(pupil_id) = pupil_id {
        rows = rows.filter(case_state::pupil_id.eq(pupil_id));
    }
    if let Some(stage) = stage {
        rows = rows.filter(case_state::stage.eq(stage));
    }
    match open {
        Some(true) => rows = rows.filter(case_state::stage.is_not_null()),
        Some(false) => rows = rows.filter(case_state::stage.is_null()),
        None => {}
    }
    if let Some(after) = after {
        rows = rows.filter(case_state::case_id.gt(after));
    }
    Ok(rows.order(case_state::case_id).limit(most).select(CaseRow::as_select()).load(tx.conn)?)
}

/// The events of a case, in order.
///
/// # Errors
/// The database's.
pub fn timeline(tx: &mut Tx<'_>, case_id: i32) -> Result<Vec<EventRow>, Problem> {
    Ok(case_event::table
        .filter(case_event::case_id.eq(case_id))
        .order(case_event::seq)
        .select(EventRow::as_select())
        .load(tx.conn)?)
}

pub(super) fn told(tx: &mut Tx<'_>, row: CaseRow) -> Result<Told, Problem> {
    let lost = || Problem::internal("a case without events");
    tell(tx, vec![row])?.pop().ok_or_else(lost)
}

/// What the events of these cases come to.
fn tell(tx: &mut Tx<'_>, rows: Vec<CaseRow>) -> Result<Vec<Told>, Problem> {
    let ids: Vec<i32> = rows.iter().map(|row| row.case_id).collect();
    let bodies: Vec<(i32, Value)> = case_event::table
        .filter(case_event::case_id.eq_any(ids))
        .order((case_event::case_id, case_event::seq))
        .select((case_event::case_id, case_event::body))
        .load(tx.conn)?;
    let mut events: BTreeMap<i32, Vec<Event>> = BTreeMap::new();
    for (case_id, body) in bodies {
        let event = serde_json::from_value(body).map_err(Problem::internal)?;
        events.entry(case_id).or_default().push(event);
    }
    let told = rows.into_iter().map(|row| {
        let case = events.get(&row.case_id).and_then(fold);
        case.map(|case| Told { row, case })
            .ok_or_else(|| Problem::internal("a case without events"))
    });
    told.collect()
}

/// Opens a case under the policy that the school follows; it has no event yet.
///
/// # Errors
/// The database's.
pub fn open(
    tx: &mut Tx<'_>,
    (school_id, pupil_id): (i32, i32),
    follows: &Follows,
    day: NaiveDate,
) -> Result<CaseRow, Problem> {
    Ok(diesel::insert_into(case_state::table)
        .values((
            case_state::trust_id.eq(tx.trust()),
            case_state::school_id.eq(school_id),
            case_state::pupil_id.eq(pupil_id),
            case_state::policy.eq(&follows.key),
            case_state::version.eq(follows.version),
            case_state::answers.eq(&follows.answers),
            case_state::since.eq(day),
            case_state::steps.eq(0),
            case_state::seq.eq(0),
            case_state::opened_on.eq(day),
        ))
        .returning(CaseRow::as_returning())
        .get_result(tx.conn)?)
}

/// Adds events to a case, and says where it stands after them. The caller holds the case.
///
/// # Errors
/// The database's.
pub fn append(
    tx: &mut Tx<'_>,
    row: &CaseRow,
    events: &[Event],
    (because, review_id): (&[String], Option<i32>),
    caller: &Caller,
) -> Result<Told, Problem> {
    let hand = Hand { by: caller.subject(), role: caller.role(), review_id, import_id: None };
    write(tx, row, events, because, &hand)
}

/// By whom events are recorded.
pub(super) struct Hand<'a> {
    /// Who.
    pub by: &'a str,
    /// In which role.
    pub role: &'a str,
    /// The review that proposed them.
    pub review_id: Option<i32>,
    /// The import that carries them in.
    pub import_id: Option<i64>,
}

/// As [`append`], by a person or an import.
///
/// # Errors
/// The database's.
pub(super) fn write(
    tx: &mut Tx<'_>,
    row: &CaseRow,
    events: &[Event],
    because: &[String],
    hand: &Hand<'_>,
) -> Result<Told, Problem> {
    let mut rows = Vec::with_capacity(events.len());
    for (seq, event) in (row.seq + 1..).zip(events) {
        rows.push((
            case_event::trust_id.eq(tx.trust()),
            case_event::school_id.eq(row.school_id),
            case_event::case_id.eq(row.case_id),
            case_event::seq.eq(seq),
            case_event::body.eq(serde_json::to_value(event).map_err(Problem::internal)?),
            case_event::because.eq(because),
            case_event::recorded_at.eq(tx.now()),
            case_event::recorded_by.eq(hand.by),
            case_event::role.eq(hand.role),
            case_event::review_id.eq(hand.review_id),
            case_event::job_id.eq(hand.import_id),
        ));
    }
    diesel::insert_into(case_event::table).values(rows).execute(tx.conn)?;
    let Told { case, .. } = told(tx, row.clone())?;
    let stage = match &case.place {
        Place::At(stage) => Some(stage.as_str()),
        Place::Closed => None,
    };
    let row = diesel::update(case_state::table.filter(case_state::case_id.eq(row.case_id)))
        .set((
            case_state::stage.eq(stage),
            case_state::since.eq(case.since),
            case_state::steps.eq(i32::try_from(case.steps).unwrap_or(i32::MAX)),
            case_state::seq.eq(row.seq + i32::try_from(events.len()).unwrap_or(0)),
            case_state::target_to.eq(case.target.map(|target| target.to)),
        ))
        .returning(CaseRow::as_returning())
        .get_result(tx.conn)?;
    Ok(Told { row, case })
}

/// Records that a person has accepted a reason.
///
/// # Errors
/// The database's.
pub fn mitigate(
    tx: &mut Tx<'_>,
    (school_id, pupil_id): (i32, i32),
    kind: &str,
    (first_day, last_day): (NaiveDate, Option<NaiveDate>),
    by: &str,
) -> Result<(), Problem> {
    diesel::insert_into(mitigation::table)
        .values((
            mitigation::trust_id.eq(tx.trust()),
            mitigation::school_id.eq(school_id),
            mitigation::pupil_id.eq(pupil_id),
            mitigation::first_day.eq(first_day),
            mitigation::last_day.eq(last_day),
            mitigation::kind.eq(kind),
            mitigation::recorded_at.eq(tx.now()),
            mitigation::recorded_by.eq(by),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The days for which a person has accepted a reason. What the reason is, an illness or a death, stands in no proposal,
/// letter or event: only with the reason itself.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct Accepted {
    first_day: NaiveDate,
    last_day: Option<NaiveDate>,
}

impl Accepted {
    /// Whether it holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.first_day <= day && self.last_day.is_none_or(|last| day <= last)
    }
}

/// How it is said to everybody that a reason was accepted.
#[must_use]
pub fn said_of_accepted() -> String {
    "an accepted reason".to_owned()
}

/// The pupils for whom an accepted reason holds at a school on a day, each with how that is said to everybody.
///
/// # Errors
/// The database's.
pub fn mitigations(
    tx: &mut Tx<'_>,
    school_id: i32,
    day: NaiveDate,
) -> Result<BTreeMap<i32, String>, Problem> {
    let rows: Vec<(i32, Accepted)> = mitigation::table
        .filter(mitigation::school_id.eq(school_id).and(mitigation::first_day.le(day)))
        .distinct_on((mitigation::pupil_id, mitigation::first_day))
        .order((mitigation::pupil_id, mitigation::first_day, mitigation::recorded_at.desc()))
        .select((mitigation::pupil_id, (mitigation::first_day, mitigation::last_day)))
        .load(tx.conn)?;
    let holding = rows.into_iter().filter(|(_, reason)| reason.holds_on(day));
    Ok(holding.map(|(pupil, _)| (pupil, said_of_accepted())).collect())
}

/// The same of one pupil, for all days.
///
/// # Errors
/// The database's.
pub fn accepted(
    tx: &mut Tx<'_>,
    (school_id, pupil_id): (i32, i32),
) -> Result<Vec<Accepted>, Problem> {
    let ours = mitigation::school_id.eq(school_id).and(mitigation::pupil_id.eq(pupil_id));
    Ok(mitigation::table
        .filter(ours)
        .distinct_on(mitigation::first_day)
        .order((mitigation::first_day, mitigation::recorded_at.desc()))
        .select((mitigation::first_day, mitigation::last_day))
        .load(tx.conn)?)
}

/// The reasons that were accepted for a pupil, earliest first.
///
/// # Errors
/// The database's.
pub(super) fn mitigations_of(tx: &mut Tx<'_>, pupil_id: i32) -> Result<Vec<Mitigation>, Problem> {
    let mut all: Vec<Mitigation> = mitigation::table
        .filter(mitigation::pupil_id.eq(pupil_id))
        .distinct_on((mitigation::school_id, mitigation::first_day))
        .order((mitigation::school_id, mitigation::first_day, mitigation::recorded_at.desc()))
        .select((
            mitigation::school_id,
            mitigation::first_day,
            mitigation::last_day,
            mitigation::kind.nullable(),
            mitigation::recorded_at,
            mitigation::recorded_by,
        ))
        .load(tx.conn)?;
    all.sort_by_key(|one| one.first_day);
    Ok(all)
}
