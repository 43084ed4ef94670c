//! How far an import is, and what it came to.

use super::rows::{self, Import};
use base::operation::*;
use casework::reviews;

/// Read an import
#[utoipa::path(tag = "imports", security(("token" = ["import:read"])), params(ImportId),
    responses((status = 200, description = "The import; `result` once it is finished.", body = Import)))]
#[get("/v1/imports/{import_id}")]
pub async fn read_import(
    caller: May<ReadImport>,
    app: web::Data<App>,
    path: Path<ImportId>,
) -> Result<HttpResponse> {
    let found = app.db.run(caller.scope(), move |tx| {
        let import = rows::import(tx, path.0)?;
        Ok(Import { touched: reviews::looked_again(tx, path.0.job())?, ..import })
    });
    Ok(HttpResponse::Ok().json(found.await?))
}
