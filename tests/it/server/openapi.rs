//! The OpenAPI document: committed as it is generated, and complete enough to write a client from.

mod closed_sets;

use std::collections::{BTreeMap, BTreeSet};

use api::base::problem::PROBLEM_JSON;
use api::server::document::Document;
use domain::Roles;
use serde_json::{Value, json};

use crate::house::authz::{World, every_operation, holder};
use crate::support::app::{Answer, TestApp};
use crate::support::document as told;

fn document() -> Value {
    serde_json::from_str(&Document::new().json().unwrap()).unwrap()
}

/// Every operation of a document, as "METHOD path".
fn operations(document: &Value) -> BTreeMap<String, &Value> {
    let mut all = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "put", "post", "patch", "delete", "head", "options", "trace"] {
            if let Some(operation) = item.get(method) {
                all.insert(format!("{} {path}", method.to_uppercase()), operation);
            }
        }
    }
    all
}

/// What a `$ref` stands for.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => document
            .pointer(reference.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("{reference} is not in the document")),
        None => value,
    }
}

fn said(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty())
}

#[test]
fn the_committed_files_are_what_the_program_generates() {
    let document = Document::new();
    let generated =
        [("openapi.json", document.json().unwrap()), ("operations.txt", document.operations())];
    for (name, text) in generated {
        let file = format!("{}/../openapi/{name}", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("ROLLCALL_UPDATE").is_some() {
            std::fs::write(&file, &text).unwrap();
        }
        let committed = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(committed == text, "{file} is out of date: commit what `make update` writes");
    }
}

#[test]
fn the_service_serves_the_document_it_was_built_with() {
    let app = TestApp::start();
    let served = app.client_of("").get("/openapi.json");
    assert_eq!(served.header("content-type"), Some("application/json"));
    assert_eq!(served.expect(200), document());
    let page = app.client_of("").get("/docs/");
    assert!(page.status == 200 && page.text.contains("swagger"), "{}", page.text);
}

#[test]
fn it_says_what_it_is() {
    let document = document();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
    let info = &document["info"];
    assert!(said(&info["title"]) && said(&info["description"]), "{info}");
    assert_eq!(info["version"], env!("CARGO_PKG_VERSION"));
    assert!(said(&info["license"]["name"]) && said(&info["license"]["identifier"]), "{info}");
}

#[test]
fn every_operation_has_a_name_of_its_own_a_place_and_a_summary() {
    let document = document();
    let mut ids = BTreeSet::new();
    for (name, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{name}: no id"));
        assert!(ids.insert(id.to_owned()), "{id} stands for two operations");
        assert!(said(&operation["summary"]), "{name}: no summary");
        let tags = operation["tags"].as_array().map_or(0, Vec::len);
        assert_eq!(tags, 1, "{name}: one tag says to which capability it belongs");
    }
}

/// A refusal as the service could answer it.
fn refused(status: u16, body: Value) -> Answer {
    let headers = vec![("content-type".to_owned(), PROBLEM_JSON.to_owned())];
    Answer { status, headers, text: body.to_string(), body }
}

#[test]
#[should_panic(
    expected = "GET /v1/trust answered 422 with /problems/closed-day, which the document does not name"
)]
fn a_refusal_that_its_operation_does_not_name_is_found_out() {
    let body = json!({ "type": "/problems/closed-day", "title": "Closed.", "status": 422 });
    told::check("GET", "/v1/trust", &refused(422, body));
}

#[test]
#[should_panic(expected = "'colour' was unexpected")]
fn a_member_that_its_problem_does_not_describe_is_found_out() {
    let body = json!({ "type": "/problems/not-found", "title": "No.", "status": 404, "colour": 1 });
    told::check("GET", "/v1/pupils/1", &refused(404, body));
}

#[test]
#[should_panic(expected = "with the header x-pupil, which the document does not declare")]
fn a_header_that_the_document_does_not_declare_is_found_out() {
    let headers = vec![("x-pupil".to_owned(), "1".to_owned())];
    let answer = Answer { status: 200, headers, text: String::new(), body: Value::Null };
    told::check("GET", "/v1/trust", &answer);
}

#[test]
fn every_tag_is_declared_described_and_stands_in_one_group() {
    let document = document();
    let declared: Vec<&str> = document["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| {
            assert!(said(&tag["description"]), "{tag} says nothing");
            tag["name"].as_str().unwrap()
        })
        .collect();
    let groups = document["x-tagGroups"].as_array().unwrap().iter();
    let grouped = groups.flat_map(|group| group["tags"].as_array().unwrap());
    assert!(grouped.eq(&declared), "groups and tags are in one order");
    let operations = operations(&document);
    let used: BTreeSet<&str> =
        operations.values().map(|operation| operation["tags"][0].as_str().unwrap()).collect();
    assert_eq!(used, declared.into_iter().collect());
}

#[test]
fn a_page_refers_to_its_items() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let pages = schemas.iter().filter(|(name, _)| name.starts_with("Page_"));
    let mut found = 0;
    for (name, page) in pages {
        let items = &page["properties"]["items"]["items"];
        assert!(
            items["$ref"].is_string(),
            "{name} writes its items out instead of referring to them: {items}"
        );
        found += 1;
    }
    assert!(found > 20, "{found} pages");
}

#[test]
fn a_list_says_how_many_items_a_page_can_have() {
    let document = document();
    let mut found = 0;
    for (name, operation) in operations(&document) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = resolved(&document, parameter);
            if parameter["name"] == "limit" {
                let schema = resolved(&document, &parameter["schema"]);
                let bounds = [&schema["minimum"], &schema["maximum"], &schema["default"]];
                assert_eq!(bounds, [1, 500, 100], "{name}");
                found += 1;
            }
        }
    }
    assert!(found > 20, "{found} lists");
}

#[test]
fn every_parameter_is_described_and_every_part_of_a_path_is_one() {
    let document = document();
    for (name, operation) in operations(&document) {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let parameters: Vec<&Value> =
            parameters.map(|parameter| resolved(&document, parameter)).collect();
        for parameter in &parameters {
            assert!(said(&parameter["description"]), "{name}: {parameter} says nothing");
            assert!(parameter["schema"].is_object(), "{name}: {parameter} has no schema");
        }
        let in_path: BTreeSet<&str> = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| {
                assert_eq!(parameter["required"], true, "{name}");
                parameter["name"].as_str().unwrap()
            })
            .collect();
        let template: BTreeSet<&str> =
            name.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
        assert_eq!(in_path, template, "{name}");
    }
}

/// The refusals of one status are kinds of problem, each with an example of itself.
fn refuses_with(document: &Value, what: &str, problem: &Value, status: &str) {
    let schema = &problem["schema"];
    let one_of = schema["oneOf"].as_array();
    let kinds = one_of.map_or_else(|| vec![schema], |kinds| kinds.iter().collect());
    let examples = problem["examples"].as_object();
    let examples = examples.unwrap_or_else(|| panic!("{what}: no example"));
    assert_eq!(examples.len(), kinds.len(), "{what}: an example of each kind");
    for kind in kinds {
        let is = resolved(document, kind);
        let slug = is["properties"]["type"]["const"].as_str();
        let slug = slug.and_then(|kind| kind.strip_prefix("/problems/"));
        let slug = slug.unwrap_or_else(|| panic!("{what}: {kind} is no kind of problem"));
        assert_eq!(is["properties"]["status"]["const"].to_string(), status, "{what}: {slug}");
        let example = &resolved(document, &examples[slug])["value"];
        let mut schema = kind.clone();
        schema["components"] = document["components"].clone();
        schema["unevaluatedProperties"] = json!(false);
        let schema = jsonschema::validator_for(&schema).unwrap();
        let wrong = schema.iter_errors(example).map(|error| error.to_string());
        let wrong: Vec<String> = wrong.collect();
        assert!(wrong.is_empty(), "{what}: {wrong:?} in the example {example}");
    }
}

/// Whether it is a refusal in the form of RFC 6749, which its own libraries read and no problem of ours.
fn is_of_oauth(response: &Value) -> bool {
    let schema = &response["content"]["application/json"]["schema"];
    schema["$ref"] == "#/components/schemas/OAuthRefusal"
}

#[test]
fn every_operation_says_what_it_answers_and_how_it_refuses() {
    let document = document();
    for (name, operation) in operations(&document) {
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{name}: no success");
        for (status, response) in responses {
            let response = resolved(&document, response);
            assert!(said(&response["description"]), "{name} {status}: says nothing");
            let media = response["content"].as_object();
            if is_of_oauth(response) {
                continue;
            }
            if status.starts_with('4') || status.starts_with('5') {
                let problem = media.and_then(|media| media.get("application/problem+json"));
                let problem = problem.unwrap_or_else(|| panic!("{name} {status}: no problem"));
                refuses_with(&document, &format!("{name} {status}"), problem, status);
            } else if status != "304" {
                let schemas = media.into_iter().flatten().map(|(_, content)| &content["schema"]);
                assert!(schemas.clone().count() > 0, "{name} {status}: no content");
                for schema in schemas {
                    assert!(schema.is_object(), "{name} {status}: content without a schema");
                }
            }
        }
        let security = operation["security"].as_array();
        let security = security.unwrap_or_else(|| panic!("{name}: no word about tokens"));
        let must = |status: &str| assert!(responses.contains_key(status), "{name}: no {status}");
        ["429", "500", "503"].into_iter().for_each(must);
        if !security.is_empty() {
            assert!(security[0]["token"][0].is_string(), "{name}: no permission");
            ["401", "403", "404"].into_iter().for_each(must);
        }
        if let Some(body) = operation.get("requestBody") {
            assert_eq!(body["required"], true, "{name}: a body that is not required");
            // What is wrong with a form is an error of RFC 6749.
            let form = body["content"].get("application/x-www-form-urlencoded").is_some();
            let refused: &[&str] =
                if form { &["400", "401", "413"] } else { &["400", "413", "415", "422"] };
            refused.iter().copied().for_each(must);
        }
        let mut parameters = operation["parameters"].as_array().into_iter().flatten();
        if parameters.any(|parameter| resolved(&document, parameter)["in"] == "query") {
            must("400");
        }
    }
}

/// Whether a property is described: itself, or what it stands for, or where it stands for a schema or nothing.
fn described(document: &Value, property: &Value) -> bool {
    let parts = property["oneOf"].as_array().into_iter().flatten();
    let mut parts = parts.chain([property, resolved(document, property)]);
    parts.any(|part| said(&part["description"]))
}

/// Collects every object's properties that say nothing, through every schema inside a schema.
fn silent(document: &Value, place: &str, schema: &Value, found: &mut Vec<String>) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let place = format!("{place}.{name}");
        if !described(document, property) {
            found.push(place.clone());
        }
        silent(document, &place, property, found);
    }
    for inside in ["items", "additionalProperties"].iter().filter_map(|name| schema.get(name)) {
        silent(document, place, inside, found);
    }
    for parts in ["allOf", "anyOf", "oneOf"] {
        for part in schema[parts].as_array().into_iter().flatten() {
            silent(document, place, part, found);
        }
    }
}

#[test]
fn every_member_of_every_body_is_described() {
    let document = document();
    let mut found = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        if schema["type"] == "object" && !said(&schema["description"]) {
            found.push(name.clone());
        }
        silent(&document, name, schema, &mut found);
    }
    assert!(found.is_empty(), "without a description: {found:#?}");
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    for reference in &found {
        let target = document.pointer(reference.trim_start_matches('#'));
        assert!(target.is_some(), "{reference} is not in the document");
    }
    for part in ["schemas", "responses", "parameters", "headers", "examples"] {
        for name in document["components"][part].as_object().unwrap().keys() {
            let reference = format!("#/components/{part}/{name}");
            assert!(found.contains(reference.as_str()), "{reference} is not used");
        }
    }
}

#[test]
fn what_is_answered_is_what_the_document_says() {
    let document = document();
    let app = TestApp::start();
    let trust = app.sandbox("Larkrise");
    let world = World::prepare(&app, trust, 1);
    let roles = Roles::built_in().unwrap();
    let mut fresh = 0;
    for operation in every_operation() {
        let permission = operation.permission.as_deref();
        let role = match permission.filter(|name| !roles.allows("trust_admin", name)) {
            Some(name) => &holder(&roles, name).name,
            None => "trust_admin",
        };
        let answer = operation.call(&app.client(role, trust), &world, &mut fresh);
        let place = &document["paths"][&operation.template][operation.method.to_lowercase()];
        let response = &place["responses"][answer.status.to_string()];
        // A draw takes each step once: what refuses the second one may stand among the shared answers.
        let shared = response["$ref"].as_str().map(|shared| shared.trim_start_matches('#'));
        let response = shared.and_then(|shared| document.pointer(shared)).unwrap_or(response);
        let media = answer.header("content-type").unwrap().split(';').next().unwrap();
        let schema = &response["content"][media]["schema"];
        assert!(schema.is_object(), "{}: {} {media} is not said", operation.id, answer.status);
        if media == "application/json" {
            let mut schema = schema.clone();
            schema["components"] = document["components"].clone();
            if schema["$ref"].is_string() {
                // Not only right in what is described, but without a member that is not.
                schema["unevaluatedProperties"] = json!(false);
            }
            let schema = jsonschema::validator_for(&schema).unwrap();
            let wrong = schema.iter_errors(&answer.body).map(|error| error.to_string());
            let wrong: Vec<String> = wrong.collect();
            assert!(wrong.is_empty(), "{}: {wrong:?} in {}", operation.id, answer.text);
        }
    }
}
