//! The leave that parents of a school asked for.

use super::leave::{self, Leave};
use base::operation::*;
use school::tenants;

/// Which requests.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListLeaveQuery {
    /// `true`: only those that wait for a decision.
    #[serde(default)]
    open: bool,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// List requests for leave
#[utoipa::path(tag = "day", security(("token" = ["contact:read"])),
    params(SchoolId, ListLeaveQuery),
    responses((status = 200, description = "Requests with what became of them, latest first.", body = Page<Leave>)))]
#[get("/v1/schools/{school_id}/leave-requests")]
pub async fn list_leave(
    caller: May<ReadContact>,
    app: web::Data<App>,
    request: HttpRequest,
    path: Path<SchoolId>,
    params: Query<ListLeaveQuery>,
) -> Result<HttpResponse> {
    let ListLeaveQuery { open, limit, cursor } = params.0;
    let school_id = path.0;
    let slice = Slice::<LeaveId>::read(limit, cursor.as_deref(), &(school_id, open))?;
    let page = app.db.run(caller.scope(), move |tx| {
        tenants::school(tx, school_id)?;
        let rows = leave::page(tx, school_id, open, slice.after, slice.fetch())?;
        Ok(slice.page(rows, |row| row.request.leave_id))
    });
    Ok(page.await?.answer(&request))
}
