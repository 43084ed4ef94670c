//! All letters about a child stop at once: a death, an adoption, a safeguarding matter. When the child has died, reviews,
//! awards and contacts stop with them.

use super::rows;
use super::state::ItemState;
use crate::actions;
use crate::letters::{self, Stop};
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
    /// `true`: the child has died. No review proposes anything any more, nothing is awarded, nobody is called about an
    /// absence, and what was to be done falls away.
    #[serde(default)]
    died: bool,
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
#[utoipa::path(tag = "reviews", security(("token" = ["case:decide"])), request_body = StopBody,
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
    let StopBody { stopped, reason, died } = body.value;
    let reason = name::words(&reason, "/reason", name::REASON)?;
    if died && !stopped {
        return Err(Problem::at(Kind::Invalid, "/stopped", "true, for the child has died"));
    }
    let operation = format!("stop_letters/{pupil_id}");
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        pupils::pupil(tx, pupil_id)?;
        key.once(tx, &caller, &operation, &body.bytes, |tx| {
            // The letters are about the record that this one became.
            pupils::check_unmerged(tx, pupil_id)?;
            let act = if stopped { Act::StopLetters } else { Act::ResumeLetters };
            visibility::check(tx, pupil_id, act)?;
            let stop = Stop { stopped, died, reason: &reason };
            let recorded_at = letters::stop(tx, pupil_id, &stop, caller.subject())?;
            if died {
                nothing_more(tx, pupil_id)?;
            }
            Reply::ok(&StopAnswer { pupil_id, stopped, recorded_at })
        })
    });
    Ok(reply.await?.answer())
}

/// Nothing that waits about a pupil waits any more: what reviews propose, and what somebody was to do.
fn nothing_more(tx: &mut Tx, pupil_id: PupilId) -> Result<()> {
    for item in rows::proposed_of_pupil(tx, pupil_id)? {
        rows::settle(
            tx,
            &item,
            ItemState::MovedOn,
            Some("all stops about this pupil"),
            "rollcall",
        )?;
    }
    actions::fall_away_about(tx, pupil_id, "all stops about this pupil", "rollcall")
}
