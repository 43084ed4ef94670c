//! Request bodies and query strings, read with the place of every mistake.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::problem::{Kind, Problem};

/// A JSON body: unknown members, wrong types and broken JSON are answered with a pointer to the place.
#[derive(Debug)]
pub struct Json<T> {
    /// The body, read.
    pub value: T,
    /// The body as it came, which an Idempotency-Key is bound to.
    pub bytes: Bytes,
}

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let media = media_type(request);
        let bytes = Bytes::from_request(request, payload);
        Box::pin(async move {
            if media != "application/json" {
                return Err(Problem::new(Kind::UnsupportedMedia)
                    .detail("Send `Content-Type: application/json`."));
            }
            let bytes = bytes.await.map_err(|error| unreadable(&error))?;
            let value = read(&bytes)?;
            Ok(Self { value, bytes })
        })
    }
}

/// The media type without its parameters, in lower case.
pub fn media_type(request: &HttpRequest) -> String {
    let value = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// A body that did not arrive whole.
pub fn unreadable(error: &actix_web::Error) -> Problem {
    if error.as_response_error().status_code() == actix_web::http::StatusCode::PAYLOAD_TOO_LARGE {
        Problem::new(Kind::TooLarge)
    } else {
        Problem::new(Kind::BadBody).detail("The body did not arrive whole.")
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer(error.path());
        let inner = error.into_inner();
        let expected = if inner.is_data() {
            without_position(&inner.to_string())
        } else {
            format!("valid JSON: {inner}")
        };
        Problem::at(Kind::BadBody, pointer, expected)
    })?;
    reader.end().map_err(|error| {
        Problem::at(Kind::BadBody, "", format!("nothing after the JSON value: {error}"))
    })?;
    Ok(value)
}

/// serde_json ends its messages with a line and column, which the pointer says better.
fn without_position(message: &str) -> String {
    message.split(" at line ").next().unwrap_or(message).to_owned()
}

/// A JSON pointer (RFC 6901) from the place where reading stopped.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut text = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => text.push_str(&format!("/{index}")),
            Segment::Map { key } => {
                text.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1")))
            }
            Segment::Enum { variant } => text.push_str(&format!("/{variant}")),
            Segment::Unknown => {}
        }
    }
    text
}

/// The query string, read into a struct that refuses unknown parameters.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = actix_web::web::Query::<T>::from_query(request.query_string());
        std::future::ready(read.map(|query| Self(query.into_inner())).map_err(|error| {
            let text = match &error {
                actix_web::error::QueryPayloadError::Deserialize(inner) => inner.to_string(),
                other => other.to_string(),
            };
            Problem::new(Kind::BadQuery).detail(text)
        }))
    }
}
