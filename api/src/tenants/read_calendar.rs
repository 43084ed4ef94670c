//! A school's calendar, and the windows that follow from it.

use actix_web::{HttpResponse, get, web};
use domain::AcademicYear;

use super::put_calendar::{CalendarBody, latest, tag};
use crate::app::App;
use crate::auth::May;
use crate::auth::permission::ReadCalendar;
use crate::http::etag::Conditions;
use crate::http::path::Path;
use crate::http::problem::Problem;

/// Read a school's calendar
#[utoipa::path(tag = "tenants", security(("token" = ["calendar:read"])),
    params(("school_id" = i32, Path, description = "The school."), ("year" = i16, Path, description = "The academic year: 2026 for 2026/27.")),
    responses((status = 200, description = "The calendar.", body = CalendarBody, headers(("ETag" = String, description = "Strong tag."))),
        (status = 304, description = "Unchanged since the ETag in If-None-Match.")))]
#[get("/v1/schools/{school_id}/calendar/{year}")]
pub async fn read_calendar(
    caller: May<ReadCalendar>,
    app: web::Data<App>,
    path: Path<(i32, AcademicYear)>,
    conditions: Conditions,
) -> Result<HttpResponse, Problem> {
    let (school_id, year) = path.0;
    let body = app
        .db
        .run(caller.scope(), move |tx| latest(tx, school_id, year)?.ok_or_else(Problem::not_found))
        .await?;
    let tag = tag(&body)?;
    if conditions.unchanged(&tag) {
        return Ok(HttpResponse::NotModified().insert_header(("ETag", tag.as_str())).finish());
    }
    Ok(HttpResponse::Ok().insert_header(("ETag", tag.as_str())).json(body))
}
