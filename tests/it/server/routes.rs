//! What is there and what is not: paths, methods, ids and parameters, as the OpenAPI document has them.

use api::server::document::{Document, operations};
use domain::Roles;
use serde_json::{Value, json};

use crate::house::authz::{Operation, every_operation, holder};
use crate::support::app::{Client, TestApp};
use crate::support::build::{pupil, school};
use crate::support::one_school::one_trust;

/// The paths of the document, each with the methods that it takes.
fn paths() -> Vec<(String, Vec<&'static str>)> {
    let document = Document::new();
    let paths = document.openapi.paths.paths.iter();
    paths
        .map(|(path, item)| {
            (path.clone(), operations(item).into_iter().map(|(method, _)| method).collect())
        })
        .collect()
}

/// A path of the document with something in the place of its parameters.
fn filled(template: &str, parameter: impl Fn(usize) -> String) -> String {
    let mut parts = template.split('{');
    let mut path = parts.next().unwrap().to_owned();
    for (index, part) in parts.enumerate() {
        path += &parameter(index);
        path += part.split_once('}').unwrap().1;
    }
    path
}

fn admin(app: &TestApp) -> Client {
    app.client("trust_admin", app.trust("Larkrise"))
}

#[test]
fn a_path_that_is_not_in_the_document_is_not_found() {
    let app = TestApp::start();
    let admin = admin(&app);
    for path in [
        "/",
        "/v1",
        "/v2/schools",
        "/V1/schools",
        "/v1/schools/",
        "//v1/schools",
        "/v1/schools/1/",
        "/v1/schools/1/calendars/2026",
        "/v1/../healthz",
        "/openapi.yaml",
        "/.env",
    ] {
        for client in [&admin, &app.client_of("")] {
            assert_eq!(client.get(path).problem(404), "not-found", "{path}");
        }
    }
}

#[test]
fn a_path_refuses_the_methods_that_it_does_not_take_and_names_those_it_does() {
    let app = TestApp::start();
    let admin = admin(&app);
    for (template, taken) in paths() {
        let path = filled(&template, |_| "1".to_owned());
        for method in ["GET", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "PROPFIND"] {
            if taken.contains(&method) {
                continue;
            }
            let answer = admin.send(method, &path, &[], None);
            assert_eq!(answer.status, 405, "{method} {path}: {}", answer.text);
            assert_eq!(answer.problem(405), "method-not-allowed");
            // Whoever may GET may HEAD.
            let allowed = taken.join(", ").replace("GET", "GET, HEAD");
            assert_eq!(answer.header("allow"), Some(allowed.as_str()), "{method} {path}");
        }
    }
}

#[test]
fn an_id_of_the_wrong_form_names_nothing() {
    let app = TestApp::start();
    let (trust, roles) = (app.trust("Larkrise"), Roles::built_in().unwrap());
    let malformed = [
        "x",
        "1x",
        "1.0",
        "0x1",
        "99999999999",
        "9223372036854775808",
        "%201",
        "%00",
        "%FF",
        "%C3%A9",
        "1%2F2",
        "%2e%2e",
        "2026-02-30",
        "null",
        "*",
        "1,2",
    ];
    // A policy's key is a name that people choose: there is no wrong form of it to read.
    let has_id = |operation: &Operation| {
        operation.template.contains('{') && !operation.template.contains("{policy}")
    };
    for operation in every_operation().into_iter().filter(has_id) {
        let client = match &operation.permission {
            Some(permission) => app.client(&holder(&roles, permission).name, trust),
            None => app.client_of(""),
        };
        let parameters = operation.template.matches('{').count();
        for (wrong, segment) in (0..parameters).flat_map(|at| malformed.map(|text| (at, text))) {
            let good = ["1", "2026-11-18", "AM"];
            let path = filled(&operation.template, |at| {
                if at == wrong { segment } else { good[at] }.to_owned()
            });
            let answer = client.json(operation.method, &path, &[], &json!({}));
            assert_eq!(answer.problem(404), "not-found", "{} {path}", operation.method);
        }
    }
}

/// An operation with a query: method, path, and its parameters with their schemas.
type WithQuery = (&'static str, String, Vec<(String, Value)>);

fn queries() -> Vec<WithQuery> {
    let document: Value = serde_json::from_str(&Document::new().json().unwrap()).unwrap();
    let mut found = Vec::new();
    for (template, methods) in paths() {
        for method in methods {
            let operation = &document["paths"][&template][method.to_lowercase()];
            let parameters: Vec<(String, Value)> = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|parameter| match parameter["$ref"].as_str() {
                    Some(place) => document.pointer(place.trim_start_matches('#')).unwrap(),
                    None => parameter,
                })
                .filter(|parameter| parameter["in"] == "query")
                .map(|parameter| {
                    (parameter["name"].as_str().unwrap().to_owned(), parameter["schema"].clone())
                })
                .collect();
            if !parameters.is_empty() {
                found.push((method, template.clone(), parameters));
            }
        }
    }
    found
}

#[test]
fn a_parameter_that_is_unknown_doubled_or_of_the_wrong_form_is_pointed_at() {
    let (app, trust, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    let lead = app.client("school_lead", trust);
    let class = crate::support::build::class(&admin, school, "6A");
    let pupil = pupil(&admin, school, class, 1);
    let id =
        |template: &str| if template.contains("{pupil_id}") { pupil } else { class }.to_string();
    let refused = |method: &str, path: &str, name: &str| {
        let headers = [("content-type", "text/csv")];
        let body = (method == "POST").then(Vec::new);
        let answer = match admin.send(method, path, &headers, body.clone()) {
            // Visible only with `safeguarding:read`.
            answer if answer.status == 403 => lead.send(method, path, &headers, body),
            answer => answer,
        };
        assert_eq!(answer.problem(400), "bad-query", "{method} {path}");
        let error = &answer.body["errors"][0];
        assert_eq!(error["pointer"], format!("?{name}"), "{method} {path}: {}", answer.text);
        assert!(error["expected"].as_str().is_some_and(|text| !text.is_empty()), "{}", answer.text);
    };
    let queries = queries();
    assert!(queries.len() > 6, "{queries:?}");
    for (method, template, parameters) in queries {
        let is_year = |at| at == 1 && template.contains("{year}");
        let path =
            filled(&template, |at| if is_year(at) { "2026".to_owned() } else { id(&template) });
        let needed =
            if template == "/v1/imports" && method == "POST" { "kind=pupils&" } else { "" };
        refused(method, &format!("{path}?{needed}colour=red"), "colour");
        for (name, schema) in parameters {
            let needed = if name == "kind" { "" } else { needed };
            let typed =
                schema["type"] != json!("string") && schema["type"] != json!(["string", "null"]);
            if typed || schema["format"] == "date" {
                refused(method, &format!("{path}?{needed}{name}=many"), &name);
            }
            refused(method, &format!("{path}?{needed}{name}=%00"), &name);
            refused(method, &format!("{path}?{needed}{name}=1&{name}=1"), &name);
        }
    }
    refused("POST", "/v1/imports", "kind");
    refused("POST", "/v1/imports?kind=teachers", "kind");
    for limit in ["0", "501", "-1", "65536", "1.5", ""] {
        refused("GET", &format!("/v1/pupils?limit={limit}"), "limit");
    }
}
