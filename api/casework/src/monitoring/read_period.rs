//! One of the monitoring periods, with all that it was before.

use super::period::Period;
use crate::recording::{self, Told};
use base::operation::*;

/// Read one of the monitoring periods
#[utoipa::path(tag = "monitoring", security(("token" = ["case:read"])),
    params(RecordId),
    responses((status = 200, description = "How it stands now, and how it stood before.", body = Told<Period>, headers(("ETag")))))]
#[get("/v1/monitoring-periods/{record_id}")]
pub async fn read_period(
    caller: May<ReadCase>,
    app: web::Data<App>,
    path: Path<RecordId>,
) -> Result<HttpResponse> {
    recording::one::<Period>(&app, &caller, path.0).await
}
