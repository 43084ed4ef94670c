//! As whom does a member of staff sign in?

use super::put_providers::whole_trust;
use super::rows::{self, Identities};
use crate::staff;
use base::operation::*;

/// Read as whom a member of staff signs in
///
/// Needs a token for the whole trust.
#[utoipa::path(tag = "sign_in", security(("token" = ["client:read"])), params(StaffId),
    responses((status = 200, description = "As whom they sign in.", body = Identities)))]
#[get("/v1/staff/{staff_id}/identities")]
pub async fn read_identities(
    caller: May<ReadClient>,
    app: web::Data<App>,
    path: Path<StaffId>,
) -> Result<HttpResponse> {
    let found = app.db.run(&caller.scope().clone(), move |tx| {
        if !staff::is_member(tx, path.0)? {
            return Err(Problem::not_found());
        }
        whole_trust(&caller, ReadClient::NAME)?;
        rows::identities(tx, path.0)
    });
    Ok(HttpResponse::Ok().json(found.await?))
}
