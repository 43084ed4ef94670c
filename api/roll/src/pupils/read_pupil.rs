//! One pupil, with every stay at a school that the caller may see.

use diesel::prelude::*;

use super::flags::{PupilFlag, flags_on};
use super::identity::former_upns;
use super::rows::merged_into;
use super::{EnrolmentRow, PupilRow};
use base::operation::*;
use schema::enrolment_now;

/// A pupil and their enrolments.
#[derive(Serialize, ToSchema)]
pub struct PupilPage {
    /// The pupil.
    #[serde(flatten)]
    pupil: PupilRow,
    /// UPNs that the pupil had before, earliest first; the pupil is found by them too.
    former_upns: Vec<String>,
    /// The record that this one was merged into: read that one instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 4712)]
    merged_into: Option<PupilId>,
    /// Enrolments at schools that you may see, earliest first.
    enrolments: Vec<EnrolmentRow>,
    /// What open cases ask of whoever codes an absence, such as medical evidence.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<PupilFlag>,
}

/// A pupil as it stands now. Errors: 404.
pub(super) fn pupil_page(tx: &mut Tx, pupil_id: PupilId) -> Result<PupilPage> {
    let pupil = super::pupil(tx, pupil_id)?;
    let former_upns = former_upns(tx, pupil_id)?;
    let merged_into = merged_into(tx, pupil_id)?;
    let enrolments = tx
        .rows::<EnrolmentRow>()
        .filter(enrolment_now::pupil_id.eq(pupil_id))
        .order((enrolment_now::first_day, enrolment_now::enrolment_id))
        .load(tx.conn)?;
    let today = tx.clock().today();
    let flags = flags_on(tx, None, &[pupil_id], today)?.remove(&pupil_id).unwrap_or_default();
    Ok(PupilPage { pupil, former_upns, merged_into, enrolments, flags })
}

/// Read a pupil
#[utoipa::path(tag = "pupils", security(("token" = ["pupil:read"])), params(PupilId),
    responses((status = 200, description = "The pupil.", body = PupilPage)))]
#[get("/v1/pupils/{pupil_id}")]
pub async fn read_pupil(
    caller: May<ReadPupil>,
    app: web::Data<App>,
    path: Path<PupilId>,
) -> Result<HttpResponse> {
    let page = app.db.run(caller.scope(), move |tx| pupil_page(tx, path.0));
    Ok(HttpResponse::Ok().json(page.await?))
}
