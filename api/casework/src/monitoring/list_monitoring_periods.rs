//! The monitoring periods of a school, a pupil or a case.

use super::period::Period;
use crate::recording::{self, Record, Which};
use base::operation::*;

/// List monitoring periods
#[utoipa::path(tag = "monitoring", security(("token" = ["case:read"])), params(Which),
    responses((status = 200, description = "As they stand, in the order in which they were first recorded.", body = Page<Record<Period>>)))]
#[get("/v1/monitoring-periods")]
pub async fn list_monitoring_periods(
    caller: May<ReadCase>,
    app: web::Data<App>,
    request: HttpRequest,
    which: Query<Which>,
) -> Result<HttpResponse> {
    recording::list::<Period>(&app, &caller, &request, which.0).await
}
