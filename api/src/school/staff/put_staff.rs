//! Who a member of staff is, changed.

use super::person::StaffPerson;
use super::rows::{self, StaffRow};
use crate::base::operation::*;

/// Change a member of staff
///
/// Replaces name, e-mail address and subject; what stood before is kept as history. Duties stay.
#[utoipa::path(tag = "staff", security(("token" = ["staff:write"])), request_body = StaffPerson,
    params(StaffId),
    responses((status = 200, description = "The member of staff as it stands now.", body = StaffRow),
        (status = 409, description = "Another member of staff has that subject."),
        refusal::Taken))]
#[put("/v1/staff/{staff_id}")]
pub async fn put_staff(
    caller: May<WriteStaff>,
    app: web::Data<App>,
    path: Path<StaffId>,
    body: Json<StaffPerson>,
) -> Result<HttpResponse, Problem> {
    let person = body.value.check("")?;
    let by = caller.subject().to_owned();
    let row = app.db.run(caller.scope(), move |tx| {
        rows::replace(tx, path.0, &person, &by)?;
        rows::member(tx, path.0)
    });
    Ok(HttpResponse::Ok().json(row.await?))
}
