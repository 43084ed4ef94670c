//! One of the conversations with pupils, with all that it was before.

use super::conversation::Conversation;
use crate::recording::{self, Told};
use base::operation::*;

/// Read one of the conversations with pupils
#[utoipa::path(tag = "conversations", security(("token" = ["case:read"])),
    params(RecordId),
    responses((status = 200, description = "How it stands now, and how it stood before.", body = Told<Conversation>, headers(("ETag")))))]
#[get("/v1/conversations/{record_id}")]
pub async fn read_conversation(
    caller: May<ReadCase>,
    app: web::Data<App>,
    path: Path<RecordId>,
) -> Result<HttpResponse> {
    recording::one::<Conversation>(&app, &caller, path.0).await
}
