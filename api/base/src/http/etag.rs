//! Strong entity tags, and the conditions that a client puts on a write.

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use crate::problem::{Kind, Problem};

/// How a compressed answer's tag ends: a strong tag names the bytes that were sent (RFC 9110, 8.8.3).
const GZIP: &str = "-gzip\"";

/// A strong tag: equal tags mean equal representations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ETag(String);

impl ETag {
    /// The tag of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let hash = Sha256::digest(bytes);
        Self(format!("\"{}\"", URL_SAFE_NO_PAD.encode(&hash[..12])))
    }

    /// As it stands in the header, with its quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The tag of the same representation, compressed.
pub fn compressed(tag: &str) -> Option<String> {
    tag.strip_suffix('"').map(|tag| format!("{tag}{GZIP}"))
}

/// `If-Match` and `If-None-Match` of a request.
#[derive(Debug, Clone, Default)]
pub struct Conditions {
    if_match: Option<String>,
    if_none_match: Option<String>,
}

impl Conditions {
    /// Whether a write may go ahead. `present` is the tag of what a reader would get now; `exists` says whether it was
    /// ever written (a register can be read before it is taken), which is what `*` asks. Errors: 412, with the present
    /// tag.
    pub fn check_write(&self, present: Option<&ETag>, exists: bool) -> Result<(), Problem> {
        let names = |list: &str| if list.trim() == "*" { exists } else { matches(list, present) };
        let wanted = self.if_match.as_deref().is_none_or(names);
        let unwanted = self.if_none_match.as_deref().is_some_and(names);
        if wanted && !unwanted {
            return Ok(());
        }
        let mut problem = Problem::new(Kind::StaleTag);
        if let Some(tag) = present {
            problem = problem.member("etag", tag.as_str());
        }
        Err(problem)
    }

    /// Whether a reader already has this representation, so that 304 will do.
    pub fn unchanged(&self, present: &ETag) -> bool {
        self.if_none_match.as_deref().is_some_and(|known| matches(known, Some(present)))
    }
}

/// `If-Match` of a write, as the document describes it.
#[derive(Debug)]
pub struct IfMatch;

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let description = "The tag of what you change; with another it has changed since you read it, and nothing is done.";
        super::header::optional("If-Match", description)
    }
}

/// `If-None-Match` of a reading, as the document describes it.
#[derive(Debug)]
pub struct IfNoneMatch;

impl IntoParams for IfNoneMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        super::header::optional(
            "If-None-Match",
            "The tag that you have: 304 when nothing has changed.",
        )
    }
}

/// Whether a header's list of tags names the present one. Weak tags never match a strong one.
fn matches(list: &str, present: Option<&ETag>) -> bool {
    let Some(present) = present else { return false };
    let is_present = |tag: &str| tag == "*" || tag.replace(GZIP, "\"") == present.0;
    list.split(',').map(str::trim).any(is_present)
}

impl FromRequest for Conditions {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let text = |name: header::HeaderName| {
            request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        std::future::ready(Ok(Self {
            if_match: text(header::IF_MATCH),
            if_none_match: text(header::IF_NONE_MATCH),
        }))
    }
}
