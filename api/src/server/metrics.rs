//! Measurements for Prometheus, on a listener of their own: they are for who operates the service, not for who uses it.
//! Labels are routes, methods and statuses, of sets that are known beforehand: never a tenant, never a pupil.

use std::net::TcpListener;
use std::sync::OnceLock;

use actix_web::dev::Server;
use actix_web::{App, HttpResponse, HttpServer, web};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts recording, once a process.
pub fn install() {
    if HANDLE.get().is_none()
        && let Ok(handle) = PrometheusBuilder::new().install_recorder()
    {
        let _ = HANDLE.set(handle);
    }
}

/// Brings together what was recorded since nobody asked.
pub fn tidy() {
    if let Some(handle) = HANDLE.get() {
        handle.run_upkeep();
    }
}

/// Serves `GET /metrics` and nothing else on a listening socket. Errors: the socket cannot be used.
pub fn serve(listener: TcpListener) -> std::io::Result<Server> {
    let server = HttpServer::new(|| {
        App::new()
            .route("/metrics", web::get().to(measurements))
            .default_service(web::to(HttpResponse::NotFound))
    });
    Ok(server.workers(1).listen(listener)?.shutdown_timeout(1).disable_signals().run())
}

async fn measurements() -> HttpResponse {
    let text = HANDLE.get().map(PrometheusHandle::render).unwrap_or_default();
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text)
}
