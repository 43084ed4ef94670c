//! Every calendar that a school's year ever had: who put it, and when.

use super::rows::{self, CalendarVersion};
use crate::tenants;
use base::operation::*;

/// The history of a calendar.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarHistory {
    /// The school.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// The academic year: 2026 for 2026/27.
    #[schema(example = 2026)]
    year: i16,
    /// Every calendar of that year, oldest first: the last one stands.
    versions: Vec<CalendarVersion>,
}

/// Read the history of a calendar
#[utoipa::path(tag = "calendars", security(("token" = ["calendar:read"])),
    params(SchoolId, ("year" = i16, Path, description = "The academic year: 2026 for 2026/27.")),
    responses((status = 200, description = "The history; empty when there never was a calendar.", body = CalendarHistory)))]
#[get("/v1/schools/{school_id}/calendar/{year}/history")]
pub async fn calendar_history(
    caller: May<ReadCalendar>,
    app: web::Data<App>,
    path: Path<(SchoolId, AcademicYear)>,
) -> Result<HttpResponse> {
    let (school_id, year) = path.0;
    let history = app.db.run(caller.scope(), move |tx| {
        tenants::school(tx, school_id)?;
        let versions = rows::versions(tx, school_id, year)?;
        Ok(CalendarHistory { school_id, year: year.number(), versions })
    });
    Ok(HttpResponse::Ok().json(history.await?))
}
