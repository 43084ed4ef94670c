//! A pupil's case file.

use super::case_file::PupilCaseFile;
use crate::recording::{self, Told};
use base::operation::*;

/// Read a pupil's case file
#[utoipa::path(tag = "referrals", security(("token" = ["case:read"])), params(RecordId),
    responses((status = 200, description = "The case file.", body = Told<PupilCaseFile>, headers(("ETag")))))]
#[get("/v1/case-files/{record_id}")]
pub async fn read_case_file(
    caller: May<ReadCase>,
    app: web::Data<App>,
    path: Path<RecordId>,
) -> Result<HttpResponse> {
    recording::one::<PupilCaseFile>(&app, &caller, path.0).await
}
