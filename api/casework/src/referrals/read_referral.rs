//! One of the referrals, with all that it was before.

use super::referral::Referral;
use crate::recording::{self, Told};
use base::operation::*;

/// Read one of the referrals
#[utoipa::path(tag = "referrals", security(("token" = ["case:read"])),
    params(RecordId),
    responses((status = 200, description = "How it stands now, and how it stood before.", body = Told<Referral>, headers(("ETag")))))]
#[get("/v1/referrals/{record_id}")]
pub async fn read_referral(
    caller: May<ReadCase>,
    app: web::Data<App>,
    path: Path<RecordId>,
) -> Result<HttpResponse> {
    recording::one::<Referral>(&app, &caller, path.0).await
}
