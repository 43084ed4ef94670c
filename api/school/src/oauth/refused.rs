//! How the token endpoint refuses (RFC 6749, section 5.2): a word for programs and a sentence for whoever integrates them.

use std::borrow::Cow;
use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};

use base::prelude::*;

words! {
    /// Why a token was refused.
    OAuthErrorCode {
        InvalidRequest = "invalid_request": "a parameter is missing, comes twice or cannot be read",
        InvalidClient = "invalid_client": "no client came in so: which part was wrong is not said",
        UnauthorizedClient = "unauthorized_client": "the client may not do this",
        UnsupportedGrantType = "unsupported_grant_type": "there is no such grant here",
        InvalidTarget = "invalid_target": "tokens are for this API alone",
        InvalidScope = "invalid_scope": "scopes are not used here: a client has a role",
    }
}

/// A refusal of the token endpoint.
#[derive(Debug, Serialize, ToSchema)]
pub struct OAuthRefusal {
    /// Why.
    pub error: OAuthErrorCode,
    /// The same for people.
    #[schema(example = "grant_type is missing")]
    pub error_description: Cow<'static, str>,
}

impl OAuthRefusal {
    /// For this reason.
    pub fn new(error: OAuthErrorCode, description: impl Into<Cow<'static, str>>) -> Self {
        Self { error, error_description: description.into() }
    }

    /// A request that cannot be read.
    pub fn request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(OAuthErrorCode::InvalidRequest, description)
    }

    /// The one answer to whoever is no client, whatever was wrong.
    pub fn client() -> Self {
        Self::new(OAuthErrorCode::InvalidClient, "no client has this client_id and this secret")
    }
}

impl fmt::Display for OAuthRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error_description)
    }
}

impl ResponseError for OAuthRefusal {
    fn status_code(&self) -> StatusCode {
        match self.error {
            OAuthErrorCode::InvalidClient => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::build(self.status_code());
        response.insert_header((header::PRAGMA, "no-cache"));
        if self.status_code() == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"rollcall\""));
        }
        response.json(self)
    }
}
