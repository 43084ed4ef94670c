//! Request bodies and query strings, read with the place of every mistake.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::body::Body;
use super::texts;
use crate::problem::{Kind, Problem};

const WITHOUT_NUL: &str = "a text without the character U+0000, which cannot be kept";

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
        let body = Body::from_request(request, payload);
        Box::pin(async move {
            if media != "application/json" {
                return Err(Problem::new(Kind::UnsupportedMedia)
                    .detail("Send `Content-Type: application/json`."));
            }
            let bytes = body.await?.0;
            let composed = texts::composed(&bytes);
            let value = read(&composed)?;
            texts::check(&composed)?;
            Ok(Self { value, bytes })
        })
    }
}

/// For a member that may be `null` but not left out: serde alone would take an absent one for `null`.
///
/// # Errors
/// The value's own.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
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

/// A JSON object out of bytes.
///
/// # Errors
/// 400 with the place and what was expected there.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Serde would read a struct from an array too, its members by their order; that order is nobody's promise.
    if bytes.trim_ascii_start().first().is_some_and(|first| *first != b'{') {
        return Err(Problem::at(Kind::BadBody, "", "a JSON object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer(error.path());
        let inner = error.into_inner();
        let expected = if inner.is_data() {
            expected(&inner.to_string())
        } else {
            format!("valid JSON: {inner}")
        };
        Problem::at(Kind::BadBody, pointer, expected)
    })?;
    reader.end().map_err(|error| {
        Problem::at(Kind::BadBody, "", format!("nothing after the JSON value: {error}"))
    })?;
    match place_of_nul(bytes) {
        Some(pointer) => Err(Problem::at(Kind::BadBody, pointer, WITHOUT_NUL)),
        None => Ok(value),
    }
}

/// What serde expected, in plain English and without what it found: that may be a child's name, and answers end up in
/// logs. Nor its line and column, which the pointer says better.
fn expected(message: &str) -> String {
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    if let Some(name) = message.strip_prefix("missing field ") {
        return format!("a member {name}");
    }
    if let Some(name) = message.strip_prefix("duplicate field ") {
        return format!("{name} only once");
    }
    let expected = message.rsplit_once(", expected ").map_or(message, |(_, expected)| expected);
    let plain = match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, not negative and not too large",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number, not too large",
        "a sequence" => "a list",
        "invalid digit found in string" | "cannot parse integer from empty string" => {
            "a whole number"
        }
        "number too large to fit in target type" => "a smaller number",
        "number too small to fit in target type" => "a larger number",
        "provided string was not `true` or `false`" => "`true` or `false`",
        "input contains invalid characters"
        | "input is not enough for unique date and time"
        | "input is out of range"
        | "premature end of input"
        | "trailing input" => {
            "a date such as 2026-11-18, a time such as 15:30:00, or an instant such as 2026-11-18T09:00:00Z"
        }
        structure if structure.starts_with("struct ") => "an object",
        other => other,
    };
    plain.to_owned()
}

/// Where in a body a text holds U+0000, which Postgres cannot keep.
fn place_of_nul(bytes: &[u8]) -> Option<String> {
    const ESCAPED: &[u8] = br"\u0000";
    if !bytes.windows(ESCAPED.len()).any(|part| part == ESCAPED) {
        return None;
    }
    place_in(&serde_json::from_slice(bytes).ok()?)
}

fn place_in(value: &Value) -> Option<String> {
    let below = |name: &str, value| Some(format!("/{}{}", escaped(name), place_in(value)?));
    match value {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| below(&index.to_string(), item))
        }
        Value::Object(members) => members.iter().find_map(|(name, member)| below(name, member)),
        _ => None,
    }
}

/// A JSON pointer (RFC 6901) from the place where reading stopped.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut text = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => text.push_str(&format!("/{index}")),
            Segment::Map { key } => text.push_str(&format!("/{}", escaped(key))),
            // The variant is the value itself, not a place in it.
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    text
}

/// A member's name as it stands in a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The query string, read into a struct that refuses unknown parameters.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(read_query(request.query_string()).map(Self))
    }
}

fn read_query<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let pairs = form_urlencoded::parse(text.as_bytes());
    let has_nul = |(_, value): &(_, Cow<'_, str>)| value.contains('\0');
    if let Some((name, _)) = pairs.clone().find(has_nul) {
        return Err(Problem::at(Kind::BadQuery, format!("?{name}"), WITHOUT_NUL));
    }
    let read = serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs));
    let value = read.map_err(|error| {
        let place = pointer(error.path());
        let message = error.into_inner().to_string();
        let named = ["missing field `", "duplicate field `"]
            .iter()
            .find_map(|start| message.strip_prefix(start).and_then(|rest| rest.strip_suffix('`')));
        let name = named.unwrap_or(place.trim_start_matches('/'));
        Problem::at(Kind::BadQuery, format!("?{name}"), expected(&message))
    })?;
    let is_outside = |(_, value): &(_, Cow<'_, str>)| texts::is_outside_calendar(value);
    if let Some((name, _)) = pairs.clone().find(is_outside) {
        return Err(Problem::at(Kind::Invalid, format!("?{name}"), texts::IN_CALENDAR));
    }
    Ok(value)
}
