//! A school's calendar, as it stands or as it was known on an earlier instant.

use super::body::{CalendarBody, tag};
use super::rows;
use base::http::etag::IfNoneMatch;
use base::operation::*;

/// As of when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReadCalendarQuery {
    /// The calendar as it was known on that instant, such as `2026-11-18T09:00:00Z`; as it stands now when absent.
    as_known_on: Option<DateTime<Utc>>,
}

/// Read a school's calendar
///
/// 404 when the school has no calendar for that year, or had none yet on the instant asked for.
#[utoipa::path(tag = "calendars", security(("token" = ["calendar:read"])),
    params(SchoolId, ("year" = i16, Path, description = "The academic year: 2026 for 2026/27."), ReadCalendarQuery, IfNoneMatch),
    responses((status = 200, description = "The calendar.", body = CalendarBody, headers(("ETag"))),
        (status = 304, description = "Unchanged since the ETag in If-None-Match.", headers(("ETag")))))]
#[get("/v1/schools/{school_id}/calendar/{year}")]
pub async fn read_calendar(
    caller: May<ReadCalendar>,
    app: web::Data<App>,
    path: Path<(SchoolId, AcademicYear)>,
    params: Query<ReadCalendarQuery>,
    conditions: Conditions,
) -> Result<HttpResponse> {
    let (school_id, year) = path.0;
    let as_known_on = params.0.as_known_on;
    let body = app.db.run(caller.scope(), move |tx| {
        rows::latest(tx, school_id, year, as_known_on)?.ok_or_else(Problem::not_found)
    });
    let body = body.await?;
    let tag = tag(&body)?;
    if conditions.unchanged(&tag) {
        return Ok(HttpResponse::NotModified().insert_header(("ETag", tag.as_str())).finish());
    }
    Ok(HttpResponse::Ok().insert_header(("ETag", tag.as_str())).json(body))
}
