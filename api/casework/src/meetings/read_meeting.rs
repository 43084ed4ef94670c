//! One of the meetings, with all that it was before.

use super::meeting::Meeting;
use crate::recording::{self, Told};
use base::operation::*;

/// Read one of the meetings
#[utoipa::path(tag = "meetings", security(("token" = ["case:read"])),
    params(RecordId),
    responses((status = 200, description = "How it stands now, and how it stood before.", body = Told<Meeting>, headers(("ETag")))))]
#[get("/v1/meetings/{record_id}")]
pub async fn read_meeting(
    caller: May<ReadCase>,
    app: web::Data<App>,
    path: Path<RecordId>,
) -> Result<HttpResponse> {
    recording::one::<Meeting>(&app, &caller, path.0).await
}
