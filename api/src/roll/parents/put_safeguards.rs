//! What has to be respected before a parent is contacted about a pupil.

use super::parents_of_pupil::{PupilParents, page};
use super::safeguards::Safeguards;
use super::ties;
use crate::base::operation::*;
use crate::roll::pupils;

/// Record a court order or no contact
///
/// Replaces what was recorded about this parent and this pupil; that stays as history. An empty object says that there
/// is nothing to respect. A child's brother or sister is another matter: record it there too.
#[utoipa::path(tag = "parents", security(("token" = ["safeguarding:write"])), request_body = Safeguards,
    params(PupilId, ParentId),
    responses((status = 200, description = "The pupil's parents as they stand now.", body = PupilParents),
        refusal::Merged))]
#[put("/v1/pupils/{pupil_id}/parents/{parent_id}/safeguards")]
pub async fn put_safeguards(
    caller: May<WriteSafeguarding>,
    app: web::Data<App>,
    path: Path<(PupilId, ParentId)>,
    body: Json<Safeguards>,
) -> Result<HttpResponse, Problem> {
    let (pupil_id, parent_id) = path.0;
    let safeguards = body.value.check()?;
    let state = app.clone();
    let scope = caller.scope().clone();
    let page = app.db.run(&scope, move |tx| {
        pupils::pupil(tx, pupil_id)?;
        pupils::check_unmerged(tx, pupil_id)?;
        if !ties::ties_of_pupil(tx, pupil_id)?.iter().any(|tie| tie.parent_id == parent_id) {
            return Err(Problem::not_found());
        }
        ties::put_safeguards(tx, (pupil_id, parent_id), &safeguards, caller.subject())?;
        page(tx, &state, &caller, pupil_id)
    });
    Ok(HttpResponse::Ok().json(page.await?))
}
