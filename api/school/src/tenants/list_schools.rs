//! The schools that the caller may see.

use diesel::prelude::*;

use super::SchoolRow;
use base::operation::*;
use schema::school;

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListSchoolsQuery {
    limit: Option<u16>,
    cursor: Option<String>,
    /// Only the school with this URN.
    urn: Option<String>,
}

/// List schools
#[utoipa::path(tag = "tenants", security(("token" = ["school:read"])), params(ListSchoolsQuery),
    responses((status = 200, description = "Schools in the order of their ids.", body = Page<SchoolRow>)))]
#[get("/v1/schools")]
pub async fn list_schools(
    caller: May<ReadSchool>,
    app: web::Data<App>,
    request: HttpRequest,
    params: Query<ListSchoolsQuery>,
) -> Result<HttpResponse> {
    let ListSchoolsQuery { limit, cursor, urn } = params.0;
    let slice = Slice::<SchoolId>::read(limit, cursor.as_deref(), &urn)?;
    let page = app.db.run(caller.scope(), move |tx| {
        let mut rows =
            SchoolRow::query().order(school::school_id).limit(slice.fetch()).into_boxed();
        rows = rows.narrow(urn.map(|urn| school::urn.eq(urn)));
        rows = rows.narrow(slice.after.map(|after| school::school_id.gt(after)));
        let rows = rows.load(tx.conn)?;
        Ok(slice.page(rows, |row| row.school_id))
    });
    Ok(page.await?.answer(&request))
}
