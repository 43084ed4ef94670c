//! One enrolment, with its classes, year groups and characteristics; also as it was known before.

use super::enrolment_page::{EnrolmentPage, enrolment_page, enrolment_page_known};
use base::operation::*;

/// As known when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReadEnrolmentQuery {
    /// As it was known on this instant, such as 2026-11-18T09:00:00Z; as it is known now when absent.
    as_known_on: Option<DateTime<Utc>>,
}

/// Read an enrolment
#[utoipa::path(tag = "pupils", security(("token" = ["enrolment:read"])), params(EnrolmentId, ReadEnrolmentQuery),
    responses((status = 200, description = "The enrolment. Notices are about the present only.", body = EnrolmentPage)))]
#[get("/v1/enrolments/{enrolment_id}")]
pub async fn read_enrolment(
    caller: May<ReadEnrolment>,
    app: web::Data<App>,
    path: Path<EnrolmentId>,
    params: Query<ReadEnrolmentQuery>,
) -> Result<HttpResponse> {
    let known = params.0.as_known_on;
    let page = app.db.snapshot(caller.scope(), move |tx| match known {
        None => enrolment_page(tx, path.0),
        Some(_) => enrolment_page_known(tx, path.0, known),
    });
    Ok(HttpResponse::Ok().json(page.await?))
}
