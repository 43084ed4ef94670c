//! The reviews of a school.

use super::rows::{self, ReviewRow};
use base::operation::*;
use school::tenants;

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListReviewsQuery {
    /// The school.
    school_id: SchoolId,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// List reviews
#[utoipa::path(tag = "reviews", security(("token" = ["case:read"])), params(ListReviewsQuery),
    responses((status = 200, description = "Reviews, latest day first.", body = Page<ReviewRow>)))]
#[get("/v1/reviews")]
pub async fn list_reviews(
    caller: May<ReadCase>,
    app: web::Data<App>,
    request: HttpRequest,
    params: Query<ListReviewsQuery>,
) -> Result<HttpResponse> {
    let ListReviewsQuery { school_id, limit, cursor } = params.0;
    let slice = Slice::<NaiveDate>::read(limit, cursor.as_deref(), &school_id)?;
    let page = app.db.run(caller.scope(), move |tx| {
        tenants::school(tx, school_id)?;
        let rows = rows::reviews(tx, school_id, slice.after, slice.fetch())?;
        Ok(slice.page(rows, |row| row.day))
    });
    Ok(page.await?.answer(&request))
}
