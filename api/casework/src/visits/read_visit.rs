//! One of the home visits, with all that it was before.

use super::visit::Visit;
use crate::recording::{self, Told};
use base::operation::*;

/// Read one of the home visits
#[utoipa::path(tag = "visits", security(("token" = ["case:read"])),
    params(RecordId),
    responses((status = 200, description = "How it stands now, and how it stood before.", body = Told<Visit>, headers(("ETag")))))]
#[get("/v1/visits/{record_id}")]
pub async fn read_visit(
    caller: May<ReadCase>,
    app: web::Data<App>,
    path: Path<RecordId>,
) -> Result<HttpResponse> {
    recording::one::<Visit>(&app, &caller, path.0).await
}
