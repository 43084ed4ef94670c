//! Where does the trust's staff sign in?

use super::provider::IdentityProviders;
use super::rows;
use base::operation::*;

/// Read the trust's identity providers
#[utoipa::path(tag = "sign_in", security(("token" = ["client:read"])),
    responses((status = 200, description = "The identity providers.", body = IdentityProviders)))]
#[get("/v1/trust/identity-providers")]
pub async fn read_providers(caller: May<ReadClient>, app: web::Data<App>) -> Result<HttpResponse> {
    let providers = app.db.run(caller.scope(), rows::providers).await?;
    Ok(HttpResponse::Ok().json(IdentityProviders { providers }))
}
