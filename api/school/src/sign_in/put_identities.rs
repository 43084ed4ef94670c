//! A member of staff is told to be somebody at an identity provider.

use super::put_providers::whole_trust;
use super::rows::{self, Identities};
use crate::staff;
use base::operation::*;
use base::revocations;
use base::tokens::basis::About;

/// Put as whom a member of staff signs in
///
/// Replaces what stood; that is kept. What they were given before is refused within a second. Needs a token for the whole
/// trust.
#[utoipa::path(tag = "sign_in", security(("token" = ["client:write"])), request_body = Identities,
    params(StaffId),
    responses((status = 200, description = "As whom they sign in now.", body = Identities),
        (status = 409, description = "Another member of staff signs in so."),
        refusal::Taken))]
#[put("/v1/staff/{staff_id}/identities")]
pub async fn put_identities(
    caller: May<WriteClient>,
    app: web::Data<App>,
    path: Path<StaffId>,
    body: Json<Identities>,
) -> Result<HttpResponse> {
    body.value.check()?;
    let put = app.db.run(&caller.scope().clone(), move |tx| {
        if !staff::is_member(tx, path.0)? {
            return Err(Problem::not_found());
        }
        whole_trust(&caller, WriteClient::NAME)?;
        tx.take_turns("staff identities")?;
        rows::put_identities(tx, path.0, &body.value, caller.subject())?;
        revocations::take_back(tx, &About::Staff(path.0))?;
        rows::identities(tx, path.0)
    });
    Ok(HttpResponse::Ok().json(put.await?))
}
