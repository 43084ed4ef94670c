//! One of the plans and contracts, with all that it was before.

use super::plan::Plan;
use crate::recording::{self, Told};
use base::operation::*;

/// Read one of the plans and contracts
#[utoipa::path(tag = "plans", security(("token" = ["case:read"])),
    params(RecordId),
    responses((status = 200, description = "How it stands now, and how it stood before.", body = Told<Plan>, headers(("ETag")))))]
#[get("/v1/plans/{record_id}")]
pub async fn read_plan(
    caller: May<ReadCase>,
    app: web::Data<App>,
    path: Path<RecordId>,
) -> Result<HttpResponse> {
    recording::one::<Plan>(&app, &caller, path.0).await
}
