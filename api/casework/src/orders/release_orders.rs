//! What a court has ordered is released to the safeguarding lead of the school that a child goes to.

use super::tell_leads;
use base::operation::*;
use roll::pupils;
use roll::visibility::{self, Act, Release};
use school::tenants;

/// To whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseBody {
    /// The school of the trust on whose roll the pupil is to come, or has come.
    #[schema(example = 9)]
    to_school: SchoolId,
}

/// Release orders to the next school
///
/// The safeguarding lead of the school that has the pupil, or had the pupil last, releases what a court has ordered to the
/// safeguarding lead of the school that the pupil goes to, who reads it before the first day and is told so in the list
/// of actions. The school that had the pupil last is answered the same wherever the pupil is. *Keeping children safe in
/// education* asks for the child protection file to follow within 5 days: where
/// nobody releases it, the school reads it from the first day on, when it has to respect it.
#[utoipa::path(tag = "orders", security(("token" = ["safeguarding:lift"])), request_body = ReleaseBody,
    params(PupilId, Idempotency),
    responses((status = 201, description = "What was recorded.", body = Release, headers(("Location"))),
        refusal::Merged, refusal::AnotherSchools))]
#[post("/v1/pupils/{pupil_id}/orders/release")]
pub async fn release_orders(
    caller: May<LiftSafeguarding>,
    app: web::Data<App>,
    path: Path<PupilId>,
    key: Idempotency,
    body: Json<ReleaseBody>,
) -> Result<HttpResponse> {
    let (pupil_id, to_school) = (path.0, body.value.to_school);
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        pupils::pupil(tx, pupil_id)?;
        key.once(tx, &caller, &format!("release_orders/{pupil_id}"), &body.bytes, |tx| {
            pupils::check_unmerged(tx, pupil_id)?;
            visibility::check(tx, pupil_id, Act::ReleaseOrders)?;
            tx.whole_trust(|tx| tenants::school(tx, to_school))?;
            let goes_there = visibility::goes_to(tx, pupil_id, to_school)?;
            if !goes_there && visibility::has_now(tx, pupil_id)? {
                return Err(Problem::not_found());
            }
            let release = visibility::release(tx, pupil_id, to_school, caller.subject())?;
            if goes_there {
                let says = format!(
                    "what has to be respected about the pupil's parents was released to your school: read \
                     /v1/pupils/{pupil_id}/parents"
                );
                tell_leads(tx, pupil_id, &[to_school], &says)?;
            }
            Reply::created(format!("/v1/pupils/{pupil_id}/parents"), &release)
        })
    });
    Ok(reply.await?.answer())
}
