//! How far a run is, told as it goes.

use super::rows;
use base::events::Moment;
use base::operation::*;

/// Follow a run
///
/// Server-sent events: `progress` whenever the run has changed and `end` when it has ended, each with the run as
/// GET /v1/runs lists it. A client whose stream breaks off opens it anew.
#[utoipa::path(tag = "runs", security(("token" = ["run:read"])), params(RunId),
    responses((status = 200, description = "The stream.", body = String, content_type = "text/event-stream")))]
#[get("/v1/runs/{run_id}/events")]
pub async fn run_events(
    caller: May<ReadRun>,
    app: web::Data<App>,
    path: Path<RunId>,
) -> Result<HttpResponse> {
    let (streams, trust) = (app.streams.clone(), caller.scope().trust());
    let asker = Caller::clone(&caller);
    let read = move || {
        let (app, asker) = (app.clone(), asker.clone());
        async move {
            asker.still_may(&app).await?;
            let told = app.db.run(asker.scope(), move |tx| rows::run(tx, path.0)).await?;
            Ok(Moment { ended: told.job.has_ended(), told })
        }
    };
    streams.follow(trust, read).await
}
