//! Which parts of a large file have arrived.

use super::rows::{self, Upload};
use base::operation::*;

/// See which parts of a large file have arrived
#[utoipa::path(tag = "imports", security(("token" = ["import:run"])), params(UploadId),
    responses((status = 200, description = "The upload with its parts; 404 once it is imported or let go.", body = Upload)))]
#[get("/v1/uploads/{upload_id}")]
pub async fn read_upload(
    caller: May<RunImport>,
    app: web::Data<App>,
    path: Path<UploadId>,
) -> Result<HttpResponse> {
    let found = app.db.run(caller.scope(), move |tx| rows::upload(tx, path.0));
    Ok(HttpResponse::Ok().json(found.await?))
}
