//! The reviews of a school.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;

use super::rows::{self, ReviewRow};
use crate::base::auth::May;
use crate::base::auth::permission::ReadCase;
use crate::base::http::json::Query;
use crate::base::http::page::{Page, Slice};
use crate::base::id::SchoolId;
use crate::base::problem::Problem;
use crate::base::state::App;
use crate::school::tenants;

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Params {
    /// The school.
    school_id: SchoolId,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// List reviews
#[utoipa::path(tag = "reviews", security(("token" = ["case:read"])), params(Params),
    responses((status = 200, description = "Reviews, latest day first.", body = Page<ReviewRow>)))]
#[get("/v1/reviews")]
pub async fn list_reviews(
    caller: May<ReadCase>,
    app: web::Data<App>,
    request: HttpRequest,
    params: Query<Params>,
) -> Result<HttpResponse, Problem> {
    let Params { school_id, limit, cursor } = params.0;
    let slice = Slice::<NaiveDate>::read(limit, cursor.as_deref(), &school_id)?;
    let page = app.db.run(caller.scope(), move |tx| {
        tenants::school(tx, school_id)?;
        let rows = rows::reviews(tx, school_id, slice.after, slice.fetch())?;
        Ok(slice.page(rows, |row| row.day))
    });
    Ok(page.await?.answer(&request))
}
