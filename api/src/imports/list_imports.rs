//! The imports that the caller may see, latest first.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::rows::{self, Import};
use crate::base::auth::May;
use crate::base::auth::permission::ReadImport;
use crate::base::http::json::Query;
use crate::base::http::page::{Page, Slice};
use crate::base::id::ImportId;
use crate::base::problem::Problem;
use crate::base::state::App;

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Params {
    limit: Option<u16>,
    cursor: Option<String>,
}

/// List imports
#[utoipa::path(tag = "imports", security(("token" = ["import:read"])), params(Params),
    responses((status = 200, description = "Imports, latest first, without their results.", body = Page<Import>)))]
#[get("/v1/imports")]
pub async fn list_imports(
    caller: May<ReadImport>,
    app: web::Data<App>,
    request: HttpRequest,
    params: Query<Params>,
) -> Result<HttpResponse, Problem> {
    let slice = Slice::<ImportId>::read(params.0.limit, params.0.cursor.as_deref(), &"imports")?;
    let page = app.db.run(caller.scope(), move |tx| {
        let rows = rows::imports(tx, slice.after, slice.fetch())?;
        Ok(slice.page(rows, |import| import.import_id))
    });
    Ok(page.await?.answer(&request))
}
