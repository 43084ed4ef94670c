//! The referrals of a school, a pupil or a case.

use super::referral::Referral;
use crate::recording::{self, Record, Which};
use base::operation::*;

/// List referrals
#[utoipa::path(tag = "referrals", security(("token" = ["case:read"])), params(Which),
    responses((status = 200, description = "As they stand, in the order in which they were first recorded.", body = Page<Record<Referral>>)))]
#[get("/v1/referrals")]
pub async fn list_referrals(
    caller: May<ReadCase>,
    app: web::Data<App>,
    request: HttpRequest,
    which: Query<Which>,
) -> Result<HttpResponse> {
    recording::list::<Referral>(&app, &caller, &request, which.0).await
}
