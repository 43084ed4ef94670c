//! The headers of answers: said once, and declared where they are sent.

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::schema::{Components, Object, Type};
use utoipa::openapi::{Ref, RefOr, Response};

use super::parameters;

const HEADERS: [(&str, Type, &str); 11] = [
    ("Request-Id", Type::String, "Names this answer in our log; quote it when you ask."),
    ("RateLimit-Limit", Type::Integer, "The requests that you may make in a minute."),
    ("RateLimit-Remaining", Type::Integer, "The requests that you have left just now."),
    ("RateLimit-Reset", Type::Integer, "The seconds until you have all of them again."),
    ("Retry-After", Type::Integer, "The seconds after which to try again."),
    (
        "WWW-Authenticate",
        Type::String,
        "How to say who asks: `Bearer` with a token, `Basic` with a client's secret.",
    ),
    ("Pragma", Type::String, "`no-cache`, for what knows no `Cache-Control` (RFC 6749)."),
    ("Idempotent-Replayed", Type::String, "`true`: the answer to the first request of this key."),
    ("Location", Type::String, "Where it can be read: what is new, or how the work goes."),
    ("Link", Type::String, "The next page, with `rel=\"next\"`; absent on the last one."),
    ("ETag", Type::String, "A strong tag: it names what is answered, as it stands."),
];

/// Those of every answer.
const ALWAYS: [&str; 4] =
    ["Request-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"];

/// Adds them to what operations refer to.
pub fn declare(components: &mut Components) {
    for (name, kind, meaning) in HEADERS {
        let header = HeaderBuilder::new().schema(Some(Object::with_type(kind)));
        let header = header.description(Some(meaning)).build();
        components.headers.insert(name.to_owned(), header.into());
    }
    for response in components.responses.values_mut() {
        if let RefOr::T(response) = response {
            add(response, &ALWAYS);
        }
    }
}

/// Adds what an operation sends with its answers beyond what it declares itself.
pub fn add_to(operation: &mut Operation) {
    let has = |place, name| parameters::has(operation, place, name);
    let (pages, keys) =
        (has(ParameterIn::Query, "cursor"), has(ParameterIn::Header, "Idempotency-Key"));
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        refer(response);
        add(response, &ALWAYS);
        if status.starts_with('2') && pages {
            add(response, &["Link"]);
        }
        if status.starts_with('2') && keys {
            add(response, &["Idempotent-Replayed"]);
        }
    }
}

/// Where an operation only names a header, leads to where it is described.
fn refer(response: &mut Response) {
    let known: Vec<&str> = HEADERS.iter().map(|(name, ..)| *name).collect();
    let named = response.headers.keys().filter_map(|name| known.iter().find(|one| *one == name));
    let named: Vec<&str> = named.copied().collect();
    add(response, &named);
}

/// Declares that a response is sent with these headers.
pub fn add(response: &mut Response, names: &[&str]) {
    for name in names {
        let reference = Ref::new(format!("#/components/headers/{name}"));
        response.headers.insert((*name).to_owned(), RefOr::Ref(reference));
    }
}
