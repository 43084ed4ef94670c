//! How far a job is.

use super::rows::{self, JobRow};
use crate::operation::*;

/// Read a job
#[utoipa::path(tag = "jobs", security(("token" = ["job:read"])), params(JobId),
    responses((status = 200, description = "The job.", body = JobRow)))]
#[get("/v1/jobs/{job_id}")]
pub async fn read_job(
    caller: May<ReadJob>,
    app: web::Data<App>,
    path: Path<JobId>,
) -> Result<HttpResponse, Problem> {
    let found = app.db.run(caller.scope(), move |tx| rows::job(tx, path.0));
    Ok(HttpResponse::Ok().json(found.await?))
}
