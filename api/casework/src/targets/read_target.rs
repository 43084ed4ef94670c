//! The running target of a case.

use super::progress::{Ground, TargetAnswer, years};
use crate::cases;
use base::operation::*;
use figures::Counting;
use school::{calendars, tenants};

/// Read a case's target
///
/// As it stands today: what was attended of what was possible, what is to come, and how much of it can still be missed.
/// A target that is out of reach is an alert and moves nothing. Of a pupil who has moved inside the trust the sessions at
/// each school count.
#[utoipa::path(tag = "targets", security(("token" = ["case:read"])),
    params(CaseId),
    responses((status = 200, description = "The target; 404 when the case has none that runs.", body = TargetAnswer)))]
#[get("/v1/cases/{case_id}/target")]
pub async fn read_target(
    caller: May<ReadCase>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    path: Path<CaseId>,
) -> Result<HttpResponse> {
    let codes = app.codes.clone();
    let read = counting.school_blocks_of(caller.scope(), move |tx| {
        let told = cases::told_of(tx, path.0)?;
        let none = || Problem::not_found().detail("The case has no target that runs.");
        let target = told.case.target.ok_or_else(none)?;
        let today = tenants::today(tx, told.row.school_id)?;
        let calendars = calendars::around(tx, told.row.school_id, target.from)?;
        let wanted: Vec<AcademicYear> = years(target).collect();
        let school_id = told.row.school_id;
        let before = cases::elsewhere(tx, &codes, (school_id, &[&told.row]), &wanted)?;
        Ok((school_id, wanted, (told.row, target, calendars, today, before)))
    });
    let (counted, (case, target, calendars, today, before)) = read.await?;
    let ground = Ground { school: &counted, calendars: &calendars, before: &before, today };
    Ok(HttpResponse::Ok().json(ground.standing(&case, target)))
}
