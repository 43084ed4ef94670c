//! Measurements for Prometheus. Labels are routes, methods and statuses: never a tenant, never a pupil.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::base::operation::*;

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts recording, once a process.
pub fn install() {
    if HANDLE.get().is_none()
        && let Ok(handle) = PrometheusBuilder::new().install_recorder()
    {
        let _ = HANDLE.set(handle);
    }
}

/// Measurements
#[utoipa::path(tag = "operation", responses((status = 200, description = "In Prometheus' text format.", body = String, content_type = "text/plain")))]
#[get("/metrics")]
pub async fn metrics() -> Result<HttpResponse> {
    let handle = HANDLE.get().ok_or_else(|| Problem::internal("no recorder is installed"))?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(handle.render()))
}
