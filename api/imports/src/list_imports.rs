//! The imports that the caller may see, latest first.

use super::rows::{self, Import};
use base::operation::*;

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListImportsQuery {
    limit: Option<u16>,
    cursor: Option<String>,
}

/// List imports
#[utoipa::path(tag = "imports", security(("token" = ["import:read"])), params(ListImportsQuery),
    responses((status = 200, description = "Imports, latest first, without their results.", body = Page<Import>)))]
#[get("/v1/imports")]
pub async fn list_imports(
    caller: May<ReadImport>,
    app: web::Data<App>,
    request: HttpRequest,
    params: Query<ListImportsQuery>,
) -> Result<HttpResponse> {
    let slice = Slice::<ImportId>::read(params.0.limit, params.0.cursor.as_deref(), &"imports")?;
    let page = app.db.run(caller.scope(), move |tx| {
        let rows = rows::imports(tx, slice.after, slice.fetch())?;
        Ok(slice.page(rows, |import| import.import_id))
    });
    Ok(page.await?.answer(&request))
}
