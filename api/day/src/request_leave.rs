//! A parent asks for leave of absence.

use super::leave::{self, Leave, NewLeave};
use super::span::Span;
use base::operation::*;
use school::tenants;

/// The leave that is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaveBody {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// The first day away.
    first_day: NaiveDate,
    /// The last day away.
    last_day: NaiveDate,
    /// What for, in their words.
    #[schema(example = "A wedding in the family")]
    reason: String,
    /// Who asks.
    #[schema(example = "Father")]
    requested_by: String,
    /// The day on which they asked; today when absent.
    #[serde(default)]
    requested_on: Option<NaiveDate>,
}

/// Ask for leave
///
/// A person decides; until then it stands in the lists of those days as not decided.
#[utoipa::path(tag = "day", security(("token" = ["contact:record"])), request_body = LeaveBody,
    params(SchoolId, Idempotency),
    responses((status = 201, description = "The request.", body = Leave, headers(("Location"))),
        refusal::NotOnRoll))]
#[post("/v1/schools/{school_id}/leave-requests")]
pub async fn request_leave(
    caller: May<RecordContact>,
    app: web::Data<App>,
    path: Path<SchoolId>,
    key: Idempotency,
    body: Json<LeaveBody>,
) -> Result<HttpResponse> {
    let (school_id, asked) = (path.0, body.value);
    let span = Span::read(asked.first_day, asked.last_day)?;
    let reason = name::words(&asked.reason, "/reason", name::REASON)?;
    let requested_by = name::words(&asked.requested_by, "/requested_by", name::NAME)?;
    let (pupil_id, requested_on) = (asked.pupil_id, asked.requested_on);
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        span.check_on_roll(tx, school_id, pupil_id)?;
        key.once(tx, &caller, &format!("request_leave/{school_id}"), &body.bytes, |tx| {
            let requested_on = match requested_on {
                Some(day) => day,
                None => tenants::today(tx, school_id)?,
            };
            let new = NewLeave { school_id, pupil_id, span, reason, requested_by, requested_on };
            let place = format!("/v1/schools/{school_id}/leave-requests");
            Reply::created(place, &leave::add(tx, new, caller.subject())?)
        })
    });
    Ok(reply.await?.answer())
}
