//! The conversations with pupils of a school, a pupil or a case.

use super::conversation::Conversation;
use crate::recording::{self, Record, Which};
use base::operation::*;

/// List conversations with pupils
#[utoipa::path(tag = "conversations", security(("token" = ["case:read"])), params(Which),
    responses((status = 200, description = "As they stand, in the order in which they were first recorded.", body = Page<Record<Conversation>>)))]
#[get("/v1/conversations")]
pub async fn list_conversations(
    caller: May<ReadCase>,
    app: web::Data<App>,
    request: HttpRequest,
    which: Query<Which>,
) -> Result<HttpResponse> {
    recording::list::<Conversation>(&app, &caller, &request, which.0).await
}
