//! How far a job is, told as it goes.

use super::rows;
use crate::events::Moment;
use crate::operation::*;

/// Follow a job
///
/// Server-sent events: `progress` whenever the job has changed and `end` when it has ended, each with the job as
/// GET /v1/jobs/{job_id} shows it. A client whose stream breaks off opens it anew.
#[utoipa::path(tag = "jobs", security(("token" = ["job:read"])), params(JobId),
    responses((status = 200, description = "The stream.", body = String, content_type = "text/event-stream")))]
#[get("/v1/jobs/{job_id}/events")]
pub async fn job_events(
    caller: May<ReadJob>,
    app: web::Data<App>,
    path: Path<JobId>,
) -> Result<HttpResponse, Problem> {
    let (streams, trust) = (app.streams.clone(), caller.scope().trust());
    let asker = Caller::clone(&caller);
    let read = move || {
        let (app, asker) = (app.clone(), asker.clone());
        async move {
            asker.still_may(&app).await?;
            let told = app.db.run(asker.scope(), move |tx| rows::job(tx, path.0)).await?;
            Ok(Moment { ended: told.has_ended(), told })
        }
    };
    streams.follow(trust, read).await
}
