//! What was really done: every attempt, and what settled it.

use super::evidence::add_evidence;
use super::read_action::ActionAnswer;
use super::rows;
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
}

/// Record what was done
///
/// An action is done by evidence: attempts are kept with it, in order.
#[utoipa::path(tag = "actions", security(("token" = ["case:record"])), request_body = EvidenceBody,
    params(ActionId, Idempotency),
    responses((status = 200, description = "The action with all its evidence.", body = ActionAnswer)))]
#[post("/v1/actions/{action_id}/evidence")]
pub async fn give_evidence(
    caller: May<RecordCase>,
    app: web::Data<App>,
    path: Path<ActionId>,
    key: Idempotency,
    body: Json<EvidenceBody>,
) -> Result<HttpResponse> {
    let says = name::words(&body.value.says, "/says", name::NOTE)?;
    let whole = caller.sees_confidential(&app);
    let operation = format!("give_evidence/{}", path.0);
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        let action = rows::action_to_change(tx, path.0)?;
        key.once(tx, &caller, &operation, &body.bytes, |tx| {
            add_evidence(tx, &action, (&says, body.value.done), caller.subject())?;
            Reply::ok(&ActionAnswer::read(tx, path.0, whole)?)
        })
    });
    Ok(reply.await?.answer())
}
