//! Whether a case is ready to be referred.

use super::readiness::checks;
use crate::cases;
use crate::records::RecordSubject;
use base::operation::*;
use figures::{Check, Light};

/// What an authority asks to see, and what there is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// The case.
    #[schema(example = 205)]
    case_id: CaseId,
    /// Whether nothing is red.
    ready: bool,
    /// Each check, in the order in which they usually come about.
    checks: Vec<Check>,
}

/// Read whether a case is ready to be referred
#[utoipa::path(tag = "referrals", security(("token" = ["case:read"])),
    params(CaseId),
    responses((status = 200, description = "What there is, and what is missing.", body = Readiness)))]
#[get("/v1/cases/{case_id}/readiness")]
pub async fn read_readiness(
    caller: May<ReadCase>,
    app: web::Data<App>,
    path: Path<CaseId>,
) -> Result<HttpResponse> {
    let codes = app.codes.clone();
    let answer = app.db.snapshot(caller.scope(), move |tx| {
        let case = cases::case(tx, path.0)?;
        let ground = RecordSubject {
            school_id: case.school_id,
            pupil_id: case.pupil_id,
            case: Some((case.case_id, case.steps)),
            action_id: None,
        };
        let checks = checks(tx, &codes, &ground)?;
        let ready = checks.iter().all(|check| check.light != Light::Red);
        Ok(Readiness { case_id: case.case_id, ready, checks })
    });
    Ok(HttpResponse::Ok().json(answer.await?))
}
