//! Around every request: its `Request-Id`, the rate limit, one log line and one measurement.
//!
//! The log names the route's pattern, never the path, the query or a body: those may hold a pupil's name.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, ResponseError, web};
use uuid::Uuid;

use super::etag;
use super::guard::guard;
use crate::auth::{asker, keep_known};
use crate::limit::Allowance;
use crate::problem::{Kind, Problem};
use crate::state::App;

/// The middleware.
///
/// # Errors
/// What actix itself cannot answer; refusals are answers.
pub async fn trace(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let id = Uuid::now_v7();
    let method = known(request.method());
    if *request.method() == Method::HEAD {
        // The same as GET (RFC 9110, 9.3.2); the server knows by itself that no body is to be sent.
        request.head_mut().method = Method::GET;
    }
    let app = request.app_data::<web::Data<App>>().cloned();
    let started = std::time::Instant::now();
    let allowance = match &app {
        Some(app) => {
            keep_known(&request, app).await;
            Some(app.limits.take(&asker(&request, app)).await)
        }
        None => None,
    };
    let mut response = match allowance {
        Some(Err(empty)) => {
            let problem = Problem::new(Kind::TooManyRequests).retry_after(empty.wait);
            request.into_response(problem.error_response()).map_into_boxed_body()
        }
        _ => answer(request, next, id).await?,
    };
    if response.status() == StatusCode::INSUFFICIENT_STORAGE
        && let Some(app) = &app
    {
        app.storage.was_full();
    }
    if let Some(allowance) = allowance {
        rate_headers(&mut response, allowance.unwrap_or_else(|empty| empty));
    }
    let path = response.request().path().to_owned();
    let headers = response.headers_mut();
    guard(headers, &path);
    if headers.contains_key(header::CONTENT_ENCODING)
        && let Some(tag) = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok())
        && let Some(Ok(tag)) = etag::compressed(tag).map(|tag| HeaderValue::from_str(&tag))
    {
        headers.insert(header::ETAG, tag);
    }
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(HeaderName::from_static("request-id"), value);
    }
    record(&response, method, id, started.elapsed());
    Ok(response)
}

/// Handlers' refusals are answers already when they come here; only actix itself fails.
async fn answer(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    id: Uuid,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let response = next.call(request).await.inspect_err(|error| log_internal(Some(error), id))?;
    log_internal(response.response().error(), id);
    Ok(response.map_into_boxed_body())
}

/// The internal half of a problem is written here and nowhere else.
fn log_internal(error: Option<&Error>, id: Uuid) {
    let internal = error.and_then(|e| e.as_error::<Problem>()).and_then(Problem::internal_text);
    if let Some(why) = internal {
        tracing::error!(request_id = %id, why = cut(why), "request failed");
    }
}

/// A database's message may quote a row after `DETAIL`: only its first line is logged.
fn cut(why: &str) -> &str {
    why.lines().next().unwrap_or_default()
}

fn rate_headers(response: &mut ServiceResponse<BoxBody>, allowance: Allowance) {
    let headers = response.headers_mut();
    let reset = if allowance.wait > 0 { allowance.wait } else { 60 };
    headers.insert(HeaderName::from_static("ratelimit-limit"), HeaderValue::from(allowance.limit));
    headers.insert(
        HeaderName::from_static("ratelimit-remaining"),
        HeaderValue::from(allowance.remaining),
    );
    headers.insert(HeaderName::from_static("ratelimit-reset"), HeaderValue::from(reset));
}

/// The method's name; what is no method of HTTP's own has one name, whatever a client calls it.
fn known(method: &Method) -> &'static str {
    const METHODS: [(Method, &str); 9] = [
        (Method::GET, "GET"),
        (Method::HEAD, "HEAD"),
        (Method::PUT, "PUT"),
        (Method::POST, "POST"),
        (Method::PATCH, "PATCH"),
        (Method::DELETE, "DELETE"),
        (Method::OPTIONS, "OPTIONS"),
        (Method::TRACE, "TRACE"),
        (Method::CONNECT, "CONNECT"),
    ];
    METHODS.iter().find(|(known, _)| known == method).map_or("other", |(_, name)| name)
}

/// The labels are of sets that are known beforehand: our routes, methods and statuses.
fn record(
    response: &ServiceResponse<BoxBody>,
    method: &'static str,
    id: Uuid,
    took: std::time::Duration,
) {
    let route = response.request().match_pattern().unwrap_or_else(|| "(no route)".to_owned());
    let status = response.status().as_u16();
    tracing::info!(request_id = %id, method, route, status, micros = took.as_micros(), "answered");
    let labels = [("method", method.to_owned()), ("route", route), ("status", status.to_string())];
    metrics::counter!("rollcall_requests_total", &labels).increment(1);
    metrics::histogram!("rollcall_request_seconds", &labels[..2]).record(took.as_secs_f64());
}
