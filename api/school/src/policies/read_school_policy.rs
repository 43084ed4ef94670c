//! What a school follows, and what was ever decided about it.

use super::rows::{self, Assignment, Part};
use crate::tenants;
use base::operation::*;

/// On which day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReadSchoolPolicyQuery {
    /// The day; today when absent.
    on: Option<NaiveDate>,
}

/// What a school follows.
#[derive(Debug, Serialize, ToSchema)]
pub struct SchoolPolicyAnswer {
    /// The day that was asked about.
    on: NaiveDate,
    /// The pathway on that day; absent when the school follows none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pathway: Option<Assignment>,
    /// The rewards on that day; absent when the school gives none.
    #[serde(skip_serializing_if = "Option::is_none")]
    rewards: Option<Assignment>,
    /// Everything that was ever decided, later days first.
    history: Vec<Assignment>,
}

/// Read what a school follows
#[utoipa::path(tag = "policies", security(("token" = ["policy:read"])),
    params(SchoolId, ReadSchoolPolicyQuery),
    responses((status = 200, description = "Its pathway and rewards.", body = SchoolPolicyAnswer)))]
#[get("/v1/schools/{school_id}/policy")]
pub async fn read_school_policy(
    caller: May<ReadPolicy>,
    app: web::Data<App>,
    path: Path<SchoolId>,
    params: Query<ReadSchoolPolicyQuery>,
) -> Result<HttpResponse> {
    let answer = app.db.run(caller.scope(), move |tx| {
        let today = tenants::today(tx, path.0)?;
        let on = params.0.on.unwrap_or(today);
        let history = rows::assignments(tx, path.0)?;
        let holds = |part| rows::holding(&history, part, on).cloned();
        let (pathway, rewards) = (holds(Part::Pathway), holds(Part::Rewards));
        Ok(SchoolPolicyAnswer { on, pathway, rewards, history })
    });
    Ok(HttpResponse::Ok().json(answer.await?))
}
