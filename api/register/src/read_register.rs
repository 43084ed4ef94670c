//! A class's register: to take it, or to see what was taken.

use super::page::{Register, RegisterNow};
use base::http::etag::IfNoneMatch;
use base::operation::*;
use roll::pupils;

/// Read a register
///
/// Lists the class's pupils on that day with the marks there are, also before the register is taken.
#[utoipa::path(tag = "register", security(("token" = ["register:read"])),
    params(ClassId, ("date" = NaiveDate, Path, description = "The date."),
        ("session" = words::Session, Path, description = "The session."), IfNoneMatch),
    responses((status = 200, description = "The register.", body = Register, headers(("ETag"))),
        (status = 304, description = "Unchanged.", headers(("ETag"))),
        (status = 422, description = "The date does not lie in the class's academic year."),
        refusal::Invalid))]
#[get("/v1/classes/{class_id}/registers/{date}/{session}")]
pub async fn read_register(
    caller: May<ReadRegister>,
    app: web::Data<App>,
    path: Path<(ClassId, NaiveDate, Session)>,
    conditions: Conditions,
) -> Result<HttpResponse> {
    let (class_id, date, session) = path.0;
    let standing = app.db.run(caller.scope(), move |tx| {
        let class = pupils::class(tx, class_id)?;
        RegisterNow::read(tx, class, date, session)
    });
    let standing = standing.await?;
    let tag = standing.tag();
    if conditions.unchanged(&tag) {
        return Ok(HttpResponse::NotModified().insert_header(("ETag", tag.as_str())).finish());
    }
    Ok(HttpResponse::Ok().insert_header(("ETag", tag.as_str())).json(standing.page(&app.codes)))
}
