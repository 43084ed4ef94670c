//! The case files of pupils.

use super::case_file::PupilCaseFile;
use crate::recording::{self, Record, Which};
use base::operation::*;

/// List pupils' case files
#[utoipa::path(tag = "referrals", security(("token" = ["case:read"])), params(Which),
    responses((status = 200, description = "As they stand, in the order in which they were first recorded.", body = Page<Record<PupilCaseFile>>)))]
#[get("/v1/case-files")]
pub async fn list_case_files(
    caller: May<ReadCase>,
    app: web::Data<App>,
    request: HttpRequest,
    which: Query<Which>,
) -> Result<HttpResponse> {
    recording::list::<PupilCaseFile>(&app, &caller, &request, which.0).await
}
