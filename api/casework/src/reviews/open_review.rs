//! A review is opened: by the clockwork on its day, or by a person.

use super::open::open;
use super::rows::ReviewRow;
use base::operation::*;
use figures::{Counting, SchoolBlocks, years_behind};

/// Open a review
///
/// Looks at every pupil on roll as the school's policy says for that day, and stores what it proposes. Nothing leaves
/// the school before a named person has decided.
#[utoipa::path(tag = "reviews", security(("token" = ["review:open"])),
    params(SchoolId, ("day" = NaiveDate, Path, description = "Today, or a day before."), Idempotency),
    responses((status = 201, description = "The review.", body = ReviewRow, headers(("Location"))),
        (status = 409, description = "That day has a review already."),
        refusal::Invalid, refusal::NoCalendar, refusal::NoPolicy, refusal::Taken))]
#[post("/v1/schools/{school_id}/reviews/{day}")]
pub async fn open_review(
    caller: May<OpenReview>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    path: Path<(SchoolId, NaiveDate)>,
    key: Idempotency,
) -> Result<HttpResponse> {
    let (school_id, day) = path.0;
    if day > app.db.clock_of(caller.scope()).await?.today() {
        return Err(Problem::at(Kind::Invalid, "day", "today, or a day before"));
    }
    let years = years_behind(day)?;
    let scope = caller.scope().clone();
    let SchoolBlocks { blocks, known_at, .. } =
        counting.school_blocks(&scope, school_id, years).await?;
    let codes = app.codes.clone();
    let operation = format!("open_review/{school_id}/{day}");
    let reply = app.db.run(&scope, move |tx| {
        key.once(tx, &caller, &operation, &[], |tx| {
            let counted = (&*codes, blocks.as_slice());
            let row = open(tx, (school_id, day), counted, known_at, caller.subject())?;
            Reply::created(format!("/v1/reviews/{}", row.review_id), &row)
        })
    });
    Ok(reply.await?.answer())
}
