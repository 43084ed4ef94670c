//! Operating the service: is it up, how is it doing, which keys sign, what does a problem mean.

mod codes;
mod healthz;
mod jwks;
mod openapi_json;
mod problems;
mod readyz;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this capability.
pub fn mount(config: &mut ServiceConfig) {
    config
        .service(healthz::healthz)
        .service(readyz::readyz)
        .service(openapi_json::openapi_json)
        .service(jwks::jwks)
        .service(problems::read_problem)
        .service(codes::list_codes);
}
