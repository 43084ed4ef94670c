//! The home visits of a school, a pupil or a case.

use super::visit::Visit;
use crate::recording::{self, Record, Which};
use base::operation::*;

/// List home visits
#[utoipa::path(tag = "visits", security(("token" = ["case:read"])), params(Which),
    responses((status = 200, description = "As they stand, in the order in which they were first recorded.", body = Page<Record<Visit>>)))]
#[get("/v1/visits")]
pub async fn list_visits(
    caller: May<ReadCase>,
    app: web::Data<App>,
    request: HttpRequest,
    which: Query<Which>,
) -> Result<HttpResponse> {
    recording::list::<Visit>(&app, &caller, &request, which.0).await
}
