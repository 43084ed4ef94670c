//! The running target of a case.

use actix_web::{HttpResponse, get, web};

use super::progress::{TargetAnswer, standing, years};
use crate::analytics::school_blocks;
use crate::app::App;
use crate::auth::May;
use crate::auth::permission::ReadCase;
use crate::http::path::Path;
use crate::http::problem::Problem;
use crate::{cases, tenants};

/// Read a case's target
///
/// As it stands today: what was attended of what was possible, what is to come, and how much of it can still be missed.
/// A target that is out of reach is an alert and moves nothing.
#[utoipa::path(tag = "targets", security(("token" = ["case:read"])),
    params(("case_id" = i32, Path, description = "The case.")),
    responses((status = 200, description = "The target; 404 when the case has none that runs.", body = TargetAnswer)))]
#[get("/v1/cases/{case_id}/target")]
pub async fn read_target(
    caller: May<ReadCase>,
    app: web::Data<App>,
    path: Path<i32>,
) -> Result<HttpResponse, Problem> {
    let read = app.db.run(caller.scope(), move |tx| {
        let told = cases::told_of(tx, path.0)?;
        let none = || Problem::not_found().detail("The case has no target that runs.");
        let target = told.case.target.ok_or_else(none)?;
        let today = tenants::today(tx, told.row.school_id)?;
        let calendars = tenants::calendars_around(tx, told.row.school_id, target.from)?;
        Ok((told.row, target, calendars, today))
    });
    let (case, target, calendars, today) = read.await?;
    let wanted = years(target).collect();
    let blocks = school_blocks(&app, caller.scope(), case.school_id, wanted).await?.blocks;
    Ok(HttpResponse::Ok().json(standing(&case, target, &blocks, &calendars, today)))
}
