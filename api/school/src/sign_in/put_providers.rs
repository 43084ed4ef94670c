//! The trust says where its staff sign in.

use super::provider::IdentityProviders;
use super::rows;
use base::db::Schools;
use base::operation::*;

/// Put the trust's identity providers
///
/// Replaces what stood; that is kept. Their keys are read by https from where `/.well-known/openid-configuration` below the
/// issuer says. Whoever signs in at another is nobody from then on. Needs a token for the whole trust.
#[utoipa::path(tag = "sign_in", security(("token" = ["client:write"])), request_body = IdentityProviders,
    responses((status = 200, description = "The identity providers as they stand now.", body = IdentityProviders)))]
#[put("/v1/trust/identity-providers")]
pub async fn put_providers(
    caller: May<WriteClient>,
    app: web::Data<App>,
    body: Json<IdentityProviders>,
) -> Result<HttpResponse> {
    whole_trust(&caller, WriteClient::NAME)?;
    body.value.check(&app)?;
    let by = caller.subject().to_owned();
    let put = app.db.run(caller.scope(), move |tx| {
        rows::put_providers(tx, &body.value, &by)?;
        Ok(body.value)
    });
    Ok(HttpResponse::Ok().json(put.await?))
}

/// Who signs in where is the whole trust's to say. Errors: 403.
pub(super) fn whole_trust(caller: &Caller, permission: &str) -> Result<()> {
    if *caller.scope().schools() == Schools::All {
        return Ok(());
    }
    Err(Problem::new(Kind::Forbidden)
        .detail("Who signs in where is the whole trust's to say, and so must the token be.")
        .member("permission", permission)
        .member("role", caller.role()))
}
