//! Owns: action, evidence, action_event.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Date, Integer};
use domain::Calendar;
use domain::policy::word::Do;
use domain::policy::{Action, school_days_after};
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::Tx;
use crate::http::problem::Problem;
use crate::schema::{action, action_event, evidence};
use crate::tenants;

/// School days after which somebody calls, when no date is agreed for a meeting.
const DAYS_TO_AGREE: u32 = 5;

/// Something that somebody is to do.
#[derive(Debug, Clone, Serialize, Queryable, Selectable, ToSchema)]
#[diesel(table_name = action)]
pub struct ActionRow {
    /// Rollcall's key.
    #[schema(example = 314)]
    pub action_id: i32,
    /// The school.
    #[schema(example = 7)]
    pub school_id: i32,
    /// The pupil it is about; absent when it is about the school, a class or a teacher.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pupil_id: Option<i32>,
    /// The case it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_id: Option<i32>,
    /// The review that it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_id: Option<i32>,
    /// The rule that led to it.
    #[schema(example = "W-06")]
    pub rule: String,
    /// What kind of thing: `call`, `meeting`, `visit`, `task`, ...
    #[schema(example = "meeting")]
    pub kind: String,
    /// What, by whom and until when, in plain English.
    pub says: String,
    /// The role that does it, in the school's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Attendance Lead")]
    pub role: Option<String>,
    /// The day it was opened.
    pub opened_on: NaiveDate,
    /// The day it is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<NaiveDate>,
    /// When evidence said that it is done (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_at: Option<DateTime<Utc>>,
    /// When a mark was amended that it rested on (UTC): nobody has to do it any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overtaken_at: Option<DateTime<Utc>>,
    /// The member of staff who is to do it, where a person was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 41)]
    pub staff_id: Option<i32>,
}

/// What became of an action by itself, or to whom it was given.
#[derive(Debug, Clone, Serialize, Queryable, Selectable, ToSchema)]
#[diesel(table_name = action_event)]
pub struct ActionEventRow {
    /// Its place among the events of its action, from 1.
    pub seq: i32,
    /// `due` on its day, `breached` (overdue) when the day is over, `reassigned`.
    #[schema(example = "breached")]
    pub what: String,
    /// The day.
    pub on_day: NaiveDate,
    /// The member of staff to whom it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff_id: Option<i32>,
    /// The role to which it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Why it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub recorded_by: String,
}

/// An event to be recorded.
#[derive(Debug, Clone, Default)]
pub(super) struct NewEvent {
    pub what: &'static str,
    pub on_day: NaiveDate,
    pub staff_id: Option<i32>,
    pub role: Option<String>,
    pub reason: Option<String>,
}

impl NewEvent {
    /// What becomes of an action by itself on a day.
    pub(super) fn of(what: &'static str, on_day: NaiveDate) -> Self {
        Self { what, on_day, ..Self::default() }
    }
}

/// What was really done.
#[derive(Debug, Clone, Serialize, Queryable, Selectable, ToSchema)]
#[diesel(table_name = evidence)]
pub struct EvidenceRow {
    /// Its place among the evidence of its action, from 1.
    pub seq: i32,
    /// What was done, when and with whom.
    pub says: String,
    /// Whether the action is done with it; `false` for an attempt.
    pub done: bool,
    /// When it was recorded (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub recorded_by: String,
}

/// Neither done nor overtaken: somebody still has to do it.
#[diesel::dsl::auto_type(no_type_alias)]
fn is_open() -> _ {
    action::done_at.is_null().and(action::overtaken_at.is_null())
}

/// What an action is about.
#[derive(Debug, Clone, Copy, Default)]
pub struct About {
    /// The school.
    pub school_id: i32,
    /// The pupil.
    pub pupil_id: Option<i32>,
    /// The case.
    pub case_id: Option<i32>,
    /// The review.
    pub review_id: Option<i32>,
}

/// Opens an action of a rule on a day; `note` says more of whom it is about.
///
/// # Errors
/// The database's.
pub fn open(
    tx: &mut Tx<'_>,
    about: About,
    rule: &str,
    what: &Action,
    note: Option<&str>,
    day: NaiveDate,
    calendars: &[Calendar],
) -> Result<(), Problem> {
    let due = what.within.and_then(|days| school_days_after(day, days, calendars));
    let says = match note {
        Some(note) => format!("{what} ({note})"),
        None => what.to_string(),
    };
    diesel::insert_into(action::table)
        .values((
            action::trust_id.eq(tx.trust()),
            action::school_id.eq(about.school_id),
            action::pupil_id.eq(about.pupil_id),
            action::case_id.eq(about.case_id),
            action::review_id.eq(about.review_id),
            action::rule.eq(rule),
            action::kind.eq(what.kind.to_string()),
            action::says.eq(says),
            action::role.eq(&what.by),
            action::opened_on.eq(day),
            action::due.eq(due),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Opens a task that no rule's own words describe: something has happened that a person is to know of.
///
/// # Errors
/// The database's.
pub fn tell(
    tx: &mut Tx<'_>,
    about: About,
    rule: &str,
    says: &str,
    (role, day): (Option<&str>, NaiveDate),
) -> Result<(), Problem> {
    diesel::insert_into(action::table)
        .values((
            action::trust_id.eq(tx.trust()),
            action::school_id.eq(about.school_id),
            action::pupil_id.eq(about.pupil_id),
            action::case_id.eq(about.case_id),
            action::review_id.eq(about.review_id),
            action::rule.eq(rule),
            action::kind.eq("task"),
            action::says.eq(says),
            action::role.eq(role),
            action::opened_on.eq(day),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// What a review opened about a pupil, by these rules, and nobody has done, is to be done no more.
///
/// # Errors
/// The database's.
pub fn overtake(
    tx: &mut Tx<'_>,
    (review_id, pupil_id): (i32, i32),
    rules: &[String],
) -> Result<(), Problem> {
    let these = action::review_id.eq(review_id).and(action::pupil_id.eq(pupil_id));
    diesel::update(action::table.filter(these.and(action::rule.eq_any(rules)).and(is_open())))
        .set(action::overtaken_at.eq(tx.now()))
        .execute(tx.conn)?;
    Ok(())
}

/// Which actions.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Of this school.
    pub school_id: i32,
    /// Of this case.
    pub case_id: Option<i32>,
    /// Of this role.
    pub role: Option<String>,
    /// Of this member of staff.
    pub staff_id: Option<i32>,
    /// Only those that are open (or done).
    pub open: Option<bool>,
    /// Only those that are open and were due before this day.
    pub overdue_on: Option<NaiveDate>,
}

/// Actions, in the order in which they were opened, after `after`.
///
/// # Errors
/// The database's.
pub fn actions(
    tx: &mut Tx<'_>,
    wanted: Wanted,
    after: Option<i32>,
    most: i64,
) -> Result<Vec<ActionRow>, Problem> {
    let mut rows = action::table.filter(action::school_id.eq(wanted.school_id)).into_boxed();
    if let Some(case_id) = wanted.case_id {
        rows = rows.filter(action::case_id.eq(case_id));
    }
    if let Some(role) = wanted.role {
        rows = rows.filter(action::role.eq(role));
    }
    if let Some(staff_id) = wanted.staff_id {
        rows = rows.filter(action::staff_id.eq(staff_id));
    }
    match wanted.open {
        Some(true) => rows = rows.filter(is_open()),
        Some(false) => rows = rows.filter(action::done_at.is_not_null()),
        None => {}
    }
    if let Some(day) = wanted.overdue_on {
        rows = rows.filter(is_open()).filter(action::due.lt(day));
    }
    if let Some(after) = after {
        rows = rows.filter(action::action_id.gt(after));
    }
    Ok(rows.order(action::action_id).limit(most).select(ActionRow::as_select()).load(tx.conn)?)
}

/// One action, locked until this transaction ends.
///
/// # Errors
/// 404.
pub fn action_to_change(tx: &mut Tx<'_>, action_id: i32) -> Result<ActionRow, Problem> {
    Ok(action::table
        .filter(action::action_id.eq(action_id))
        .select(ActionRow::as_select())
        .for_update()
        .first(tx.conn)?)
}

/// Records what was done. The caller holds the action.
///
/// # Errors
/// The database's.
pub fn add_evidence(
    tx: &mut Tx<'_>,
    action: &ActionRow,
    (says, done): (&str, bool),
    by: &str,
) -> Result<(), Problem> {
    let before = evidence::table.filter(evidence::action_id.eq(action.action_id));
    let seq: Option<i32> = before.select(diesel::dsl::max(evidence::seq)).first(tx.conn)?;
    diesel::insert_into(evidence::table)
        .values((
            evidence::trust_id.eq(tx.trust()),
            evidence::school_id.eq(action.school_id),
            evidence::action_id.eq(action.action_id),
            evidence::seq.eq(seq.unwrap_or(0) + 1),
            evidence::says.eq(says),
            evidence::done.eq(done),
            evidence::recorded_at.eq(tx.now()),
            evidence::recorded_by.eq(by),
        ))
        .execute(tx.conn)?;
    if done && action.done_at.is_none() {
        diesel::update(action::table.filter(action::action_id.eq(action.action_id)))
            .set(action::done_at.eq(tx.now()))
            .execute(tx.conn)?;
    }
    Ok(())
}

/// The open actions of a school that are due by a day, in order, locked until this transaction ends.
///
/// # Errors
/// The database's.
pub(super) fn due_to_change(
    tx: &mut Tx<'_>,
    school_id: i32,
    day: NaiveDate,
) -> Result<Vec<ActionRow>, Problem> {
    Ok(action::table
        .filter(action::school_id.eq(school_id).and(is_open()))
        .filter(action::due.le(day))
        .order(action::action_id)
        .select(ActionRow::as_select())
        .for_update()
        .load(tx.conn)?)
}

/// The open actions of a member of staff or of a role at a school, in order, locked until this transaction ends. Those
/// of somebody's `duties` that are given to nobody by name are theirs, too.
///
/// # Errors
/// The database's.
pub(super) fn open_of(
    tx: &mut Tx<'_>,
    school_id: i32,
    staff_id: Option<i32>,
    role: Option<&str>,
    duties: &[String],
) -> Result<Vec<ActionRow>, Problem> {
    let rows = action::table.filter(action::school_id.eq(school_id).and(is_open()));
    let whose =
        match staff_id {
            Some(staff_id) => rows
                .filter(action::staff_id.eq(staff_id).assume_not_null().or(
                    action::staff_id.is_null().and(action::role.eq_any(duties).assume_not_null()),
                ))
                .into_boxed(),
            None => rows.filter(action::role.eq(role.unwrap_or_default())).into_boxed(),
        };
    let ids: Vec<i32> = whose.order(action::action_id).select(action::action_id).load(tx.conn)?;
    Ok(action::table
        .filter(action::action_id.eq_any(ids).and(is_open()))
        .order(action::action_id)
        .select(ActionRow::as_select())
        .for_update()
        .load(tx.conn)?)
}

/// Gives an action that the caller holds to a member of staff, a role, or somebody in a role.
///
/// # Errors
/// The database's.
pub(super) fn give(
    tx: &mut Tx<'_>,
    one: &ActionRow,
    staff_id: Option<i32>,
    role: Option<&str>,
) -> Result<(), Problem> {
    diesel::update(action::table.filter(action::action_id.eq(one.action_id)))
        .set((action::staff_id.eq(staff_id), action::role.eq(role.or(one.role.as_deref()))))
        .execute(tx.conn)?;
    Ok(())
}

/// Records an event of an action that the caller holds; `false` when it was told before.
///
/// # Errors
/// The database's.
pub(super) fn add_event(
    tx: &mut Tx<'_>,
    action: &ActionRow,
    new: &NewEvent,
    by: &str,
) -> Result<bool, Problem> {
    let before = action_event::table.filter(action_event::action_id.eq(action.action_id));
    let seq: Option<i32> = before.select(diesel::dsl::max(action_event::seq)).first(tx.conn)?;
    let added = diesel::insert_into(action_event::table)
        .values((
            action_event::trust_id.eq(tx.trust()),
            action_event::school_id.eq(action.school_id),
            action_event::action_id.eq(action.action_id),
            action_event::seq.eq(seq.unwrap_or(0) + 1),
            action_event::what.eq(new.what),
            action_event::on_day.eq(new.on_day),
            action_event::staff_id.eq(new.staff_id),
            action_event::role.eq(&new.role),
            action_event::reason.eq(&new.reason),
            action_event::recorded_at.eq(tx.now()),
            action_event::recorded_by.eq(by),
        ))
        .on_conflict_do_nothing()
        .execute(tx.conn)?;
    Ok(added == 1)
}

/// The events of an action, in order.
///
/// # Errors
/// The database's.
pub(super) fn events(tx: &mut Tx<'_>, action_id: i32) -> Result<Vec<ActionEventRow>, Problem> {
    Ok(action_event::table
        .filter(action_event::action_id.eq(action_id))
        .order(action_event::seq)
        .select(ActionEventRow::as_select())
        .load(tx.conn)?)
}

/// What is still open of a case falls away, and says why.
///
/// # Errors
/// The database's.
pub fn fall_away(tx: &mut Tx<'_>, case_id: i32, why: &str, by: &str) -> Result<(), Problem> {
    let open: Vec<ActionRow> = action::table
        .filter(action::case_id.eq(case_id).and(is_open()))
        .order(action::action_id)
        .select(ActionRow::as_select())
        .for_update()
        .load(tx.conn)?;
    for one in open {
        add_evidence(tx, &one, (&format!("falls away: {why}"), true), by)?;
    }
    Ok(())
}

/// What is still open of a case is to be done at another school, for the case that goes on there. Who does it there is
/// for that school to say.
///
/// # Errors
/// The database's.
pub fn carry(
    tx: &mut Tx<'_>,
    from_case: i32,
    (school_id, case_id): (i32, i32),
    day: NaiveDate,
) -> Result<(), Problem> {
    diesel::sql_query(
        "INSERT INTO action (trust_id, school_id, pupil_id, case_id, rule, kind, says, role, opened_on, due) \
         SELECT trust_id, $3, pupil_id, $4, rule, kind, says, role, $5, due FROM action \
         WHERE trust_id = $1 AND case_id = $2 AND done_at IS NULL AND overtaken_at IS NULL ORDER BY action_id",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Integer, _>(from_case)
    .bind::<Integer, _>(school_id)
    .bind::<Integer, _>(case_id)
    .bind::<Date, _>(day)
    .execute(tx.conn)?;
    Ok(())
}

/// One action, if the caller may see it.
///
/// # Errors
/// 404.
pub fn action(tx: &mut Tx<'_>, action_id: i32) -> Result<ActionRow, Problem> {
    let row = action::table.filter(action::action_id.eq(action_id));
    Ok(row.select(ActionRow::as_select()).first(tx.conn)?)
}

/// The evidence of an action, in order.
///
/// # Errors
/// The database's.
pub fn evidence(tx: &mut Tx<'_>, action_id: i32) -> Result<Vec<EvidenceRow>, Problem> {
    Ok(evidence::table
        .filter(evidence::action_id.eq(action_id))
        .order(evidence::seq)
        .select(EvidenceRow::as_select())
        .load(tx.conn)?)
}

/// Opens the call that agrees a date, of the rule that asked for a meeting.
///
/// # Errors
/// The database's.
pub fn open_call_for_a_date(tx: &mut Tx<'_>, asked: &ActionRow) -> Result<(), Problem> {
    let call = Action {
        kind: Do::Call,
        what: "agree a date to meet".to_owned(),
        by: asked.role.clone(),
        to: None,
        with: Vec::new(),
        within: Some(DAYS_TO_AGREE),
        before: None,
        only_if: None,
        unless: Some("a date is agreed".to_owned()),
        rate: None,
        school_weeks: None,
        unauthorised_at_least: None,
    };
    let ActionRow { school_id, pupil_id, case_id, review_id, .. } = *asked;
    let about = About { school_id, pupil_id, case_id, review_id };
    let day = tx.clock().today();
    let calendars = tenants::calendars_around(tx, school_id, day)?;
    open(tx, about, &asked.rule, &call, None, day, &calendars)
}
