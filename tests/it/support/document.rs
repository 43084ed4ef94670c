//! Every answer of every story is held against the document: that the operation names this kind of problem, that the
//! problem has no member which the document does not describe, that the headers are declared.

use std::collections::HashMap;
use std::sync::LazyLock;

use api::base::problem::PROBLEM_JSON;
use api::server::document::Document;
use jsonschema::Validator;
use serde_json::{Value, json};

use super::app::Answer;

/// Headers that every HTTP answer may have and no document declares.
const PLAIN: [&str; 15] = [
    "allow",
    "cache-control",
    "connection",
    "content-disposition",
    "content-encoding",
    "content-security-policy",
    "content-length",
    "content-type",
    "cross-origin-resource-policy",
    "date",
    "referrer-policy",
    "transfer-encoding",
    "vary",
    "x-content-type-options",
    "x-frame-options",
];

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&Document::new().json().unwrap()).unwrap());

/// A validator for each kind of problem in the document, under its `type`.
static PROBLEMS: LazyLock<HashMap<String, Validator>> = LazyLock::new(|| {
    let schemas = DOCUMENT["components"]["schemas"].as_object().unwrap().iter();
    let types = schemas.filter_map(|(name, schema)| {
        Some((name, schema["properties"]["type"]["const"].as_str()?.to_owned()))
    });
    let validator = |name: &String| {
        let schema = json!({
            "$ref": format!("#/components/schemas/{name}"),
            "unevaluatedProperties": false,
            "components": DOCUMENT["components"],
        });
        jsonschema::validator_for(&schema).unwrap()
    };
    types.map(|(name, kind)| (kind, validator(name))).collect()
});

/// What a `$ref` stands for.
fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => DOCUMENT.pointer(reference.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

/// The operation that takes this method at this path; none where the service itself answers 404 or 405.
fn operation(method: &str, path: &str) -> Option<(&'static str, &'static Value)> {
    let method = if method == "HEAD" { "get" } else { &method.to_lowercase() };
    let path = path.split('?').next().unwrap();
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let at = |template: &str| {
        let (expected, given) = (template.split('/'), path.split('/'));
        expected.clone().count() == given.clone().count()
            && expected.zip(given).all(|(part, text)| part == text || part.starts_with('{'))
    };
    // `/v1/pupils/lost` is a path of its own beside `/v1/pupils/{pupil_id}`.
    let found = paths.iter().filter(|(template, _)| at(template));
    let (template, item) = found.min_by_key(|(template, _)| template.matches('{').count())?;
    Some((template.as_str(), item.get(method)?))
}

/// Panics where the document does not say what was answered.
pub fn check(method: &str, path: &str, answer: &Answer) {
    let Some((template, operation)) = operation(method, path) else { return };
    let what = format!("{method} {template} answered {}", answer.status);
    let response = resolved(&operation["responses"][answer.status.to_string()]);
    if answer.header("content-type") == Some(PROBLEM_JSON) && method != "HEAD" {
        check_problem(&what, &answer.body, response);
    }
    let declared = response["headers"].as_object().into_iter().flatten();
    let declared: Vec<String> = declared.map(|(name, _)| name.to_lowercase()).collect();
    for (name, _) in &answer.headers {
        let known = PLAIN.contains(&name.as_str()) || declared.contains(name);
        assert!(known, "{what} with the header {name}, which the document does not declare");
    }
}

fn check_problem(what: &str, problem: &Value, response: &'static Value) {
    let kind = problem["type"].as_str().unwrap();
    let schema = &response["content"][PROBLEM_JSON]["schema"];
    let mut kinds = schema["oneOf"].as_array().into_iter().flatten().chain([schema]);
    assert!(
        kinds.any(|schema| resolved(schema)["properties"]["type"]["const"] == kind),
        "{what} with {kind}, which the document does not name there: add it to `responses(...)` of the operation, \
         as `refusal::...`"
    );
    let wrong = PROBLEMS[kind].iter_errors(problem).map(|error| error.to_string());
    let wrong: Vec<String> = wrong.collect();
    assert!(
        wrong.is_empty(),
        "{what} with {kind}, of which the document says otherwise: {wrong:?} in {problem}"
    );
}
