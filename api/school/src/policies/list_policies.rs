//! The policies that the trust can follow.

use super::rows::{self, PolicyHead};
use base::operation::*;

/// List policies
///
/// The five built-in ones and the trust's own, each in its latest version.
#[utoipa::path(tag = "policies", security(("token" = ["policy:read"])),
    responses((status = 200, description = "Policies in the order of their keys, on one page.", body = Page<PolicyHead>)))]
#[get("/v1/policies")]
pub async fn list_policies(
    caller: May<ReadPolicy>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let items = app.db.run(caller.scope(), rows::heads).await?;
    Ok(Page { items, next: None }.answer(&request))
}
