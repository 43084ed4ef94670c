//! A pupil's half days with real marks at two schools.

use super::double_marks::{DoubleMark, double_marks};
use base::operation::*;
use roll::pupils;
use school::tenants;

/// Which year.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PupilDoubleMarksQuery {
    /// The academic year: 2026 for 2026/27; the present one when absent.
    #[param(value_type = Option<i16>, example = 2026)]
    year: Option<AcademicYear>,
}

/// A pupil's double marks.
#[derive(Debug, Serialize, ToSchema)]
pub struct PupilDoubleMarks {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// The academic year.
    #[schema(example = 2026)]
    year: i16,
    /// Every half day with two marks that count as possible sessions, in the order of time.
    half_days: Vec<DoubleMark>,
}

/// Find a pupil's double marks
///
/// Real marks at two schools for one half day. Of a pupil on two rolls, the school where they are not due records D.
/// Only marks of schools that your token covers are compared.
#[utoipa::path(tag = "register", security(("token" = ["mark:read"])), params(PupilId, PupilDoubleMarksQuery),
    responses((status = 200, description = "The half days.", body = PupilDoubleMarks)))]
#[get("/v1/pupils/{pupil_id}/double-marks")]
pub async fn pupil_double_marks(
    caller: May<ReadMark>,
    app: web::Data<App>,
    path: Path<PupilId>,
    params: Query<PupilDoubleMarksQuery>,
) -> Result<HttpResponse> {
    let clock = app.db.clock_of(caller.scope()).await?;
    let pupil_id = path.0;
    let year = params.0.year.map_or_else(|| tenants::today_year(&clock), Ok)?;
    let codes = app.codes.clone();
    let found = app.db.snapshot(caller.scope(), move |tx| {
        pupils::pupil(tx, pupil_id)?;
        double_marks(tx, &codes, year, (Some(pupil_id), None))
    });
    let half_days = found.await?.remove(&pupil_id).unwrap_or_default();
    let year = year.number();
    Ok(HttpResponse::Ok().json(PupilDoubleMarks { pupil_id, year, half_days }))
}
