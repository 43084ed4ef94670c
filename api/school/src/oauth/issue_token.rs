//! The token endpoint.

use actix_web::Error;
use actix_web::http::header::PRAGMA;
use chrono::TimeDelta;
use domain::Word;

use super::client_secret::client;
use super::exchange::{self, for_staff};
use super::form::Form;
use super::grant::Grant;
use super::refused::{OAuthErrorCode, OAuthRefusal};
use crate::clients::{ClientActs, Entered};
use base::operation::*;
use base::tokens::token::Claims;

/// How long an access token lasts.
const LASTS: TimeDelta = TimeDelta::minutes(15);

/// What is asked of the token endpoint. A client may say who it is here or by `Authorization: Basic`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document's: the form is read parameter by parameter")]
pub struct TokenRequest {
    /// How it is asked for.
    pub grant_type: Grant,
    /// The client's identifier.
    #[schema(example = "rc-1-12")]
    pub client_id: Option<String>,
    /// Its secret.
    pub client_secret: Option<String>,
    /// With token exchange: the ID token of whoever has signed in, at most five minutes old, which is used once.
    pub subject_token: Option<String>,
    /// With token exchange: `urn:ietf:params:oauth:token-type:id_token`.
    pub subject_token_type: Option<String>,
    /// With token exchange: which of their roles, for somebody who has several today.
    #[schema(example = "teacher")]
    pub role: Option<String>,
}

/// An access token (RFC 6749, section 5.1).
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenAnswer {
    /// The token, for `Authorization: Bearer`.
    pub access_token: String,
    /// `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// The seconds that it lasts.
    #[schema(example = 900)]
    pub expires_in: i64,
    /// With token exchange: `urn:ietf:params:oauth:token-type:access_token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_token_type: Option<&'static str>,
}

/// Get a token
///
/// With the client credentials grant (RFC 6749, section 4.4), for the client itself; or with token exchange (RFC 8693), for a
/// member of staff who has signed in at the trust's identity provider and may then do what their duties of today allow, as
/// far as the client's role and schools go. A token lasts for 15 minutes and says what the client may; when
/// that is taken back, it is refused within a second. Wrong secrets, clients that have expired or were revoked, and
/// clients that never were are answered alike; whoever is wrong too often waits.
#[utoipa::path(tag = "oauth", request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "The token.", body = TokenAnswer, headers(("Pragma"))),
        (status = 400, description = "The request is not right: `error` says why.", body = OAuthRefusal, headers(("Pragma"))),
        (status = 401, description = "No client came in so.", body = OAuthRefusal, headers(("Pragma"), ("WWW-Authenticate")))))]
#[post("/oauth/token")]
pub async fn issue_token(
    app: web::Data<App>,
    request: HttpRequest,
    form: Form,
) -> Result<HttpResponse, Error> {
    let grant = form.need("grant_type", "grant_type is missing")?;
    let entered = client(&app, &request, &form).await?;
    if form.get("scope").is_some() {
        let why = "scopes are not used here: a client has a role";
        return Err(OAuthRefusal::new(OAuthErrorCode::InvalidScope, why).into());
    }
    let (claims, issued_token_type) = match Grant::read(grant) {
        Some(Grant::ClientCredentials) => (of_itself(&app, &entered)?, None),
        Some(Grant::TokenExchange) => {
            (for_staff(&app, entered, &form, LASTS).await?, Some(exchange::ACCESS_TOKEN))
        }
        None => {
            let why = "grant_type is client_credentials or that of token exchange";
            return Err(OAuthRefusal::new(OAuthErrorCode::UnsupportedGrantType, why).into());
        }
    };
    let expires_in = claims.exp - claims.iat;
    let access_token = app.keys.issue((&app.db, &app.envelope), &claims).await?;
    let answer = TokenAnswer { access_token, token_type: "Bearer", expires_in, issued_token_type };
    Ok(HttpResponse::Ok().insert_header((PRAGMA, "no-cache")).json(answer))
}

/// What the token of a client that acts for itself says.
fn of_itself(app: &App, entered: &Entered) -> Result<Claims, OAuthRefusal> {
    if entered.acts != ClientActs::Itself {
        let why = "the client acts for staff, not for itself";
        return Err(OAuthRefusal::new(OAuthErrorCode::UnauthorizedClient, why));
    }
    let Entered { name, role, schools, expires_at, .. } = entered;
    let (now, subject) = (app.clock.now(), name.to_string());
    let lasts = LASTS.min(*expires_at - now);
    let claims = Claims::new(name.trust, schools.clone(), role, &subject, now, lasts);
    Ok(claims.of_client(*name, app.keys.issuer()))
}
