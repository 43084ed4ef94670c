//! One of the referrals, with all that it was before.

use actix_web::{HttpResponse, get, web};

use super::referral::Referral;
use crate::base::auth::May;
use crate::base::auth::permission::ReadCase;
use crate::base::http::path::Path;
use crate::base::id::RecordId;
use crate::base::problem::Problem;
use crate::base::state::App;
use crate::casework::recording::{self, Told};

/// Read one of the referrals
#[utoipa::path(tag = "referrals", security(("token" = ["case:read"])),
    params(RecordId),
    responses((status = 200, description = "How it stands, and how it stood before.", body = Told<Referral>, headers(("ETag")))))]
#[get("/v1/referrals/{record_id}")]
pub async fn read_referral(
    caller: May<ReadCase>,
    app: web::Data<App>,
    path: Path<RecordId>,
) -> Result<HttpResponse, Problem> {
    recording::one::<Referral>(&app, &caller, path.0).await
}
