//! The cases of a school.

use super::rows::{self, CaseRow};
use base::operation::*;
use school::tenants;

/// Which cases.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListCasesQuery {
    /// The school.
    school_id: SchoolId,
    /// Only this pupil's.
    pupil_id: Option<PupilId>,
    /// Only those at this stage.
    stage: Option<String>,
    /// `true`: only those that go on; `false`: only those that have ended.
    open: Option<bool>,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// List cases
#[utoipa::path(tag = "cases", security(("token" = ["case:read"])), params(ListCasesQuery),
    responses((status = 200, description = "Cases in the order of their ids.", body = Page<CaseRow>)))]
#[get("/v1/cases")]
pub async fn list_cases(
    caller: May<ReadCase>,
    app: web::Data<App>,
    request: HttpRequest,
    params: Query<ListCasesQuery>,
) -> Result<HttpResponse> {
    let ListCasesQuery { school_id, pupil_id, stage, open, limit, cursor } = params.0;
    let wanted = (school_id, pupil_id, stage, open);
    let slice = Slice::<CaseId>::read(limit, cursor.as_deref(), &wanted)?;
    let page = app.db.run(caller.scope(), move |tx| {
        tenants::school(tx, school_id)?;
        let rows = rows::cases(tx, wanted, slice.after, slice.fetch())?;
        Ok(slice.page(rows, |row| row.case_id))
    });
    Ok(page.await?.answer(&request))
}
