//! A published file of term dates, read to a calendar that a person may then put.

use super::hours;
use super::term_dates::{
    HoursOverTime, ProposedCalendar, Published, TermDates, propose, read_ics, read_json,
};
use crate::tenants;
use base::db::block;
use base::http::body::Body;
use base::http::json::media_type;
use base::operation::*;

/// Read published term dates
///
/// Reads an ICS file, or JSON as councils and schools publish it, to a calendar of that academic year. Changes nothing:
/// look at the notices, correct what is wrong, and PUT the calendar. What an event at certain times takes of a day
/// follows from the school's hours.
#[utoipa::path(tag = "calendars", security(("token" = ["calendar:write"])),
    request_body(content((String = "text/calendar"), (TermDates = "application/json")), description = "The file. A calendar may be in UTF-8, Windows-1252 or UTF-16."),
    params(SchoolId, ("year" = i16, Path, description = "The academic year: 2026 for 2026/27.")),
    responses((status = 200, description = "The calendar that the file describes. Nothing was changed.", body = ProposedCalendar),
        (status = 400, description = "It is no such file."),
        refusal::NoTermDates))]
#[post("/v1/schools/{school_id}/calendar/{year}/read")]
pub async fn read_term_dates(
    caller: May<WriteCalendar>,
    app: web::Data<App>,
    http: HttpRequest,
    path: Path<(SchoolId, AcademicYear)>,
    body: Result<Body>,
) -> Result<HttpResponse> {
    let (school_id, year) = path.0;
    let media = media_type(&http);
    let hours = app.db.run(caller.scope(), move |tx| {
        tenants::school(tx, school_id)?;
        hours::over_time(tx, school_id)
    });
    let hours = hours.await?;
    let bytes = body?.0;
    let proposed = block(move || propose(year, read(&media, &bytes, year, &hours)?));
    Ok(HttpResponse::Ok().json(proposed.await?))
}

fn read(media: &str, bytes: &[u8], year: AcademicYear, hours: &HoursOverTime) -> Result<Published> {
    match media {
        "text/calendar" => read_ics(bytes, hours),
        "application/json" => read_json(bytes, year),
        _ => Err(Problem::new(Kind::UnsupportedMedia)
            .detail("Send `Content-Type: text/calendar` or `application/json`.")),
    }
}
