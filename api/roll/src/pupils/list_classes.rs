//! The classes of a school's year.

use diesel::prelude::*;

use super::ClassRow;
use base::operation::*;
use schema::class;
use school::tenants;

/// Which classes.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListClassesQuery {
    /// Only classes of this school.
    school_id: Option<SchoolId>,
    /// Academic year: 2026 for 2026/27; the present one when absent.
    #[param(value_type = Option<i16>)]
    year: Option<AcademicYear>,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// List classes
#[utoipa::path(tag = "pupils", security(("token" = ["class:read"])), params(ListClassesQuery),
    responses((status = 200, description = "Classes in the order of their ids.", body = Page<ClassRow>)))]
#[get("/v1/classes")]
pub async fn list_classes(
    caller: May<ReadClass>,
    app: web::Data<App>,
    request: HttpRequest,
    params: Query<ListClassesQuery>,
) -> Result<HttpResponse> {
    let clock = app.db.clock_of(caller.scope()).await?;
    let ListClassesQuery { school_id, year, limit, cursor } = params.0;
    let year = year.map_or_else(|| tenants::today_year(&clock), Ok)?;
    let slice = Slice::<ClassId>::read(limit, cursor.as_deref(), &(school_id, year))?;
    let page = app.db.run(caller.scope(), move |tx| {
        let mut rows = ClassRow::query().filter(class::year.eq(year.number())).into_boxed();
        if let Some(school_id) = school_id {
            tenants::school(tx, school_id)?;
            rows = rows.filter(class::school_id.eq(school_id));
        }
        rows = rows.narrow(slice.after.map(|after| class::class_id.gt(after)));
        let rows = rows.order(class::class_id).limit(slice.fetch()).load(tx.conn)?;
        Ok(slice.page(rows, |row| row.class_id))
    });
    Ok(page.await?.answer(&request))
}
