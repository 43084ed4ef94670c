//! One case, with its timeline: who, when, which rule, and the counts behind it.

use super::rows::{self, CaseRow};
use super::timeline::{Line, predecessor, timeline};
use base::operation::*;

/// A case with everything that was recorded about it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseAnswer {
    /// Where it stands.
    #[serde(flatten)]
    case: CaseRow,
    /// The case that the pupil had at the school of the trust before, of which this goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 117)]
    predecessor: Option<CaseId>,
    /// What was recorded, in order: its own events, and meetings, plans, visits and what else stands beside them.
    timeline: Vec<Line>,
}

/// Read a case
#[utoipa::path(tag = "cases", security(("token" = ["case:read"])),
    params(CaseId),
    responses((status = 200, description = "The case and its timeline.", body = CaseAnswer)))]
#[get("/v1/cases/{case_id}")]
pub async fn read_case(
    caller: May<ReadCase>,
    app: web::Data<App>,
    path: Path<CaseId>,
) -> Result<HttpResponse> {
    let whole = caller.sees_confidential(&app);
    let answer = app.db.snapshot(caller.scope(), move |tx| {
        let case = rows::case(tx, path.0)?;
        let timeline = timeline(tx, case.case_id, whole)?;
        Ok(CaseAnswer { case, predecessor: predecessor(&timeline), timeline })
    });
    Ok(HttpResponse::Ok().json(answer.await?))
}
