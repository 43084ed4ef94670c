//! What a teacher knows of a pupil who is looked at.

use actix_web::http::StatusCode;

use super::feedback::{FeedbackRow, add_feedback};
use super::rows;
use base::operation::*;
use roll::pupils;

/// What is known.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackBody {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// In the teacher's own words.
    #[schema(example = "His grandmother is ill; he is tired on Mondays")]
    says: String,
}

/// Give feedback on a pupil
#[utoipa::path(tag = "reviews", security(("token" = ["review:feedback"])), request_body = FeedbackBody,
    params(ReviewId, Idempotency),
    responses((status = 201, description = "As it stands beside the pupil's items of this week.", body = FeedbackRow)))]
#[post("/v1/reviews/{review_id}/feedback")]
pub async fn give_feedback(
    caller: May<GiveFeedback>,
    app: web::Data<App>,
    path: Path<ReviewId>,
    key: Idempotency,
    body: Json<FeedbackBody>,
) -> Result<HttpResponse> {
    let says = name::words(&body.value.says, "/says", name::NOTE)?;
    let operation = format!("give_feedback/{}", path.0);
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        let review = rows::review(tx, path.0)?;
        let pupil = pupils::pupil(tx, body.value.pupil_id)?;
        key.once(tx, &caller, &operation, &body.bytes, |tx| {
            let row = add_feedback(tx, &review, pupil.pupil_id, &says, caller.subject())?;
            Reply::new(StatusCode::CREATED, &row)
        })
    });
    Ok(reply.await?.answer())
}
