//! Headers that keep an answer where it belongs: out of caches, out of frames, and nothing but what it says it is.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// What the documentation page may load: its own files, and the styles that it writes into itself.
const DOCS: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                    font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// What a page for people without an account may load: its own files, and nothing that it writes into itself.
const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
                    form-action 'none'; frame-ancestors 'none'";
/// Everything else is data: nothing in it is loaded or run.
const DATA: &str = "default-src 'none'; frame-ancestors 'none'";

/// Adds the headers of an answer on this path.
pub fn guard(headers: &mut HeaderMap, path: &str) {
    // Children's data and tokens are kept by nobody between; a client that keeps an answer does so with its tag, and asks
    // again.
    let is_kept = !path.starts_with("/v1/") && !path.starts_with("/oauth/");
    let kept = if is_kept { "private, no-cache" } else { "no-store" };
    let policy = match path {
        path if path.starts_with("/docs") => DOCS,
        path if path.starts_with("/draws/") => PAGE,
        _ => DATA,
    };
    for (name, value) in [
        (header::CACHE_CONTROL, kept),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
