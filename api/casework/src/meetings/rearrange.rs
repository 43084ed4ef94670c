//! A meeting is put to another time.

use super::meeting::{Meeting, Offer, date_agreed, tell_parents};
use super::offer::OfferedMeeting;
use crate::recording::{Record, evidence};
use crate::records::{self, Confidential, RecordEntry, RecordState, record_to_change};
use base::operation::*;

/// The other time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rearranged {
    /// When and where, and who is asked to come.
    offer: Offer,
    /// Why, as far as it is not confidential.
    #[schema(example = "The mother works on Thursdays")]
    reason: String,
    /// Whether a letter of its own confirms the new time, where none of the case's letters that wait tells it.
    #[serde(default)]
    letter: bool,
    /// What is confidential: visible only with `safeguarding:read`.
    #[serde(default)]
    confidential: Option<Confidential>,
}

/// Re-arrange a meeting
///
/// It is the same offer, put to another time before anybody missed it, or a date that is agreed now. One that was
/// missed is followed by another meeting.
#[utoipa::path(tag = "meetings", security(("token" = ["case:record"])), request_body = Rearranged,
    params(RecordId, IfMatch, Idempotency),
    responses((status = 200, description = "The meeting.", body = OfferedMeeting)))]
#[post("/v1/meetings/{record_id}/arrangement")]
pub async fn rearrange_meeting(
    caller: May<RecordCase>,
    path: Path<RecordId>,
    conditions: Conditions,
    key: Idempotency,
    body: Json<Rearranged>,
) -> Result<HttpResponse> {
    let Rearranged { offer, reason, letter, confidential } = body.value;
    let reason = name::words(&reason, "/reason", name::ACCOUNT)?;
    let confidential = confidential.map(Confidential::check).transpose()?;
    let operation = format!("rearrange_meeting/{}", path.0);
    key.write(caller, operation, body.bytes, move |tx, caller| {
        let before = record_to_change::<Meeting>(tx, path.0, &conditions)?;
        if before.is_over() {
            let expected = format!("nothing, it is over ({}): offer another", before.state);
            return Err(Problem::at(Kind::Invalid, "/offer", expected));
        }
        let offer = offer.check(tx, before.pupil_id)?;
        let meeting = Meeting { offer, ..before.read()? };
        let says =
            format!("{} is re-arranged for {}: {reason}", meeting.kind, meeting.offer.says());
        evidence(tx, (before.action_id, before.pupil_id), (&says, false), caller)?;
        let standing = RecordEntry {
            state: RecordState::Rearranged,
            day: meeting.offer.day,
            says,
            details: &meeting,
            confidential: confidential.as_ref(),
        };
        let row = records::change(tx, &before, &standing, caller)?;
        date_agreed(tx, &row, &meeting.offer, caller)?;
        tell_parents(tx, &row, letter, caller)?;
        Reply::new(actix_web::http::StatusCode::OK, &OfferedMeeting::of(tx, Record::of(&row)?)?)
    })
    .await
}
