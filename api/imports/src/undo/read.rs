//! How far the taking back of an import is, and what came of it.

use super::rows::{self, Undo};
use base::operation::*;

/// Read the taking back of an import
#[utoipa::path(tag = "imports", security(("token" = ["import:read"])), params(ImportId),
    responses((status = 200, description = "The undo; `result` once it is finished. 404 when nobody asked for it.", body = Undo)))]
#[get("/v1/imports/{import_id}/undo")]
pub async fn read_undo(
    caller: May<ReadImport>,
    app: web::Data<App>,
    path: Path<ImportId>,
) -> Result<HttpResponse> {
    let found = app.db.run(caller.scope(), move |tx| rows::of_import(tx, path.0));
    Ok(HttpResponse::Ok().json(found.await?.ok_or_else(Problem::not_found)?))
}
