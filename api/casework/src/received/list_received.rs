//! The papers of the authority about a school, a pupil or a case.

use super::paper::AuthorityPaper;
use crate::recording::{self, Record, Which};
use base::operation::*;

/// List what the authority sent
#[utoipa::path(tag = "received", security(("token" = ["case:read"])), params(Which),
    responses((status = 200, description = "As they stand, in the order in which they were first recorded.", body = Page<Record<AuthorityPaper>>)))]
#[get("/v1/received")]
pub async fn list_received(
    caller: May<ReadCase>,
    app: web::Data<App>,
    request: HttpRequest,
    which: Query<Which>,
) -> Result<HttpResponse> {
    recording::list::<AuthorityPaper>(&app, &caller, &request, which.0).await
}
