//! What was really done: every attempt, and what settled it.

use super::evidence::{Done, add_evidence};
use super::lists::pupils_of;
use super::read_action::ActionAnswer;
use super::rows::{self, ActionRow};
use base::auth::permission::Permission;
use base::operation::*;

/// What was done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceBody {
    /// What was done, when and with whom.
    #[schema(example = "Rang both parents at 9:10; mother will come on Thursday at 15:30")]
    says: String,
    /// Whether the action is done with it; `false` for an attempt.
    done: bool,
    /// Where the action has a list of pupils: the one whom it is about; all of them when absent.
    #[serde(default)]
    #[schema(example = 4711)]
    pupil_id: Option<PupilId>,
}

/// Record what was done
///
/// An action is done by evidence: attempts are kept with it, in order. One with a list of pupils is done when it is done for
/// each of them, or for all at once. Class teachers record what they did for a class.
#[utoipa::path(tag = "actions", security(("token" = ["action:record"])), request_body = EvidenceBody,
    params(ActionId, Idempotency),
    responses((status = 200, description = "The action with all its evidence.", body = ActionAnswer)))]
#[post("/v1/actions/{action_id}/evidence")]
pub async fn give_evidence(
    caller: May<RecordAction>,
    app: web::Data<App>,
    path: Path<ActionId>,
    key: Idempotency,
    body: Json<EvidenceBody>,
) -> Result<HttpResponse> {
    let says = name::words(&body.value.says, "/says", name::NOTE)?;
    let whole = caller.sees_confidential(&app);
    let state = app.clone();
    let operation = format!("give_evidence/{}", path.0);
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        let action = rows::action_to_change(tx, path.0)?;
        key.once(tx, &caller, &operation, &body.bytes, |tx| {
            let EvidenceBody { done, pupil_id, .. } = body.value;
            check_own(&state, &caller, &action)?;
            check_listed(tx, &action, pupil_id, "/pupil_id")?;
            let done = Done { says: &says, done, pupil_id };
            add_evidence(tx, &action, &done, caller.subject())?;
            Reply::ok(&ActionAnswer::read(tx, path.0, whole)?)
        })
    });
    Ok(reply.await?.answer())
}

/// Errors: 422 for a pupil whom the action is not about.
pub(super) fn check_listed(
    tx: &mut Tx,
    action: &ActionRow,
    pupil_id: Option<PupilId>,
    at: &str,
) -> Result<()> {
    let Some(pupil_id) = pupil_id.filter(|pupil_id| Some(*pupil_id) != action.pupil_id) else {
        return Ok(());
    };
    let listed = pupils_of(tx, &[action.action_id])?.remove(&action.action_id);
    if listed.is_some_and(|listed| listed.iter().any(|one| one.pupil_id == pupil_id)) {
        return Ok(());
    }
    Err(Problem::at(Kind::Invalid, at, "a pupil whom the action is about"))
}

/// Errors: 403 for an action that is not for a class, of a caller who does not record what was done about cases.
pub(super) fn check_own(app: &App, caller: &Caller, action: &ActionRow) -> Result<()> {
    if action.class_id.is_some() || app.roles.allows(caller.role(), RecordCase::NAME) {
        return Ok(());
    }
    let detail = "Class teachers record what they did for a class.";
    Err(Problem::new(Kind::Forbidden)
        .detail(detail)
        .member("permission", RecordCase::NAME)
        .member("role", caller.role()))
}
