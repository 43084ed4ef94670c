//! The messages of a school: those that wait to go out, and those that did.

use super::rows::{self, MessageFilter, MessageKind, MessageRow, MessageState};
use base::operation::*;
use school::tenants;

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListMessagesQuery {
    /// The school.
    school_id: SchoolId,
    /// Only those that stand so.
    state: Option<MessageState>,
    /// Only those of this kind.
    kind: Option<MessageKind>,
    /// Only those to the teacher of this class.
    to_class: Option<String>,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// List messages
///
/// What a review and the day tell the school's own people: the list to teachers, the chase of those who have not answered,
/// the digest for whoever decides, and what is for the safeguarding lead. Whatever sends them says so with
/// `POST /v1/messages/{message_id}/sent`.
#[utoipa::path(tag = "outbox", security(("token" = ["case:read"])), params(ListMessagesQuery),
    responses((status = 200, description = "Messages in the order in which they were written.", body = Page<MessageRow>)))]
#[get("/v1/messages")]
pub async fn list_messages(
    caller: May<ReadCase>,
    app: web::Data<App>,
    request: HttpRequest,
    params: Query<ListMessagesQuery>,
) -> Result<HttpResponse> {
    let ListMessagesQuery { school_id, state, kind, to_class, limit, cursor } = params.0;
    let filter = (school_id, state.map(MessageState::text), kind.map(MessageKind::text), &to_class);
    let slice = Slice::<MessageId>::read(limit, cursor.as_deref(), &filter)?;
    let page = app.db.run(caller.scope(), move |tx| {
        tenants::school(tx, school_id)?;
        let wanted = MessageFilter { school_id, state, kind, to_class };
        let rows = rows::messages(tx, wanted, slice.after, slice.fetch())?;
        Ok(slice.page(rows, |row| row.message_id))
    });
    Ok(page.await?.answer(&request))
}
