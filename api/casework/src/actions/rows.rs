//! Owns: action, action_pupil, evidence, action_event.

use diesel::prelude::*;

use super::lists::{PupilOnList, pupils_of};
use schema::{action, action_pupil};

use base::prelude::*;

/// Something that somebody is to do.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = action)]
pub struct ActionRow {
    /// Rollcall's key.
    #[schema(example = 314)]
    pub action_id: ActionId,
    /// The school.
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// The pupil it is about; absent when it is about the school, a class, a teacher or a list of pupils.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pupil_id: Option<PupilId>,
    /// The case it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_id: Option<CaseId>,
    /// The review that it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_id: Option<ReviewId>,
    /// The rule that led to it.
    #[schema(example = "W-06")]
    pub rule: String,
    /// What is to be done.
    pub kind: words::ActionKind,
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
    pub staff_id: Option<StaffId>,
    /// The class that it is for, where its teachers do it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 31)]
    pub class_id: Option<ClassId>,
    /// The review that asked for the same again before anybody had done it: it has lapsed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 52)]
    pub lapsed_by: Option<ReviewId>,
}

/// An action with the pupils for whom it is to be done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ListedAction {
    /// What is to be done.
    #[serde(flatten)]
    pub action: ActionRow,
    /// Where it is to be done for several pupils: for whom, and for whom it is done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pupils: Vec<PupilOnList>,
}

/// These actions, each with its pupils.
pub(super) fn with_pupils(tx: &mut Tx, rows: Vec<ActionRow>) -> Result<Vec<ListedAction>> {
    let ids: Vec<ActionId> = rows.iter().map(|row| row.action_id).collect();
    let mut lists = pupils_of(tx, &ids)?;
    let listed = |action: ActionRow| {
        let pupils = lists.remove(&action.action_id).unwrap_or_default();
        ListedAction { action, pupils }
    };
    Ok(rows.into_iter().map(listed).collect())
}

/// Neither done nor overtaken nor lapsed: somebody still has to do it.
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn is_open() -> _ {
    let waits = action::done_at.is_null().and(action::overtaken_at.is_null());
    waits.and(action::lapsed_by.is_null())
}

/// Which actions.
#[derive(Debug, Clone)]
pub struct ActionFilter {
    /// Of this school.
    pub school_id: SchoolId,
    /// Of this case.
    pub case_id: Option<CaseId>,
    /// Of this role.
    pub role: Option<String>,
    /// Of this member of staff.
    pub staff_id: Option<StaffId>,
    /// Only those that are open (or done).
    pub open: Option<bool>,
    /// Only those that are open and were due before this day.
    pub overdue_on: Option<NaiveDate>,
    /// Only those that are due by this day.
    pub due_by: Option<NaiveDate>,
    /// Only those for this class, about one of these pupils, who are in it, or with one of them on the list.
    pub class: Option<(ClassId, Vec<PupilId>)>,
    /// Only those that have lapsed, or have not.
    pub lapsed: Option<bool>,
}

/// Actions, in the order in which they were opened, after `after`.
pub fn actions(
    tx: &mut Tx,
    wanted: ActionFilter,
    after: Option<ActionId>,
    most: i64,
) -> Result<Vec<ActionRow>> {
    let mut rows =
        tx.rows::<ActionRow>().filter(action::school_id.eq(wanted.school_id)).into_boxed();
    rows = rows.narrow(wanted.case_id.map(|case_id| action::case_id.eq(case_id)));
    rows = rows.narrow(wanted.role.map(|role| action::role.eq(role)));
    rows = rows.narrow(wanted.staff_id.map(|staff_id| action::staff_id.eq(staff_id)));
    match wanted.open {
        Some(true) => rows = rows.filter(is_open()),
        Some(false) => rows = rows.filter(action::done_at.is_not_null()),
        None => {}
    }
    if let Some(day) = wanted.overdue_on {
        rows = rows.filter(is_open()).filter(action::due.lt(day));
    }
    rows = rows.narrow(wanted.due_by.map(|day| action::due.le(day)));
    match wanted.lapsed {
        Some(true) => rows = rows.filter(action::lapsed_by.is_not_null()),
        Some(false) => rows = rows.filter(action::lapsed_by.is_null()),
        None => {}
    }
    if let Some((class_id, pupils)) = wanted.class {
        let listed = action_pupil::table
            .filter(action_pupil::trust_id.eq(action::trust_id))
            .filter(action_pupil::action_id.eq(action::action_id))
            .filter(action_pupil::overtaken_at.is_null())
            .filter(action_pupil::pupil_id.eq_any(pupils.clone()));
        let for_class = action::class_id.eq(class_id).assume_not_null();
        let about = action::pupil_id.eq_any(pupils).assume_not_null();
        let listed = action::class_id.is_null().and(diesel::dsl::exists(listed));
        rows = rows.filter(for_class.or(about).or(listed));
    }
    rows = rows.narrow(after.map(|after| action::action_id.gt(after)));
    Ok(rows.order(action::action_id).limit(most).load(tx.conn)?)
}

/// One action, locked until this transaction ends. Errors: 404.
pub fn action_to_change(tx: &mut Tx, action_id: ActionId) -> Result<ActionRow> {
    Ok(tx
        .rows::<ActionRow>()
        .filter(action::action_id.eq(action_id))
        .for_update()
        .first(tx.conn)?)
}

/// What is open at a school about a pupil because of a rule, in order.
pub fn open_of_rule(
    tx: &mut Tx,
    (school_id, pupil_id): (SchoolId, PupilId),
    rule: &str,
) -> Result<Vec<ActionRow>> {
    let about = action::school_id.eq(school_id).and(action::pupil_id.eq(pupil_id));
    let rows = tx.rows::<ActionRow>().filter(about.and(action::rule.eq(rule)).and(is_open()));
    Ok(rows.order(action::action_id).load(tx.conn)?)
}

/// Those of these actions that the caller may see, in order.
pub(super) fn of_ids(tx: &mut Tx, ids: Vec<ActionId>) -> Result<Vec<ActionRow>> {
    let rows = tx.rows::<ActionRow>().filter(action::action_id.eq_any(ids));
    Ok(rows.order(action::action_id).load(tx.conn)?)
}

/// Holds these actions until this transaction ends: two who hold many never wait for each other.
pub(super) fn hold(tx: &mut Tx, ids: Vec<ActionId>) -> Result<()> {
    let rows = tx.rows::<ActionRow>().filter(action::action_id.eq_any(ids));
    rows.order(action::action_id).for_update().load(tx.conn)?;
    Ok(())
}

/// The open actions of a school that are due by a day, in order, locked until this transaction ends.
pub(super) fn due_to_change(
    tx: &mut Tx,
    school_id: SchoolId,
    day: NaiveDate,
) -> Result<Vec<ActionRow>> {
    Ok(tx
        .rows::<ActionRow>()
        .filter(action::school_id.eq(school_id).and(is_open()))
        .filter(action::due.le(day))
        .order(action::action_id)
        .for_update()
        .load(tx.conn)?)
}

/// The open actions of a member of staff or of a role at a school, in order, locked until this transaction ends. Those
/// of somebody's `duties` that are given to nobody by name are theirs, too.
pub(super) fn open_of(
    tx: &mut Tx,
    school_id: SchoolId,
    staff_id: Option<StaffId>,
    role: Option<&str>,
    duties: &[String],
) -> Result<Vec<ActionRow>> {
    let rows = tx.of(action::table).filter(action::school_id.eq(school_id).and(is_open()));
    let whose =
        match staff_id {
            Some(staff_id) => rows
                .filter(action::staff_id.eq(staff_id).assume_not_null().or(
                    action::staff_id.is_null().and(action::role.eq_any(duties).assume_not_null()),
                ))
                .into_boxed(),
            None => rows.filter(action::role.eq(role.unwrap_or_default())).into_boxed(),
        };
    let ids: Vec<ActionId> =
        whose.order(action::action_id).select(action::action_id).load(tx.conn)?;
    Ok(tx
        .rows::<ActionRow>()
        .filter(action::action_id.eq_any(ids).and(is_open()))
        .order(action::action_id)
        .for_update()
        .load(tx.conn)?)
}

/// Gives an action that the caller holds to a member of staff, a role, or somebody in a role.
pub(super) fn give(
    tx: &mut Tx,
    one: &ActionRow,
    staff_id: Option<StaffId>,
    role: Option<&str>,
) -> Result<()> {
    diesel::update(tx.of(action::table).filter(action::action_id.eq(one.action_id)))
        .set((action::staff_id.eq(staff_id), action::role.eq(role.or(one.role.as_deref()))))
        .execute(tx.conn)?;
    Ok(())
}

/// One action, if the caller may see it. Errors: 404.
pub fn action(tx: &mut Tx, action_id: ActionId) -> Result<ActionRow> {
    let row = tx.rows::<ActionRow>().filter(action::action_id.eq(action_id));
    Ok(row.first(tx.conn)?)
}
