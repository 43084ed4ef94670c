//! All letters about a child stop at once: a death, an adoption, a safeguarding matter.

use super::rows;
use base::operation::*;
use roll::pupils;
use roll::visibility::{self, Act};

/// Whether letters stop.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StopBody {
    /// `true`: no letter about the pupil leaves the school any more. `false`: letters go on; what is held stays held
    /// until a person decides.
    stopped: bool,
    /// Why. Visible only with `safeguarding:read`; everybody else sees that letters are stopped.
    #[schema(example = "Safeguarding: a child protection conference on Thursday")]
    reason: String,
}

/// What holds now.
#[derive(Debug, Serialize, ToSchema)]
pub struct StopAnswer {
    /// The pupil.
    pupil_id: PupilId,
    /// Whether all letters are stopped.
    stopped: bool,
    /// Since when (UTC).
    recorded_at: DateTime<Utc>,
}

/// Stop all letters about a pupil
///
/// It acts at once, on every letter that waits and on everything that a review proposes.
#[utoipa::path(tag = "letters", security(("token" = ["case:decide"])), request_body = StopBody,
    params(PupilId, Idempotency),
    responses((status = 200, description = "What holds now.", body = StopAnswer),
        refusal::Merged,
        refusal::AnotherSchools))]
#[post("/v1/pupils/{pupil_id}/letters/stop")]
pub async fn stop_letters(
    caller: May<DecideCase>,
    app: web::Data<App>,
    path: Path<PupilId>,
    key: Idempotency,
    body: Json<StopBody>,
) -> Result<HttpResponse> {
    let pupil_id = path.0;
    let StopBody { stopped, reason } = body.value;
    let reason = name::words(&reason, "/reason", name::REASON)?;
    let operation = format!("stop_letters/{pupil_id}");
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        pupils::pupil(tx, pupil_id)?;
        // The letters are about the record that this one became.
        pupils::check_unmerged(tx, pupil_id)?;
        let act = if stopped { Act::StopLetters } else { Act::ResumeLetters };
        visibility::check(tx, pupil_id, act)?;
        key.once(tx, &caller, &operation, &body.bytes, |tx| {
            let recorded_at = rows::stop(tx, pupil_id, stopped, &reason, caller.subject())?;
            Reply::ok(&StopAnswer { pupil_id, stopped, recorded_at })
        })
    });
    Ok(reply.await?.answer())
}
