//! A school's letterhead, as it stands or as an earlier letter has it.

use super::rows::{self, LetterheadRow};
use base::http::etag::IfNoneMatch;
use base::operation::*;

/// Which version.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReadLetterheadQuery {
    /// The version, from 1; the one that stands when absent.
    version: Option<i32>,
}

/// Read a school's letterhead
///
/// 404 when the school has recorded none, or not so many.
#[utoipa::path(tag = "letterheads", security(("token" = ["school:read"])),
    params(SchoolId, ReadLetterheadQuery, IfNoneMatch),
    responses((status = 200, description = "The letterhead.", body = LetterheadRow, headers(("ETag"))),
        (status = 304, description = "Unchanged since the ETag in If-None-Match.", headers(("ETag")))))]
#[get("/v1/schools/{school_id}/letterhead")]
pub async fn read_letterhead(
    caller: May<ReadSchool>,
    app: web::Data<App>,
    path: Path<SchoolId>,
    params: Query<ReadLetterheadQuery>,
    conditions: Conditions,
) -> Result<HttpResponse> {
    let (school_id, version) = (path.0, params.0.version);
    let row = app.db.run(caller.scope(), move |tx| {
        rows::version(tx, school_id, version)?.ok_or_else(Problem::not_found)
    });
    let row: LetterheadRow = row.await?;
    let tag = row.etag();
    if conditions.unchanged(&tag) {
        return Ok(HttpResponse::NotModified().insert_header(("ETag", tag.as_str())).finish());
    }
    Ok(HttpResponse::Ok().insert_header(("ETag", tag.as_str())).json(row))
}
