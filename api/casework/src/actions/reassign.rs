//! A colleague is absent: everything that is open for them goes to somebody else, in one call.

use super::events::{ActionEventKind, NewEvent, add_event};
use super::rows;
use base::operation::*;
use school::{staff, tenants};

/// Who gives, who takes, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReassignBody {
    /// The school.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// Whose open actions: a member of staff (those given to them by name, and those of their duties that are given to
    /// nobody by name), or a role.
    from: Whom,
    /// Who does them from now on: a member of staff, a role, or somebody in a role.
    to: Whom,
    /// Why. Visible only with `safeguarding:read`.
    #[schema(example = "On sick leave until half term")]
    reason: String,
}

/// A member of staff, a role in the school's own words, or both.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Whom {
    /// A member of staff.
    #[serde(default)]
    #[schema(example = 41)]
    staff_id: Option<StaffId>,
    /// A role, in the school's own words.
    #[serde(default)]
    #[schema(example = "Attendance Lead")]
    role: Option<String>,
}

/// What was given.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reassigned {
    /// The actions, in order.
    #[schema(example = json!([314, 315]))]
    actions: Vec<ActionId>,
}

/// Reassign actions
///
/// Everything that is open for somebody at a school goes to somebody else. Each action keeps on record to whom it was
/// given, when, by whom and why.
#[utoipa::path(tag = "actions", security(("token" = ["case:record"])), request_body = ReassignBody,
    params(Idempotency),
    responses((status = 200, description = "The actions that were given.", body = Reassigned)))]
#[post("/v1/reassignments")]
pub async fn reassign_actions(
    caller: May<RecordCase>,
    app: web::Data<App>,
    key: Idempotency,
    body: Json<ReassignBody>,
) -> Result<HttpResponse> {
    let ReassignBody { school_id, mut from, mut to, reason } = body.value;
    for whom in [&mut from, &mut to] {
        whom.role = whom.role.as_ref().map(|role| role.trim().to_owned());
    }
    let reason = name::words(&reason, "/reason", name::NOTE)?;
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        tenants::school(tx, school_id)?;
        check(tx, &from, &to)?;
        key.once(tx, &caller, "reassign_actions", &body.bytes, |tx| {
            Reply::ok(&reassigned(tx, (school_id, &from, &to), &reason, caller.subject())?)
        })
    });
    Ok(reply.await?.answer())
}

/// Gives the open actions of one to another.
fn reassigned(
    tx: &mut Tx,
    (school_id, from, to): (SchoolId, &Whom, &Whom),
    reason: &str,
    by: &str,
) -> Result<Reassigned> {
    let duties = match from.staff_id {
        Some(staff_id) => duties(tx, school_id, staff_id)?,
        None => Vec::new(),
    };
    let today = tx.clock().today();
    let open = rows::open_of(tx, school_id, from.staff_id, from.role.as_deref(), &duties)?;
    let mut actions = Vec::with_capacity(open.len());
    for one in open {
        let event = NewEvent {
            what: ActionEventKind::Reassigned,
            on_day: today,
            staff_id: to.staff_id,
            role: to.role.clone(),
            reason: Some(reason.to_owned()),
        };
        add_event(tx, &one, &event, by)?;
        rows::give(tx, &one, to.staff_id, to.role.as_deref())?;
        actions.push(one.action_id);
    }
    Ok(Reassigned { actions })
}

fn check(tx: &mut Tx, from: &Whom, to: &Whom) -> Result<()> {
    let mut problem = Problem::new(Kind::Invalid);
    if from.staff_id.is_some() == from.role.is_some() {
        problem = problem.and("/from", "a member of staff (`staff_id`) or a role (`role`)");
    }
    if to.staff_id.is_none() && to.role.is_none() {
        problem = problem.and("/to", "a member of staff (`staff_id`), a role (`role`), or both");
    }
    if (from.staff_id, &from.role) == (to.staff_id, &to.role) {
        problem = problem.and("/to", "somebody else");
    }
    for (place, whom) in [("/from", from), ("/to", to)] {
        if let Some(staff_id) = whom.staff_id
            && !staff::is_member(tx, staff_id)?
        {
            problem = problem.and(format!("{place}/staff_id"), "a member of staff of your schools");
        }
        if whom.role.as_deref().is_some_and(|role| name::kept(role, name::NAME).is_none()) {
            problem = name::refuse(problem, &format!("{place}/role"), name::NAME);
        }
    }
    if problem.errors().is_empty() { Ok(()) } else { Err(problem) }
}

/// The duties that somebody has at a school today.
fn duties(tx: &mut Tx, school_id: SchoolId, staff_id: StaffId) -> Result<Vec<String>> {
    let today = tx.clock().today();
    let holders = staff::holders(tx, school_id, today)?.into_iter();
    Ok(holders.filter(|one| one.staff_id == staff_id).map(|one| one.duty).collect())
}
