//! The public halves of the keys that sign our tokens.

use base::operation::*;

/// Keys that sign tokens
#[utoipa::path(tag = "operation", responses((status = 200, description = "A JSON Web Key Set (RFC 7517).", body = Object)))]
#[get("/.well-known/jwks.json")]
pub async fn jwks(app: web::Data<App>) -> HttpResponse {
    app.keys.refresh(&app.db, &app.envelope).await;
    HttpResponse::Ok().json(app.keys.jwks(app.clock.now()))
}
