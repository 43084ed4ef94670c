//! The unplanned closures of a school.

use super::rows::{self, UnplannedClosure};
use base::operation::*;
use school::tenants;

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListClosuresQuery {
    limit: Option<u16>,
    cursor: Option<String>,
}

/// List unplanned closures
#[utoipa::path(tag = "register", security(("token" = ["calendar:read"])),
    params(SchoolId, ListClosuresQuery),
    responses((status = 200, description = "The closures in the order in which they were recorded.", body = Page<UnplannedClosure>)))]
#[get("/v1/schools/{school_id}/closures")]
pub async fn list_closures(
    caller: May<ReadCalendar>,
    app: web::Data<App>,
    request: HttpRequest,
    path: Path<SchoolId>,
    params: Query<ListClosuresQuery>,
) -> Result<HttpResponse> {
    let school_id = path.0;
    let ListClosuresQuery { limit, cursor } = params.0;
    let slice = Slice::<ClosureId>::read(limit, cursor.as_deref(), &school_id)?;
    let page = app.db.run(caller.scope(), move |tx| {
        tenants::school(tx, school_id)?;
        let closures = rows::closures(tx, school_id, slice.after, slice.fetch())?;
        Ok(slice.page(closures, |closure| closure.closure_id))
    });
    Ok(page.await?.answer(&request))
}
