//! What ran by itself, latest first.

use super::rows::{self, Run};
use base::jobs::JobState;
use base::operation::*;
use school::tenants;

/// Which runs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListRunsQuery {
    limit: Option<u16>,
    cursor: Option<String>,
    /// Only the runs of this school.
    school_id: Option<SchoolId>,
    /// Only the runs whose job is in this state.
    state: Option<JobState>,
}

/// List runs
#[utoipa::path(tag = "runs", security(("token" = ["run:read"])), params(ListRunsQuery),
    responses((status = 200, description = "Runs, latest first, without their items.", body = Page<Run>)))]
#[get("/v1/runs")]
pub async fn list_runs(
    caller: May<ReadRun>,
    app: web::Data<App>,
    request: HttpRequest,
    params: Query<ListRunsQuery>,
) -> Result<HttpResponse> {
    let ListRunsQuery { limit, cursor, school_id, state } = params.0;
    let slice = Slice::<RunId>::read(limit, cursor.as_deref(), &(school_id, state))?;
    let page = app.db.run(caller.scope(), move |tx| {
        if let Some(school_id) = school_id {
            tenants::school(tx, school_id)?;
        }
        let rows = rows::runs(tx, school_id, state, slice.after, slice.fetch())?;
        Ok(slice.page(rows, |run| run.run_id))
    });
    Ok(page.await?.answer(&request))
}
