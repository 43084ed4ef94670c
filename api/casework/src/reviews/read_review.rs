//! One review, with how much of it is decided.

use chrono::TimeDelta;
use domain::Calendar;

use super::rows::{self, ReviewRow};
use super::state::ItemState;
use base::operation::*;
use school::{calendars, tenants};

/// A review.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewAnswer {
    /// What names it.
    #[serde(flatten)]
    review: ReviewRow,
    /// How many items are in which state.
    #[schema(example = json!({ "listed": 31, "proposed": 12 }))]
    items: BTreeMap<ItemState, i64>,
    /// What an attendance officer should know of this review.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["opened 2 days after its day"]))]
    notices: Vec<String>,
}

/// Weeks before the end of a school's last calendar from which on a review says that the next is missing: a target of 6
/// school weeks would run beyond it.
const WEEKS_AHEAD: i64 = 8;

/// What an attendance officer should know of a review.
fn notices(tx: &mut Tx, review: &ReviewRow) -> Result<Vec<String>> {
    let mut notices = Vec::new();
    match (tenants::school(tx, review.school_id)?.date(review.opened_at)? - review.day).num_days() {
        0 => {}
        1 => notices.push("opened 1 day after its day".to_owned()),
        late => notices.push(format!("opened {late} days after its day")),
    }
    let calendars = calendars::around(tx, review.school_id, review.day)?;
    let terms = calendars.iter().flat_map(Calendar::terms);
    if let Some(last) = terms.map(|term| term.to).max()
        && last - review.day < TimeDelta::weeks(WEEKS_AHEAD)
    {
        notices.push(format!(
            "the school has no calendar after {last}: no target, review or wait that reaches beyond it can be dated"
        ));
    }
    Ok(notices)
}

/// Read a review
#[utoipa::path(tag = "reviews", security(("token" = ["case:read"])),
    params(ReviewId),
    responses((status = 200, description = "The review.", body = ReviewAnswer)))]
#[get("/v1/reviews/{review_id}")]
pub async fn read_review(
    caller: May<ReadCase>,
    app: web::Data<App>,
    path: Path<ReviewId>,
) -> Result<HttpResponse> {
    let answer = app.db.snapshot(caller.scope(), move |tx| {
        let review = rows::review(tx, path.0)?;
        let items = rows::states(tx, review.review_id)?.into_iter().collect();
        let notices = notices(tx, &review)?;
        Ok(ReviewAnswer { review, items, notices })
    });
    Ok(HttpResponse::Ok().json(answer.await?))
}
