//! A review is opened: by the clockwork on its day, or by a person.

use actix_web::{HttpResponse, post, web};
use chrono::NaiveDate;
use domain::AcademicYear;

use super::open::open;
use super::rows::ReviewRow;
use crate::analytics::{SchoolBlocks, school_blocks};
use crate::app::App;
use crate::auth::May;
use crate::auth::permission::OpenReview;
use crate::http::path::Path;
use crate::http::problem::{Kind, Problem};

/// Open a review
///
/// Looks at every pupil on roll as the school's policy says for that day, and stores what it proposes. Nothing leaves
/// the school before a named person has decided.
#[utoipa::path(tag = "reviews", security(("token" = ["review:open"])),
    params(("school_id" = i32, Path, description = "The school."), ("day" = NaiveDate, Path, description = "Today, or a day before.")),
    responses((status = 201, description = "The review.", body = ReviewRow),
        (status = 409, description = "That day has a review already.", body = crate::http::problem::ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The school follows no policy, or the day lies ahead.", body = crate::http::problem::ProblemBody, content_type = "application/problem+json")))]
#[post("/v1/schools/{school_id}/reviews/{day}")]
pub async fn open_review(
    caller: May<OpenReview>,
    app: web::Data<App>,
    path: Path<(i32, NaiveDate)>,
) -> Result<HttpResponse, Problem> {
    let (school_id, day) = path.0;
    if day > app.db.clock_of(caller.scope()).await?.today() {
        return Err(Problem::at(Kind::Invalid, "day", "today, or a day before"));
    }
    let years = years_behind(day)?;
    let scope = caller.scope().clone();
    let SchoolBlocks { blocks, known_at, .. } =
        school_blocks(&app, &scope, school_id, years).await?;
    let row = app
        .db
        .run(&scope, move |tx| open(tx, (school_id, day), &blocks, known_at, caller.subject()));
    let row = row.await?;
    let place = format!("/v1/reviews/{}", row.review_id);
    Ok(HttpResponse::Created().insert_header(("Location", place)).json(row))
}

/// The academic years that the figures of a day's review are counted from: the day's and the one before it.
///
/// # Errors
/// 404 for a day of no academic year.
pub fn years_behind(day: NaiveDate) -> Result<Vec<AcademicYear>, Problem> {
    let year = AcademicYear::of(day).ok_or_else(Problem::not_found)?;
    Ok([AcademicYear::new(year.number() - 1), Some(year)].into_iter().flatten().collect())
}
