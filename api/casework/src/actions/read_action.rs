//! One action, with what was really done.

use super::events::{ActionEventRow, events};
use super::evidence::{EvidenceRow, evidence};
use super::rows::{self, ListedAction, with_pupils};
use base::operation::*;

/// An action with its evidence.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActionAnswer {
    /// What is to be done.
    #[serde(flatten)]
    action: ListedAction,
    /// What was really done, in order.
    evidence: Vec<EvidenceRow>,
    /// When it fell due and became overdue, and to whom it was given, in order.
    events: Vec<ActionEventRow>,
}

impl ActionAnswer {
    /// As it stands now; why it was given to somebody else stands there when it is shown whole.
    pub(super) fn read(tx: &mut Tx, action_id: ActionId, whole: bool) -> Result<Self> {
        let row = rows::action(tx, action_id)?;
        let action = with_pupils(tx, vec![row])?.pop().ok_or_else(Problem::not_found)?;
        let (evidence, mut events) = (evidence(tx, action_id)?, events(tx, action_id)?);
        for one in events.iter_mut().filter(|_| !whole) {
            one.reason = None;
        }
        Ok(Self { action, evidence, events })
    }
}

/// Read an action
#[utoipa::path(tag = "actions", security(("token" = ["case:read"])),
    params(ActionId),
    responses((status = 200, description = "The action with all its evidence.", body = ActionAnswer)))]
#[get("/v1/actions/{action_id}")]
pub async fn read_action(
    caller: May<ReadCase>,
    app: web::Data<App>,
    path: Path<ActionId>,
) -> Result<HttpResponse> {
    let whole = caller.sees_confidential(&app);
    let answer = app.db.run(caller.scope(), move |tx| ActionAnswer::read(tx, path.0, whole));
    Ok(HttpResponse::Ok().json(answer.await?))
}
