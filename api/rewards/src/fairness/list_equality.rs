//! Who considered the equality duty at a school.

use super::equality::{self, EqualityRow};
use base::operation::*;
use school::tenants;

/// Who considered the equality duty.
#[derive(Serialize, ToSchema)]
pub struct EqualityList {
    /// The records, the latest first.
    records: Vec<EqualityRow>,
}

/// List who considered the equality duty
#[utoipa::path(tag = "rewards", security(("token" = ["reward:weigh"])), params(SchoolId),
    responses((status = 200, description = "The records, the latest first.", body = EqualityList)))]
#[get("/v1/schools/{school_id}/equality-records")]
pub async fn list_equality(
    caller: May<WeighReward>,
    app: web::Data<App>,
    path: Path<SchoolId>,
) -> Result<HttpResponse> {
    let records = app.db.run(caller.scope(), move |tx| {
        tenants::school(tx, path.0)?;
        equality::of_school(tx, path.0)
    });
    Ok(HttpResponse::Ok().json(EqualityList { records: records.await? }))
}
