//! Whether requests can be served: the database answers and is migrated.

use base::operation::*;
use base::platform;

/// Can requests be served?
#[utoipa::path(tag = "operation", responses((status = 200, description = "They can.", body = String, content_type = "text/plain")))]
#[get("/readyz")]
pub async fn readyz(app: web::Data<App>) -> Result<HttpResponse> {
    if app.storage.is_known_full() {
        return Err(Problem::storage_full("a write found no room a moment ago"));
    }
    platform::ready(&app.db).await?;
    Ok(HttpResponse::Ok().content_type("text/plain").body("ready\n"))
}
