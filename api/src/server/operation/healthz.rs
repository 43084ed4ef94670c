//! Whether the process lives.

use base::operation::*;

/// Is the process alive?
#[utoipa::path(tag = "operation", responses((status = 200, description = "It is.", body = String, content_type = "text/plain")))]
#[get("/healthz")]
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("alive\n")
}
