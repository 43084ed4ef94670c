//! The characteristics of an enrolment, now or as they were known before.

use crate::pupils::characteristics::characteristics_of_enrolment;
use crate::pupils::enrolment;
use crate::pupils::enrolment_page::CharacteristicFact;
use base::operation::*;

/// As known when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReadCharacteristicsQuery {
    /// As they were known on this instant, such as 2026-11-18T09:00:00Z; as they are known now when absent.
    as_known_on: Option<DateTime<Utc>>,
}

/// What is known of an enrolment.
#[derive(Debug, Serialize, ToSchema)]
pub struct Characteristics {
    /// By kind, then by day. A kind that is not here is not recorded.
    characteristics: Vec<CharacteristicFact>,
}

/// Read an enrolment's characteristics
#[utoipa::path(tag = "pupils", security(("token" = ["enrolment:read"])), params(EnrolmentId, ReadCharacteristicsQuery),
    responses((status = 200, description = "The characteristics.", body = Characteristics)))]
#[get("/v1/enrolments/{enrolment_id}/characteristics")]
pub async fn read_characteristics(
    caller: May<ReadEnrolment>,
    app: web::Data<App>,
    path: Path<EnrolmentId>,
    params: Query<ReadCharacteristicsQuery>,
) -> Result<HttpResponse> {
    let rows = app.db.snapshot(caller.scope(), move |tx| {
        let school_id = enrolment(tx, path.0)?.school_id;
        characteristics_of_enrolment(tx, school_id, path.0, params.0.as_known_on)
    });
    let characteristics = rows.await?.into_iter().map(Into::into).collect();
    Ok(HttpResponse::Ok().json(Characteristics { characteristics }))
}
