//! How far a run is, and what came of each item.

use super::rows::{self, Run};
use base::operation::*;

/// Read a run
///
/// Its items are those of the period, whichever attempt did them: the figures of each class as they stood when the
/// period was closed.
#[utoipa::path(tag = "runs", security(("token" = ["run:read"])), params(RunId),
    responses((status = 200, description = "The run with its items.", body = Run)))]
#[get("/v1/runs/{run_id}")]
pub async fn read_run(
    caller: May<ReadRun>,
    app: web::Data<App>,
    path: Path<RunId>,
) -> Result<HttpResponse> {
    let found = app.db.run(caller.scope(), move |tx| {
        let row = rows::row(tx, path.0)?;
        let items = Some(rows::items(tx, &row)?);
        Ok(Run { items, ..rows::run(tx, path.0)? })
    });
    Ok(HttpResponse::Ok().json(found.await?))
}
