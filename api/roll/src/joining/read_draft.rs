//! A school's draft about a pupil who is yet to come.

use super::rows::{self, Draft, Waiting};
use crate::pupils;
use base::operation::*;
use school::tenants;

/// A school's draft.
#[derive(Serialize, ToSchema)]
pub struct DraftPage {
    /// The school.
    #[schema(example = 9)]
    school_id: SchoolId,
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// The draft; `null` when there is none, or when it has become part of the record.
    draft: Option<Draft>,
    /// When it was recorded (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded_at: Option<DateTime<Utc>>,
    /// Who recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded_by: Option<String>,
}

/// A school's draft as it stands. Errors: 404.
pub(super) fn page(tx: &mut Tx, (school_id, pupil_id): (SchoolId, PupilId)) -> Result<DraftPage> {
    tenants::school(tx, school_id)?;
    pupils::pupil(tx, pupil_id)?;
    let waiting = rows::of_pupil(tx, (school_id, pupil_id))?;
    let draft = waiting.as_ref().map(Waiting::draft).transpose()?;
    let (recorded_at, recorded_by) = waiting.map(|one| (one.recorded_at, one.recorded_by)).unzip();
    Ok(DraftPage { school_id, pupil_id, draft, recorded_at, recorded_by })
}

/// Read a draft about a pupil to come
#[utoipa::path(tag = "joining", security(("token" = ["parent:read"])), params(SchoolId, PupilId),
    responses((status = 200, description = "The draft.", body = DraftPage)))]
#[get("/v1/schools/{school_id}/joining/{pupil_id}")]
pub async fn read_draft(
    caller: May<ReadParent>,
    app: web::Data<App>,
    path: Path<(SchoolId, PupilId)>,
) -> Result<HttpResponse> {
    let page = app.db.snapshot(caller.scope(), move |tx| page(tx, path.0));
    Ok(HttpResponse::Ok().json(page.await?))
}
