//! A client gives a token back before it ends (RFC 7009).

use actix_web::Error;

use super::client_secret::client;
use super::form::Form;
use super::refused::{OAuthErrorCode, OAuthRefusal};
use base::operation::*;
use base::platform;
use base::revocations;

/// What is asked. A client may say who it is here or by `Authorization: Basic`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document's: the form is read parameter by parameter")]
pub struct RevocationRequest {
    /// The token.
    pub token: String,
    /// What kind of token it is; there is only one here.
    #[schema(example = "access_token")]
    pub token_type_hint: Option<String>,
    /// The client's identifier.
    #[schema(example = "rc-1-12")]
    pub client_id: Option<String>,
    /// Its secret.
    pub client_secret: Option<String>,
}

/// A token that was given back. Libraries read the status alone (RFC 7009, section 2.2).
#[derive(Debug, Serialize, ToSchema)]
pub struct GivenBack {
    /// `false`: it does not hold any more, if it ever did.
    #[schema(example = false)]
    holds: bool,
}

/// Give a token back
///
/// The token is refused within a second. One that has ended, or is none of ours, is answered alike: it does not hold. A
/// client gives back its own tokens alone.
#[utoipa::path(tag = "oauth", request_body(content = RevocationRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "The token does not hold any more.", body = GivenBack),
        (status = 400, description = "The request is not right: `error` says why.", body = OAuthRefusal, headers(("Pragma"))),
        (status = 401, description = "No client came in so.", body = OAuthRefusal, headers(("Pragma"), ("WWW-Authenticate")))))]
#[post("/oauth/revoke")]
pub async fn revoke_token(
    app: web::Data<App>,
    request: HttpRequest,
    form: Form,
) -> Result<HttpResponse, Error> {
    let token = form.need("token", "token is missing")?;
    let entered = client(&app, &request, &form).await?;
    if let Ok(claims) = app.keys.verify(token, app.clock.now()) {
        if claims.client_id != Some(entered.name) {
            let why = "the token is another client's";
            return Err(OAuthRefusal::new(OAuthErrorCode::UnauthorizedClient, why).into());
        }
        let door = platform::at_the_door(claims.trust);
        app.db.run(&door, move |tx| revocations::take_back_token(tx, claims)).await?;
    }
    Ok(HttpResponse::Ok().json(GivenBack { holds: false }))
}
