//! One review, with how much of it is decided.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::rows::{self, ReviewRow};
use crate::app::App;
use crate::auth::May;
use crate::auth::permission::ReadCase;
use crate::http::path::Path;
use crate::http::problem::Problem;

/// A review.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewAnswer {
    /// What names it.
    #[serde(flatten)]
    review: ReviewRow,
    /// How many items are in which state: `listed`, `proposed`, `sent`, `held`, `mitigated`, `otherwise`, `moved_on`.
    #[schema(example = json!({ "listed": 31, "proposed": 12 }))]
    items: BTreeMap<String, i64>,
}

/// Read a review
#[utoipa::path(tag = "reviews", security(("token" = ["case:read"])),
    params(("review_id" = i32, Path, description = "The review.")),
    responses((status = 200, description = "The review.", body = ReviewAnswer)))]
#[get("/v1/reviews/{review_id}")]
pub async fn read_review(
    caller: May<ReadCase>,
    app: web::Data<App>,
    path: Path<i32>,
) -> Result<HttpResponse, Problem> {
    let answer = app.db.snapshot(caller.scope(), move |tx| {
        let review = rows::review(tx, path.0)?;
        let items = rows::states(tx, review.review_id)?.into_iter().collect();
        Ok(ReviewAnswer { review, items })
    });
    Ok(HttpResponse::Ok().json(answer.await?))
}
