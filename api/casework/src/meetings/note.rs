//! What was said and agreed at a meeting.

use actix_web::http::StatusCode;

use super::meeting::Meeting;
use crate::recording::Record;
use crate::records::{self, Confidential, RecordEntry, record_to_change};
use base::operation::*;

/// What was said. A member that is left out stays as it was.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// Notes that everybody may read who follows cases.
    #[serde(default)]
    notes: Option<String>,
    /// The support that was agreed.
    #[serde(default)]
    support: Option<String>,
    /// The advice that was given, such as that a fine may follow if nothing improves.
    #[serde(default)]
    advice: Option<String>,
    /// What is confidential: visible only with `safeguarding:read`.
    #[serde(default)]
    confidential: Option<Confidential>,
}

impl Said {
    /// Writes it into a meeting, and gives what is confidential. Errors: 422 at the first text that cannot be kept.
    pub(super) fn write(&self, meeting: &mut Meeting) -> Result<Option<Confidential>> {
        let kept = |said: &Option<String>, at: &str, before: Option<String>| match said {
            Some(said) => name::words(said, &format!("/said/{at}"), name::ACCOUNT).map(Some),
            None => Ok(before),
        };
        meeting.notes = kept(&self.notes, "notes", meeting.notes.take())?;
        meeting.support = kept(&self.support, "support", meeting.support.take())?;
        meeting.advice = kept(&self.advice, "advice", meeting.advice.take())?;
        let confidential = self.confidential.clone();
        confidential.map(|said| said.check_at("/said/confidential")).transpose()
    }
}

/// What is added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNotes {
    /// What was said and agreed.
    said: Said,
}

/// Note what was said at a meeting
#[utoipa::path(tag = "meetings", security(("token" = ["case:record"])), request_body = NewNotes,
    params(RecordId, IfMatch, Idempotency),
    responses((status = 200, description = "The meeting, without what is confidential.", body = Record<Meeting>)))]
#[post("/v1/meetings/{record_id}/notes")]
pub async fn note_meeting(
    caller: May<RecordCase>,
    path: Path<RecordId>,
    conditions: Conditions,
    key: Idempotency,
    body: Json<NewNotes>,
) -> Result<HttpResponse> {
    let Json { value: NewNotes { said }, bytes } = body;
    let operation = format!("note_meeting/{}", path.0);
    key.write(caller, operation, bytes, move |tx, caller| {
        let before = record_to_change::<Meeting>(tx, path.0, &conditions)?;
        let mut meeting: Meeting = before.read()?;
        let confidential = said.write(&mut meeting)?;
        let standing = RecordEntry {
            state: before.state,
            day: before.day,
            says: format!("{} on {}: notes", meeting.kind, before.day),
            details: &meeting,
            confidential: confidential.as_ref(),
        };
        let row = records::change(tx, &before, &standing, caller)?;
        Reply::new(StatusCode::OK, &Record::<Meeting>::of(&row)?)
    })
    .await
}
