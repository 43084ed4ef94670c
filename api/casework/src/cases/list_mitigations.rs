//! The reasons that people have accepted for a pupil; what they are is visible only with `safeguarding:read`.

use diesel::Queryable;

use super::mitigations;
use base::operation::*;
use roll::pupils;

/// The reasons that were accepted for a pupil.
#[derive(Debug, Serialize, ToSchema)]
pub struct Mitigations {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// Earliest first.
    mitigations: Vec<Mitigation>,
}

/// A reason that a person has accepted: letters about the pupil wait for a person while it holds.
#[derive(Debug, Serialize, Queryable, ToSchema)]
pub struct Mitigation {
    /// The school.
    pub school_id: SchoolId,
    /// The first day on which it holds.
    pub first_day: NaiveDate,
    /// The last one; absent while no end is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_day: Option<NaiveDate>,
    /// What it is; only for those who have the permission `safeguarding:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Long illness")]
    pub kind: Option<String>,
    /// When it was accepted (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub recorded_by: String,
}

/// List a pupil's accepted reasons
#[utoipa::path(tag = "cases", security(("token" = ["case:read"])),
    params(PupilId),
    responses((status = 200, description = "The reasons.", body = Mitigations)))]
#[get("/v1/pupils/{pupil_id}/mitigations")]
pub async fn list_mitigations(
    caller: May<ReadCase>,
    app: web::Data<App>,
    path: Path<PupilId>,
) -> Result<HttpResponse> {
    let pupil_id = path.0;
    let whole = caller.sees_confidential(&app);
    let answer = app.db.run(caller.scope(), move |tx| {
        pupils::pupil(tx, pupil_id)?;
        let mut mitigations = mitigations::mitigations_of(tx, pupil_id)?;
        for one in mitigations.iter_mut().filter(|_| !whole) {
            one.kind = None;
        }
        Ok(Mitigations { pupil_id, mitigations })
    });
    Ok(HttpResponse::Ok().json(answer.await?))
}
