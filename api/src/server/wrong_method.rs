//! What no route took: a known path with the wrong method is 405 with `Allow`, anything else 404.

use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::openapi::path::PathItem;

use crate::server::document::Document;
use base::problem::{Kind, Problem};

/// The default service. Errors: always: 404 or 405.
pub async fn no_route(
    request: HttpRequest,
    document: web::Data<Document>,
) -> Result<HttpResponse, Problem> {
    let methods = document
        .openapi
        .paths
        .paths
        .iter()
        .filter(|(template, _)| is_at(template, request.path()))
        .flat_map(|(_, item)| methods(item))
        .collect::<Vec<_>>();
    if methods.is_empty() {
        return Err(Problem::not_found());
    }
    Err(Problem::new(Kind::MethodNotAllowed).allow(methods.join(", ")))
}

/// Whether a path lies at a template such as `/v1/schools/{id}`.
fn is_at(template: &str, path: &str) -> bool {
    let (mut expected, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (expected.next(), given.next()) {
            (None, None) => return true,
            (Some(e), Some(g)) if e == g || (e.starts_with('{') && !g.is_empty()) => {}
            _ => return false,
        }
    }
}

/// The methods that a path takes, as they stand in `Allow`.
pub fn methods(item: &PathItem) -> Vec<&'static str> {
    [
        ("GET", item.get.is_some()),
        ("HEAD", item.get.is_some()),
        ("PUT", item.put.is_some()),
        ("POST", item.post.is_some()),
        ("PATCH", item.patch.is_some()),
        ("DELETE", item.delete.is_some()),
    ]
    .into_iter()
    .filter_map(|(method, there)| there.then_some(method))
    .collect()
}
