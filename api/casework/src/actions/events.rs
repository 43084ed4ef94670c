//! What happens to an action without anybody acting, and to whom it is given.

use diesel::prelude::*;

use super::rows::ActionRow;
use schema::action_event;

use base::prelude::*;

/// What became of an action by itself, or to whom it was given.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = action_event)]
pub struct ActionEventRow {
    /// Its place among the events of its action, from 1.
    pub seq: i32,
    /// What became of it.
    pub what: ActionEventKind,
    /// The day.
    pub on_day: NaiveDate,
    /// The member of staff to whom it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff_id: Option<StaffId>,
    /// The role to which it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Why it was given, such as that a colleague is ill; only for those who have the permission `safeguarding:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub recorded_by: String,
}

words! {
    /// What became of an action by itself, or that it was given to somebody.
    ActionEventKind {
        Due = "due": "its day has come",
        Breached = "breached": "its day is over, and no evidence says that it is done",
        Reassigned = "reassigned": "it was given to somebody else",
    }
}

/// An event to be recorded.
#[derive(Debug, Clone)]
pub(super) struct NewEvent {
    pub what: ActionEventKind,
    pub on_day: NaiveDate,
    pub staff_id: Option<StaffId>,
    pub role: Option<String>,
    pub reason: Option<String>,
}

impl NewEvent {
    /// What happens to an action on a day without anybody acting.
    pub(super) fn of(what: ActionEventKind, on_day: NaiveDate) -> Self {
        Self { what, on_day, staff_id: None, role: None, reason: None }
    }
}

/// The events of an action, in order.
pub(super) fn events(tx: &mut Tx, action_id: ActionId) -> Result<Vec<ActionEventRow>> {
    Ok(ActionEventRow::query()
        .filter(action_event::action_id.eq(action_id))
        .order(action_event::seq)
        .load(tx.conn)?)
}

/// Records an event of an action that the caller holds; `false` when it was told before.
pub(super) fn add_event(tx: &mut Tx, action: &ActionRow, new: &NewEvent, by: &str) -> Result<bool> {
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
