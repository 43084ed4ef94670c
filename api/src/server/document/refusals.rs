//! How the document tells of refusals: a schema and an example a kind, and in an operation one response a status.

use utoipa::PartialSchema;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::schema::{Components, Object, OneOfBuilder, Schema};
use utoipa::openapi::{Ref, RefOr, Response, ResponseBuilder};

use super::{headers, parameters};
use base::kind::Member;
use base::prelude::*;
use base::problem::{PROBLEM_JSON, ProblemBody};
use casework::letters::LetterState;

/// The media type of a form.
const FORM: &str = "application/x-www-form-urlencoded";

/// Adds every kind: its schema, its example, and the response of an operation that has no other kind of its status.
pub fn declare(components: &mut Components) {
    for kind in Kind::ALL {
        components.schemas.insert(name(*kind), schema(*kind));
        let example = ExampleBuilder::new().summary(kind.title()).value(Some(example(*kind)));
        components.examples.insert(kind.slug().to_owned(), example.build().into());
        components.responses.insert(kind.slug().to_owned(), response(&[*kind]).into());
    }
}

/// Brings together, under its status, what an operation names under the kinds' slugs and what follows from its shape. What
/// it says itself of a status stands first.
pub fn bring_together(operation: &mut Operation) {
    let mut named: BTreeMap<String, Vec<Kind>> = BTreeMap::new();
    for kind in Kind::ALL {
        let is_named = operation.responses.responses.remove(kind.slug()).is_some();
        if is_named || follows_from_shape(operation, *kind) {
            named.entry(kind.status().as_u16().to_string()).or_default().push(*kind);
        }
    }
    let responses = &mut operation.responses.responses;
    for (status, kinds) in named {
        let mut own_words = match responses.remove(&status) {
            Some(RefOr::T(response)) => response.description,
            _ => String::new(),
        };
        let response = match kinds[..] {
            [only] => {
                let mut reference = Ref::from_response_name(only.slug());
                reference.description = own_words;
                RefOr::Ref(reference)
            }
            _ => {
                let mut several = response(&kinds);
                if !own_words.is_empty() {
                    own_words.push_str("\n\n");
                    several.description.insert_str(0, &own_words);
                }
                RefOr::T(several)
            }
        };
        responses.insert(status, response);
    }
}

/// Whether every operation of this shape can refuse so: with a token, parameters of the query, a body, certain headers.
fn follows_from_shape(operation: &Operation, kind: Kind) -> bool {
    let has = |place, name| parameters::has(operation, place, name);
    let body = operation.request_body.as_ref();
    // What is wrong with a form is told in the form of RFC 6749.
    let form = matches!(body, Some(RefOr::T(body)) if body.content.contains_key(FORM));
    match kind {
        Kind::Unauthenticated | Kind::Forbidden | Kind::NotFound => operation.security.is_some(),
        Kind::BadQuery => parameters::any(operation, ParameterIn::Query),
        Kind::BadCursor => has(ParameterIn::Query, "cursor"),
        Kind::TooLarge | Kind::BodyLate => body.is_some(),
        Kind::BadBody | Kind::UnsupportedMedia => body.is_some() && !form,
        Kind::Invalid => {
            (body.is_some() && !form)
                || has(ParameterIn::Header, "Idempotency-Key")
                || parameters::any_date(operation)
        }
        Kind::KeyReused => has(ParameterIn::Header, "Idempotency-Key"),
        Kind::StaleTag => has(ParameterIn::Header, "If-Match"),
        Kind::TooManyRequests | Kind::Internal | Kind::Unavailable | Kind::StorageFull => true,
        _ => false,
    }
}

/// One response for kinds of one status.
fn response(kinds: &[Kind]) -> Response {
    let reference = |kind: &Kind| RefOr::<Schema>::Ref(Ref::from_schema_name(name(*kind)));
    let (schema, description) = match kinds {
        [only] => (reference(only), format!("{} {}", only.title(), only.meaning())),
        several => {
            let one_of = several.iter().map(reference);
            let one_of = one_of.fold(OneOfBuilder::new(), OneOfBuilder::item).build();
            let lines = several.iter().map(|kind| format!("- `{}`: {}", kind.slug(), kind.title()));
            (Schema::OneOf(one_of).into(), lines.collect::<Vec<_>>().join("\n"))
        }
    };
    let examples = kinds.iter().map(|kind| {
        let slug = kind.slug();
        (slug, RefOr::Ref(Ref::new(format!("#/components/examples/{slug}"))))
    });
    let content = ContentBuilder::new().schema(Some(schema)).examples_from_iter(examples).build();
    let response = ResponseBuilder::new().description(description).content(PROBLEM_JSON, content);
    let mut response = response.build();
    kinds.iter().for_each(|kind| headers::add(&mut response, sent_with(*kind)));
    response
}

/// The headers that go with a kind.
fn sent_with(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Unauthenticated => &["WWW-Authenticate"],
        Kind::TooManyRequests | Kind::Unavailable | Kind::StorageFull => &["Retry-After"],
        _ => &[],
    }
}

/// The schema's name.
fn name(kind: Kind) -> String {
    format!("{kind:?}Problem")
}

/// [`ProblemBody`] with what is certain of this kind: its type, its status, the members that it may have.
fn schema(kind: Kind) -> RefOr<Schema> {
    let mut schema = ProblemBody::schema();
    if let RefOr::T(Schema::Object(body)) = &mut schema {
        body.description = Some(kind.meaning().to_owned());
        fix(body, "type", kind.uri().into());
        fix(body, "status", kind.status().as_u16().into());
        if let Some(title) = body.properties.get_mut("title") {
            with_example(title, kind.title().into());
        }
        for member in kind.members() {
            body.properties.insert(member.name().to_owned(), described(*member));
        }
    }
    schema
}

/// A member's schema with what it says.
fn described(member: Member) -> RefOr<Schema> {
    let mut schema = match member {
        Member::State => RefOr::Ref(Ref::from_schema_name(LetterState::name())),
        member => member.schema(),
    };
    let meaning = Some(member.meaning().to_owned());
    match &mut schema {
        RefOr::Ref(reference) => reference.description = member.meaning().to_owned(),
        RefOr::T(Schema::Object(object)) => object.description = meaning,
        RefOr::T(Schema::Array(array)) => array.description = meaning,
        _ => {}
    }
    schema
}

/// Says that a property has this value and no other. utoipa has no word for the keyword `const`.
fn fix(body: &mut Object, name: &str, value: Value) {
    if let Some(RefOr::T(Schema::Object(property))) = body.properties.get_mut(name) {
        property.example = None;
        property.extensions = Some(Extensions::from_iter([("const", value)]));
    }
}

fn with_example(property: &mut RefOr<Schema>, example: Value) {
    if let RefOr::T(Schema::Object(property)) = property {
        property.example = Some(example);
    }
}

/// A problem of this kind as it could be answered.
fn example(kind: Kind) -> Value {
    let mut example = serde_json::json!({
        "type": kind.uri(),
        "title": kind.title(),
        "status": kind.status().as_u16(),
    });
    if let (Value::Object(all), Value::Object(own)) = (&mut example, kind.example()) {
        all.extend(own);
    }
    example
}
