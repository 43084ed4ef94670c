//! A school records what stands on its letters.

use super::letterhead::Letterhead;
use super::rows::{self, LetterheadRow};
use crate::tenants;
use base::operation::*;

/// Put a school's letterhead
///
/// Replaces what stood; that is kept, and every letter keeps the one that it was written with. What the school has not
/// recorded yet may be left out: a letter that needs it is held and names it. The same again changes nothing.
#[utoipa::path(tag = "letterheads", security(("token" = ["letterhead:write"])), request_body = Letterhead,
    params(SchoolId, IfMatch),
    responses((status = 200, description = "The letterhead as it stands now.", body = LetterheadRow, headers(("ETag")))))]
#[put("/v1/schools/{school_id}/letterhead")]
pub async fn put_letterhead(
    caller: May<WriteLetterhead>,
    app: web::Data<App>,
    path: Path<SchoolId>,
    conditions: Conditions,
    body: Json<Letterhead>,
) -> Result<HttpResponse> {
    let school_id = path.0;
    let letterhead = body.value.check()?;
    let row = app.db.run(&caller.scope().clone(), move |tx| {
        tenants::school(tx, school_id)?;
        tx.take_turns(&format!("letterhead/{school_id}"))?;
        let before = rows::latest(tx, school_id)?;
        let present = before.as_ref().map(LetterheadRow::etag);
        conditions.check_write(present.as_ref(), present.is_some())?;
        if before.as_ref().is_none_or(|before| before.letterhead != letterhead) {
            rows::append(tx, school_id, before.as_ref(), &letterhead, caller.subject())?;
        }
        rows::latest(tx, school_id)?.ok_or_else(Problem::not_found)
    });
    let row = row.await?;
    Ok(HttpResponse::Ok().insert_header(("ETag", row.etag().as_str())).json(row))
}
