//! What there is to get tokens with, for libraries that ask (RFC 8414).

use super::grant::Grant;
use base::operation::*;

/// What the authorization server can do.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServerMetadata {
    /// Who issues the tokens: their `iss`.
    #[schema(example = "https://rollcall.example")]
    issuer: String,
    /// Where tokens are got.
    token_endpoint: String,
    /// Where they are given back.
    revocation_endpoint: String,
    /// The keys that they are signed with.
    jwks_uri: String,
    /// How tokens are asked for.
    grant_types_supported: [Grant; 2],
    /// How a client says who it is.
    token_endpoint_auth_methods_supported: [&'static str; 2],
    /// How it does so when it gives a token back.
    revocation_endpoint_auth_methods_supported: [&'static str; 2],
    /// None: nobody signs in here with a browser.
    response_types_supported: [&'static str; 0],
    /// What every operation does, for people.
    service_documentation: String,
}

/// How tokens are got
#[utoipa::path(tag = "oauth",
    responses((status = 200, description = "Authorization server metadata (RFC 8414).", body = ServerMetadata)))]
#[get("/.well-known/oauth-authorization-server")]
pub async fn server_metadata(app: web::Data<App>) -> HttpResponse {
    const BY: [&str; 2] = ["client_secret_basic", "client_secret_post"];
    let at = |path: &str| format!("{}{path}", app.keys.issuer());
    HttpResponse::Ok().json(ServerMetadata {
        issuer: at(""),
        token_endpoint: at("/oauth/token"),
        revocation_endpoint: at("/oauth/revoke"),
        jwks_uri: at("/.well-known/jwks.json"),
        grant_types_supported: [Grant::ClientCredentials, Grant::TokenExchange],
        token_endpoint_auth_methods_supported: BY,
        revocation_endpoint_auth_methods_supported: BY,
        response_types_supported: [],
        service_documentation: at("/docs/"),
    })
}
