//! The plans and contracts of a school, a pupil or a case.

use super::plan::Plan;
use crate::recording::{self, Record, Which};
use base::operation::*;

/// List plans and contracts
#[utoipa::path(tag = "plans", security(("token" = ["case:read"])), params(Which),
    responses((status = 200, description = "As they stand, in the order in which they were first recorded.", body = Page<Record<Plan>>)))]
#[get("/v1/plans")]
pub async fn list_plans(
    caller: May<ReadCase>,
    app: web::Data<App>,
    request: HttpRequest,
    which: Query<Which>,
) -> Result<HttpResponse> {
    recording::list::<Plan>(&app, &caller, &request, which.0).await
}
