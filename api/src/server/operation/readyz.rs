//! Whether requests can be served: the database answers and is migrated.

use actix_web::{HttpResponse, get, web};

use crate::base::platform;
use crate::base::problem::Problem;
use crate::base::state::App;

/// Can requests be served?
#[utoipa::path(tag = "operation", responses((status = 200, description = "They can.", body = String, content_type = "text/plain")))]
#[get("/readyz")]
pub async fn readyz(app: web::Data<App>) -> Result<HttpResponse, Problem> {
    platform::ready(&app.db).await?;
    Ok(HttpResponse::Ok().content_type("text/plain").body("ready\n"))
}
