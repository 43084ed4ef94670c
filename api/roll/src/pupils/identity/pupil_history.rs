//! What was ever corrected in a pupil's record, and which enrolments came from or went to another record.

use diesel::prelude::*;

use super::records::PupilField;
use base::operation::*;
use schema::{enrolment_pupil, pupil_change};

/// A pupil's history.
#[derive(Serialize, ToSchema)]
pub struct PupilHistory {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// Corrections, earliest first.
    changes: Vec<PupilChange>,
    /// Enrolments that were found to be another child's, or this one's, earliest first.
    enrolments: Vec<EnrolmentChange>,
}

/// A field that was corrected.
#[derive(Serialize, HasQuery, ToSchema)]
#[diesel(table_name = pupil_change)]
pub struct PupilChange {
    /// When (UTC).
    recorded_at: DateTime<Utc>,
    /// What was corrected.
    field: PupilField,
    /// What stood there until then; `null` when there was nothing.
    old: Option<String>,
    /// What stands there since.
    new: Option<String>,
    /// Why.
    reason: String,
    /// Who.
    recorded_by: String,
}

/// An enrolment that changed records.
#[derive(Serialize, HasQuery, ToSchema)]
#[diesel(table_name = enrolment_pupil)]
pub struct EnrolmentChange {
    /// When (UTC).
    recorded_at: DateTime<Utc>,
    /// The enrolment.
    #[schema(example = 5120)]
    enrolment_id: EnrolmentId,
    /// Whose it was until then.
    #[schema(example = 4711)]
    old_pupil_id: PupilId,
    /// Whose it is since.
    #[schema(example = 4712)]
    new_pupil_id: PupilId,
    /// Why.
    reason: String,
    /// Who.
    recorded_by: String,
}

/// Read a pupil's history
///
/// Enrolments at schools that your token does not cover are left out.
#[utoipa::path(tag = "pupils", security(("token" = ["pupil:read"])), params(PupilId),
    responses((status = 200, description = "The history.", body = PupilHistory)))]
#[get("/v1/pupils/{pupil_id}/history")]
pub async fn pupil_history(
    caller: May<ReadPupil>,
    app: web::Data<App>,
    path: Path<PupilId>,
) -> Result<HttpResponse> {
    let pupil_id = path.0;
    let history = app.db.snapshot(caller.scope(), move |tx| {
        crate::pupils::pupil(tx, pupil_id)?;
        let trust = tx.trust();
        let changes = PupilChange::query()
            .filter(pupil_change::trust_id.eq(trust).and(pupil_change::pupil_id.eq(pupil_id)))
            .order((pupil_change::recorded_at, pupil_change::field))
            .load(tx.conn)?;
        let either = enrolment_pupil::old_pupil_id
            .eq(pupil_id)
            .or(enrolment_pupil::new_pupil_id.eq(pupil_id));
        let enrolments = EnrolmentChange::query()
            .filter(enrolment_pupil::trust_id.eq(trust).and(either))
            .order((enrolment_pupil::recorded_at, enrolment_pupil::enrolment_id))
            .load(tx.conn)?;
        Ok(PupilHistory { pupil_id, changes, enrolments })
    });
    Ok(HttpResponse::Ok().json(history.await?))
}
