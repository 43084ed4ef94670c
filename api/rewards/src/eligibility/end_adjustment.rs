//! An adjustment ends.

use super::adjustments::{self, AdjustmentRow};
use base::operation::*;

/// With which day it ends, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdjustmentEndBody {
    /// The last day on which it holds; the day before its first takes it back.
    to: NaiveDate,
    /// Why, 1 to 500 characters; visible only with `safeguarding:read`.
    reason: String,
}

/// End an adjustment of a pupil's rewards
#[utoipa::path(tag = "rewards", security(("token" = ["reward:adjust"])), request_body = AdjustmentEndBody,
    params(AdjustmentId, Idempotency),
    responses((status = 200, description = "The adjustment as it stands now.", body = AdjustmentRow)))]
#[post("/v1/reward-adjustments/{adjustment_id}/end")]
pub async fn end_adjustment(
    caller: May<AdjustReward>,
    app: web::Data<App>,
    path: Path<AdjustmentId>,
    key: Idempotency,
    body: Json<AdjustmentEndBody>,
) -> Result<HttpResponse> {
    let (id, to) = (path.0, body.value.to);
    let reason = name::words(&body.value.reason, "/reason", name::REASON)?;
    let whole = caller.sees_confidential(&app);
    let work = move |tx: &mut Tx<'_>, caller: &Caller| {
        let row = adjustments::end(tx, id, (to, &reason), caller.subject())?;
        Reply::ok(&row.without_reason(whole))
    };
    key.write(caller, format!("end_adjustment/{id}"), body.bytes, work).await
}
