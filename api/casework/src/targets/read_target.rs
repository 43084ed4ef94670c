//! The running target of a case.

use super::progress::{TargetAnswer, standing, years};
use crate::cases;
use base::operation::*;
use figures::Counting;
use school::{calendars, tenants};

/// Read a case's target
///
/// As it stands today: what was attended of what was possible, what is to come, and how much of it can still be missed.
/// A target that is out of reach is an alert and moves nothing.
#[utoipa::path(tag = "targets", security(("token" = ["case:read"])),
    params(CaseId),
    responses((status = 200, description = "The target; 404 when the case has none that runs.", body = TargetAnswer)))]
#[get("/v1/cases/{case_id}/target")]
pub async fn read_target(
    caller: May<ReadCase>,
    counting: web::Data<Counting>,
    path: Path<CaseId>,
) -> Result<HttpResponse> {
    let read = counting.school_blocks_of(caller.scope(), move |tx| {
        let told = cases::told_of(tx, path.0)?;
        let none = || Problem::not_found().detail("The case has no target that runs.");
        let target = told.case.target.ok_or_else(none)?;
        let today = tenants::today(tx, told.row.school_id)?;
        let calendars = calendars::around(tx, told.row.school_id, target.from)?;
        let wanted = years(target).collect();
        Ok((told.row.school_id, wanted, (told.row, target, calendars, today)))
    });
    let (counted, (case, target, calendars, today)) = read.await?;
    Ok(HttpResponse::Ok().json(standing(&case, target, &counted.blocks, &calendars, today)))
}
