//! What a known parent is to a pupil: a sibling's parent is linked, an order or a relationship is corrected.

use super::link::Link;
use super::parents_of_pupil::{PupilParents, page};
use super::{rows, ties};
use crate::pupils;
use crate::visibility::{self, Act};
use base::operation::*;

/// Link a parent to a pupil
///
/// Says what somebody is to a pupil, in place of what was said before; that stays as history. What a court has ordered
/// is recorded apart and does not change. Of a parent whose children have all left your schools nobody there is told
/// anything new: enter somebody new, or ask the trust.
#[utoipa::path(tag = "parents", security(("token" = ["parent:write"])), request_body = Link,
    params(PupilId, ParentId),
    responses((status = 200, description = "The pupil's parents as they stand now.", body = PupilParents),
        refusal::Merged, refusal::AnotherSchools))]
#[put("/v1/pupils/{pupil_id}/parents/{parent_id}")]
pub async fn put_link(
    caller: May<WriteParent>,
    app: web::Data<App>,
    path: Path<(PupilId, ParentId)>,
    body: Json<Link>,
) -> Result<HttpResponse> {
    let (pupil_id, parent_id) = path.0;
    body.value.check("")?;
    let state = app.clone();
    let scope = caller.scope().clone();
    let page = app.db.run(&scope, move |tx| {
        pupils::pupil(tx, pupil_id)?;
        pupils::check_unmerged(tx, pupil_id)?;
        visibility::check(tx, pupil_id, Act::ChangeParents)?;
        rows::parent(tx, parent_id)?;
        visibility::check_seen(tx, parent_id)?;
        ties::put_link(tx, (pupil_id, parent_id), &body.value, caller.subject())?;
        page(tx, &state, &caller, pupil_id)
    });
    Ok(HttpResponse::Ok().json(page.await?))
}
