//! One member of staff, with their duties.

use super::rows::{self, StaffRow};
use base::operation::*;

/// Read a member of staff
#[utoipa::path(tag = "staff", security(("token" = ["staff:read"])), params(StaffId),
    responses((status = 200, description = "The member of staff.", body = StaffRow)))]
#[get("/v1/staff/{staff_id}")]
pub async fn read_staff(
    caller: May<ReadStaff>,
    app: web::Data<App>,
    path: Path<StaffId>,
) -> Result<HttpResponse> {
    let row = app.db.snapshot(caller.scope(), move |tx| rows::member(tx, path.0));
    Ok(HttpResponse::Ok().json(row.await?))
}
