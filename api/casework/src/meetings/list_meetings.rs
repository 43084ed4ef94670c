//! The meetings of a school, a pupil or a case.

use super::meeting::Meeting;
use crate::recording::{self, Record, Which};
use base::operation::*;

/// List meetings
#[utoipa::path(tag = "meetings", security(("token" = ["case:read"])), params(Which),
    responses((status = 200, description = "As they stand, in the order in which they were first recorded.", body = Page<Record<Meeting>>)))]
#[get("/v1/meetings")]
pub async fn list_meetings(
    caller: May<ReadCase>,
    app: web::Data<App>,
    request: HttpRequest,
    which: Query<Which>,
) -> Result<HttpResponse> {
    recording::list::<Meeting>(&app, &caller, &request, which.0).await
}
