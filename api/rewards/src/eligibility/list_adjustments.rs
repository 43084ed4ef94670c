//! A pupil's adjustments.

use super::adjustments::{self, AdjustmentRow};
use base::operation::*;
use roll::pupils;

/// A pupil's adjustments.
#[derive(Serialize, ToSchema)]
pub struct AdjustmentList {
    /// As they stand, in the order in which they were made.
    adjustments: Vec<AdjustmentRow>,
}

/// List a pupil's adjustments of rewards
#[utoipa::path(tag = "rewards", security(("token" = ["reward:adjust"])), params(PupilId),
    responses((status = 200, description = "As they stand; why only with `safeguarding:read`.", body = AdjustmentList)))]
#[get("/v1/pupils/{pupil_id}/reward-adjustments")]
pub async fn list_adjustments(
    caller: May<AdjustReward>,
    app: web::Data<App>,
    path: Path<PupilId>,
) -> Result<HttpResponse> {
    let whole = caller.sees_confidential(&app);
    let rows = app.db.run(caller.scope(), move |tx| {
        pupils::pupil(tx, path.0)?;
        adjustments::of_pupil(tx, path.0)
    });
    let rows = rows.await?.into_iter().map(|row| row.without_reason(whole));
    Ok(HttpResponse::Ok().json(AdjustmentList { adjustments: rows.collect() }))
}
