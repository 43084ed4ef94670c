//! A message has gone out.

use super::rows::{self, MessageRow};
use base::operation::*;

/// How it went out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageSentBody {
    /// How, and to whom.
    #[schema(example = "by e-mail to the class teacher")]
    how: String,
}

/// Record that a message went out
///
/// Said a second time, it stays as it was said first.
#[utoipa::path(tag = "outbox", security(("token" = ["case:record"])), request_body = MessageSentBody,
    params(MessageId, Idempotency),
    responses((status = 200, description = "The message.", body = MessageRow)))]
#[post("/v1/messages/{message_id}/sent")]
pub async fn record_message_sent(
    caller: May<RecordCase>,
    path: Path<MessageId>,
    key: Idempotency,
    body: Json<MessageSentBody>,
) -> Result<HttpResponse> {
    let Json { value: MessageSentBody { how }, bytes } = body;
    let how = name::words(&how, "/how", name::LINE)?;
    let operation = format!("record_message_sent/{}", path.0);
    key.write(caller, operation, bytes, move |tx, caller| {
        let now = tx.now();
        Reply::ok(&rows::sent(tx, path.0, (now, &how), caller.subject())?)
    })
    .await
}
