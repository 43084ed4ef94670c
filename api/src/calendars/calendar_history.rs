//! Every calendar that a school's year ever had: who put it, and when.

use actix_web::{HttpRequest, HttpResponse, get, web};
use domain::AcademicYear;
use serde::Deserialize;
use utoipa::IntoParams;

use super::rows::{self, CalendarVersion};
use crate::app::App;
use crate::auth::May;
use crate::auth::permission::ReadCalendar;
use crate::http::json::Query;
use crate::http::page::{Page, Slice};
use crate::http::path::Path;
use crate::http::problem::Problem;
use crate::tenants;

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Params {
    /// Items of a page, 1 to 500; 100 when absent.
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Read the history of a calendar
#[utoipa::path(tag = "calendars", security(("token" = ["calendar:read"])),
    params(("school_id" = i32, Path, description = "The school."), ("year" = i16, Path, description = "The academic year: 2026 for 2026/27."), Params),
    responses((status = 200, description = "Every calendar of that year, oldest first; empty when there never was one.", body = Page<CalendarVersion>)))]
#[get("/v1/schools/{school_id}/calendar/{year}/history")]
pub async fn calendar_history(
    caller: May<ReadCalendar>,
    app: web::Data<App>,
    request: HttpRequest,
    path: Path<(i32, AcademicYear)>,
    params: Query<Params>,
) -> Result<HttpResponse, Problem> {
    let (school_id, year) = path.0;
    let Params { limit, cursor } = params.0;
    let slice = Slice::<i64>::read(limit, cursor.as_deref(), &(school_id, year))?;
    let page = app.db.run(caller.scope(), move |tx| {
        tenants::school(tx, school_id)?;
        let versions = rows::versions(tx, school_id, year, slice.after, slice.fetch())?;
        Ok(slice.page(versions, |one| one.version))
    });
    Ok(page.await?.answer(&request))
}
