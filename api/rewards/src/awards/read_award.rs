//! One award, with all that has become of it.

use super::answer::{AwardAnswer, named};
use super::rows::{self, AwardEvent};
use base::operation::*;

/// An award with its history.
#[derive(Debug, Serialize, ToSchema)]
pub struct AwardHistory {
    /// The award as it stands.
    #[serde(flatten)]
    award: AwardAnswer,
    /// All that has become of it, in order.
    events: Vec<AwardEvent>,
}

/// Read an award
#[utoipa::path(tag = "rewards", security(("token" = ["reward:read"])), params(AwardId),
    responses((status = 200, description = "The award, with all that has become of it.", body = AwardHistory)))]
#[get("/v1/awards/{award_id}")]
pub async fn read_award(
    caller: May<ReadReward>,
    app: web::Data<App>,
    path: Path<AwardId>,
) -> Result<HttpResponse> {
    let award = app.db.run(caller.scope(), move |tx| {
        let row = rows::award(tx, path.0)?;
        let award = named(tx, vec![row])?.pop().ok_or_else(Problem::not_found)?;
        Ok(AwardHistory { award, events: rows::events(tx, path.0)? })
    });
    Ok(HttpResponse::Ok().json(award.await?))
}
