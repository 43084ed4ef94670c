//! One of the papers of the authority, with all that it was before.

use super::paper::AuthorityPaper;
use crate::recording::{self, Told};
use base::operation::*;

/// Read one of the papers of the authority
#[utoipa::path(tag = "received", security(("token" = ["case:read"])),
    params(RecordId),
    responses((status = 200, description = "How it stands now, and how it stood before.", body = Told<AuthorityPaper>, headers(("ETag")))))]
#[get("/v1/received/{record_id}")]
pub async fn read_received(
    caller: May<ReadCase>,
    app: web::Data<App>,
    path: Path<RecordId>,
) -> Result<HttpResponse> {
    recording::one::<AuthorityPaper>(&app, &caller, path.0).await
}
