//! One school.

use actix_web::{HttpResponse, get, web};

use super::SchoolRow;
use crate::base::auth::May;
use crate::base::auth::permission::ReadSchool;
use crate::base::http::path::Path;
use crate::base::id::SchoolId;
use crate::base::problem::Problem;
use crate::base::state::App;

/// Read a school
#[utoipa::path(tag = "tenants", security(("token" = ["school:read"])), params(SchoolId),
    responses((status = 200, description = "The school.", body = SchoolRow)))]
#[get("/v1/schools/{school_id}")]
pub async fn read_school(
    caller: May<ReadSchool>,
    app: web::Data<App>,
    path: Path<SchoolId>,
) -> Result<HttpResponse, Problem> {
    let found = app.db.run(caller.scope(), move |tx| super::school(tx, path.0));
    Ok(HttpResponse::Ok().json(found.await?))
}
