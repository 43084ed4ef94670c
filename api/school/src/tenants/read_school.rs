//! One school.

use super::SchoolRow;
use base::operation::*;

/// Read a school
#[utoipa::path(tag = "tenants", security(("token" = ["school:read"])), params(SchoolId),
    responses((status = 200, description = "The school.", body = SchoolRow)))]
#[get("/v1/schools/{school_id}")]
pub async fn read_school(
    caller: May<ReadSchool>,
    app: web::Data<App>,
    path: Path<SchoolId>,
) -> Result<HttpResponse> {
    let found = app.db.run(caller.scope(), move |tx| super::school(tx, path.0));
    Ok(HttpResponse::Ok().json(found.await?))
}
