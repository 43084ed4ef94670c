//! Owns: leave_request, leave_decision.
//!
//! Leave of absence that parents asked for, and what became of it. It changes no mark.

use diesel::prelude::*;

use super::span::Span;
use schema::{leave_decision, leave_request};

use base::prelude::*;

/// Leave that a parent asked for, and what became of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Leave {
    /// What was asked for.
    #[serde(flatten)]
    pub request: LeaveRequest,
    /// Absent while nobody has decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<LeaveDecision>,
}

/// Leave that a parent asked for.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = leave_request)]
pub struct LeaveRequest {
    /// Rollcall's key.
    #[schema(example = 12)]
    pub leave_id: LeaveId,
    /// The school.
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// The pupil.
    #[schema(example = 4711)]
    pub pupil_id: PupilId,
    /// The first day away.
    pub first_day: NaiveDate,
    /// The last day away.
    pub last_day: NaiveDate,
    /// What for, in their words.
    #[schema(example = "A wedding in the family")]
    pub reason: String,
    /// Who asked.
    #[schema(example = "Father")]
    pub requested_by: String,
    /// The day on which they asked.
    pub requested_on: NaiveDate,
    /// By whom it was taken in.
    pub recorded_by: String,
}

/// What became of a request for leave.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = leave_decision)]
pub struct LeaveDecision {
    /// Whether it was granted.
    pub granted: bool,
    /// The code of the leave that was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "C")]
    pub code: Option<String>,
    /// Why; there always is one when it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was decided (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub recorded_by: String,
    /// In which role.
    pub role: String,
}

/// Leave to be asked for.
pub(super) struct NewLeave {
    pub school_id: SchoolId,
    pub pupil_id: PupilId,
    pub span: Span,
    pub reason: String,
    pub requested_by: String,
    pub requested_on: NaiveDate,
}

/// Takes a request in.
pub(super) fn add(tx: &mut Tx, new: NewLeave, by: &str) -> Result<Leave> {
    let request = diesel::insert_into(leave_request::table)
        .values((
            leave_request::trust_id.eq(tx.trust()),
            leave_request::school_id.eq(new.school_id),
            leave_request::pupil_id.eq(new.pupil_id),
            leave_request::first_day.eq(new.span.from),
            leave_request::last_day.eq(new.span.to),
            leave_request::reason.eq(new.reason),
            leave_request::requested_by.eq(new.requested_by),
            leave_request::requested_on.eq(new.requested_on),
            leave_request::recorded_at.eq(tx.now()),
            leave_request::recorded_by.eq(by),
        ))
        .returning(LeaveRequest::as_returning())
        .get_result(tx.conn)?;
    Ok(Leave { request, decision: None })
}

/// One request with what became of it, if the caller may see it.
pub(super) fn one(tx: &mut Tx, leave_id: LeaveId) -> Result<Leave> {
    let request =
        LeaveRequest::query().filter(leave_request::leave_id.eq(leave_id)).first(tx.conn)?;
    let decision = LeaveDecision::query()
        .filter(leave_decision::leave_id.eq(leave_id))
        .first(tx.conn)
        .optional()?;
    Ok(Leave { request, decision })
}

/// Decides a request; `false` when somebody has decided it already.
pub(super) fn decide(
    tx: &mut Tx,
    request: &LeaveRequest,
    (code, reason): (Option<&str>, Option<&str>),
    caller: &Caller,
) -> Result<bool> {
    let added = diesel::insert_into(leave_decision::table)
        .values((
            leave_decision::trust_id.eq(tx.trust()),
            leave_decision::school_id.eq(request.school_id),
            leave_decision::leave_id.eq(request.leave_id),
            leave_decision::granted.eq(code.is_some()),
            leave_decision::code.eq(code),
            leave_decision::reason.eq(reason),
            leave_decision::recorded_at.eq(tx.now()),
            leave_decision::recorded_by.eq(caller.subject()),
            leave_decision::role.eq(caller.role()),
        ))
        .on_conflict_do_nothing()
        .execute(tx.conn)?;
    Ok(added > 0)
}

/// The requests of a school that touch a day, in the order in which they came.
pub(super) fn on_day(tx: &mut Tx, school_id: SchoolId, day: NaiveDate) -> Result<Vec<Leave>> {
    let rows = leave_request::table
        .left_join(leave_decision::table.on(same()))
        .filter(leave_request::trust_id.eq(tx.trust()))
        .filter(leave_request::school_id.eq(school_id))
        .filter(leave_request::last_day.ge(day).and(leave_request::first_day.le(day)))
        .order(leave_request::leave_id)
        .select((LeaveRequest::as_select(), Option::<LeaveDecision>::as_select()))
        .load(tx.conn)?;
    Ok(leaves(rows))
}

/// The requests of a school, latest first, before `before`; on request only those that wait for a decision.
pub(super) fn page(
    tx: &mut Tx,
    school_id: SchoolId,
    open: bool,
    before: Option<LeaveId>,
    most: i64,
) -> Result<Vec<Leave>> {
    let mut rows = leave_request::table
        .left_join(leave_decision::table.on(same()))
        .filter(leave_request::trust_id.eq(tx.trust()))
        .filter(leave_request::school_id.eq(school_id))
        .into_boxed();
    if open {
        rows = rows.filter(leave_decision::leave_id.nullable().is_null());
    }
    rows = rows.narrow(before.map(|before| leave_request::leave_id.lt(before)));
    let rows = rows
        .order(leave_request::leave_id.desc())
        .limit(most)
        .select((LeaveRequest::as_select(), Option::<LeaveDecision>::as_select()))
        .load(tx.conn)?;
    Ok(leaves(rows))
}

#[diesel::dsl::auto_type]
fn same() -> _ {
    leave_decision::trust_id
        .eq(leave_request::trust_id)
        .and(leave_decision::leave_id.eq(leave_request::leave_id))
}

fn leaves(rows: Vec<(LeaveRequest, Option<LeaveDecision>)>) -> Vec<Leave> {
    rows.into_iter().map(|(request, decision)| Leave { request, decision }).collect()
}
