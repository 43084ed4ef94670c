//! The OpenAPI document, collected from the operations themselves; what all of them share is added here, once.

use std::fmt::Write;

use utoipa::OpenApi as _;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::schema::{Object, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, ResponseBuilder};
use utoipa_actix_web::AppExt;

use crate::base::problem::{Kind, PROBLEM_JSON, ProblemBody};
use crate::figures::{RegistrationGroup, SenGroup, SexGroup, YesOrNo};
use crate::reports::ReportFormat;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Rollcall",
        description = "Attendance for a whole school trust in England: registers in, truth out. \
            Rates are pairs of integers; displayed percentages are cut, not rounded, to one decimal. \
            Dates of sessions carry no time zone; instants are UTC. Every refusal is a problem (RFC 9457). \
            Where a value is one of a list of words, words may be added to the list later: clients must accept one that \
            they do not know yet.",
        license(name = "MIT", identifier = "MIT")
    ),
    servers((url = "/", description = "This service")),
    // The sets that stand in queries alone.
    components(schemas(
        ProblemBody,
        ReportFormat,
        RegistrationGroup,
        SenGroup,
        SexGroup,
        YesOrNo
    ))
)]
struct Shared;

/// The document, made once when the process starts.
pub struct Document {
    /// As utoipa has it.
    pub openapi: OpenApi,
}

impl Document {
    /// Collected from the mounted operations.
    #[must_use]
    pub fn new() -> Self {
        let (_, collected) = actix_web::App::new()
            .into_utoipa_app()
            .openapi(Shared::openapi())
            .configure(crate::server::mount)
            .split_for_parts();
        let mut openapi = collected;
        let components = openapi.components.get_or_insert_default();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
        for kind in SHARED {
            components.responses.insert(kind.slug().to_owned(), RefOr::T(response(kind)));
        }
        for item in openapi.paths.paths.values_mut() {
            for (_, operation) in operations_mut(item) {
                share(operation);
                // Said outright that no token is needed, so that a forgotten one shows.
                operation.security.get_or_insert_default();
            }
        }
        leave_out_unused(&mut openapi);
        Self { openapi }
    }

    /// `openapi.json`, with a newline at its end.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(&self.openapi)? + "\n")
    }

    /// `operations.txt`: a line an operation, for people who review: METHOD PATH operation permission.
    #[must_use]
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
#[must_use]
pub fn permission(operation: &Operation) -> Option<String> {
    let requirement = operation.security.as_ref()?.first()?;
    let value = serde_json::to_value(requirement).ok()?;
    Some(value.get("token")?.get(0)?.as_str()?.to_owned())
}

/// The operations of a path.
#[must_use]
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

/// The items of a list are written out where the list is, so that a schema of their own may be nobody's.
fn leave_out_unused(openapi: &mut OpenApi) {
    let text = serde_json::to_string(openapi).unwrap_or_default();
    let used = |name: &str| text.contains(&format!("\"#/components/schemas/{name}\""));
    if let Some(components) = &mut openapi.components {
        components.schemas.retain(|name, _| used(name));
    }
}

/// The refusals that operations share.
const SHARED: [Kind; 11] = [
    Kind::Unauthenticated,
    Kind::Forbidden,
    Kind::NotFound,
    Kind::BadQuery,
    Kind::BadBody,
    Kind::TooLarge,
    Kind::UnsupportedMedia,
    Kind::Invalid,
    Kind::TooManyRequests,
    Kind::Internal,
    Kind::Unavailable,
];

/// Whether an operation can refuse in this way: by whether it needs a token, has a query, takes a body.
fn can_refuse(operation: &Operation, kind: Kind) -> bool {
    match kind {
        Kind::Unauthenticated | Kind::Forbidden | Kind::NotFound => operation.security.is_some(),
        Kind::BadQuery => {
            let mut parameters = operation.parameters.iter().flatten();
            parameters.any(|parameter| {
                matches!(parameter, RefOr::T(one) if one.parameter_in == ParameterIn::Query)
            })
        }
        Kind::BadBody | Kind::TooLarge | Kind::UnsupportedMedia | Kind::Invalid => {
            operation.request_body.is_some()
        }
        _ => true,
    }
}

/// Adds the shared refusals, and the headers of every answer.
fn share(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            let text = HeaderBuilder::new().schema(Some(Object::with_type(Type::String)));
            response.headers.insert(
                "Request-Id".to_owned(),
                text.description(Some("Names this answer in our log; quote it when you ask."))
                    .build()
                    .into(),
            );
        }
    }
    for kind in SHARED.into_iter().filter(|kind| can_refuse(operation, *kind)).collect::<Vec<_>>() {
        let reference = RefOr::Ref(Ref::from_response_name(kind.slug()));
        let responses = &mut operation.responses.responses;
        responses.entry(kind.status().as_u16().to_string()).or_insert(reference);
    }
}

fn response(kind: Kind) -> utoipa::openapi::Response {
    let schema = RefOr::Ref(Ref::from_schema_name("ProblemBody"));
    ResponseBuilder::new()
        .description(kind.title())
        .content(PROBLEM_JSON, Content::new(Some(schema)))
        .build()
}

/// `/docs`: the document as a page to read and try, served from the binary.
#[must_use]
pub fn swagger() -> utoipa_swagger_ui::SwaggerUi {
    let config = utoipa_swagger_ui::Config::from("/openapi.json")
        .persist_authorization(true)
        .try_it_out_enabled(true);
    utoipa_swagger_ui::SwaggerUi::new("/docs/{_:.*}").config(config)
}
