//! The OpenAPI document of what is running.

use crate::server::document::Document;
use base::operation::*;

/// The OpenAPI document
#[utoipa::path(tag = "operation", responses((status = 200, description = "OpenAPI 3.1.", body = Object)))]
#[get("/openapi.json")]
pub async fn openapi_json(document: web::Data<Document>) -> Result<HttpResponse> {
    let json = document.json().map_err(Problem::internal)?;
    Ok(HttpResponse::Ok().content_type("application/json").body(json))
}
