//! The OpenAPI document, collected from the operations themselves; what all of them share is added here, once.

mod generics;
mod headers;
mod parameters;
mod refusals;
mod tags;

use std::collections::BTreeSet;
use std::fmt::Write;

use utoipa::OpenApi as _;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, OpenApi, RefOr};
use utoipa_actix_web::AppExt;

use figures::{RegistrationGroup, SenGroup, SexGroup, YesOrNo};
use reports::ReportFormat;
use rewards::awards::CertificateFormat;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Rollcall",
        description = "Attendance for a whole school trust in England: registers in, truth out. \
            Rates are pairs of integers; a pupil's percentage is cut to one decimal, a group's rounded. \
            Dates of sessions carry no time zone; instants are UTC. Every refusal is a problem (RFC 9457). \
            Where a value is one of a list of words, words may be added to the list later: clients must accept one that \
            they do not know yet.",
        license(name = "MIT", identifier = "MIT")
    ),
    servers((url = "/", description = "This service")),
    // The sets that stand in queries alone.
    components(schemas(CertificateFormat, ReportFormat, RegistrationGroup, SenGroup, SexGroup, YesOrNo))
)]
struct Shared;

/// The document, made once when the process starts.
pub struct Document {
    /// As utoipa has it.
    pub openapi: OpenApi,
}

impl Document {
    /// Collected from the mounted operations.
    pub fn new() -> Self {
        let (_, collected) = actix_web::App::new()
            .into_utoipa_app()
            .openapi(Shared::openapi())
            .configure(crate::server::mount)
            .split_for_parts();
        let mut openapi = collected;
        for item in openapi.paths.paths.values_mut() {
            for (_, operation) in operations_mut(item) {
                name_once(operation);
                share(operation);
            }
        }
        declare(openapi.components.get_or_insert_default());
        tags::declare(&mut openapi);
        leave_out_unused(&mut openapi);
        Self { openapi }
    }

    /// `openapi.json`, with a newline at its end.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(&self.openapi)? + "\n")
    }

    /// `operations.txt`: a line an operation, for people who review: METHOD PATH operation permission.
    pub fn operations(&self) -> String {
        let mut text = String::new();
        for (path, item) in &self.openapi.paths.paths {
            for (method, operation) in operations(item) {
                let id = operation.operation_id.as_deref().unwrap_or("-");
                let permission = permission(operation).unwrap_or_else(|| "(open)".to_owned());
                let _ = writeln!(text, "{method:6} {path:60} {id:24} {permission}");
            }
        }
        text
    }
}

impl Default for Document {
    fn default() -> Self {
        Self::new()
    }
}

/// The permission that an operation declares: the scope of its security requirement.
pub fn permission(operation: &Operation) -> Option<String> {
    let requirement = operation.security.as_ref()?.first()?;
    let value = serde_json::to_value(requirement).ok()?;
    Some(value.get("token")?.get(0)?.as_str()?.to_owned())
}

/// The operations of a path.
pub fn operations(item: &PathItem) -> Vec<(&'static str, &Operation)> {
    let all = [
        ("GET", &item.get),
        ("PUT", &item.put),
        ("POST", &item.post),
        ("PATCH", &item.patch),
        ("DELETE", &item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_ref()?))).collect()
}

fn operations_mut(item: &mut PathItem) -> Vec<(&'static str, &mut Operation)> {
    let all = [
        ("GET", &mut item.get),
        ("PUT", &mut item.put),
        ("POST", &mut item.post),
        ("PATCH", &mut item.patch),
        ("DELETE", &mut item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?))).collect()
}

/// An id in a tuple of the path describes itself; utoipa, which reads the tuple too, then adds the parameter once more
/// without a word.
fn name_once(operation: &mut Operation) {
    let mut named = BTreeSet::new();
    if let Some(parameters) = &mut operation.parameters {
        parameters.retain(|parameter| match parameter {
            RefOr::T(one) => named.insert(one.name.clone()),
            RefOr::Ref(_) => true,
        });
    }
}

/// Adds to an operation what it shares with others.
fn share(operation: &mut Operation) {
    refusals::bring_together(operation);
    headers::add_to(operation);
    parameters::refer(operation);
    // Said outright that no token is needed, so that a forgotten one shows.
    operation.security.get_or_insert_default();
}

/// Adds what operations refer to.
fn declare(components: &mut Components) {
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    refusals::declare(components);
    headers::declare(components);
    parameters::declare(components);
    generics::refer(components);
}

/// What no operation answers or takes is left out, until nothing is left that nobody refers to.
fn leave_out_unused(openapi: &mut OpenApi) {
    loop {
        let text = serde_json::to_string(openapi).unwrap_or_default();
        let used: BTreeSet<&str> = text
            .split("\"#/components/")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        let Some(components) = &mut openapi.components else { return };
        let is_used = |part: &str, name: &str| used.contains(format!("{part}/{name}").as_str());
        let size = |components: &Components| {
            components.schemas.len() + components.responses.len() + components.examples.len()
        };
        let before = size(components);
        components.schemas.retain(|name, _| is_used("schemas", name));
        components.responses.retain(|name, _| is_used("responses", name));
        components.examples.retain(|name, _| is_used("examples", name));
        if size(components) == before {
            return;
        }
    }
}

/// `/docs`: the document as a page to read and try, served from the binary.
pub fn swagger() -> utoipa_swagger_ui::SwaggerUi {
    let config = utoipa_swagger_ui::Config::from("/openapi.json")
        .persist_authorization(true)
        .try_it_out_enabled(true);
    utoipa_swagger_ui::SwaggerUi::new("/docs/{_:.*}").config(config)
}
