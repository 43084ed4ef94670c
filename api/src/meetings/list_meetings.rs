//! The meetings of a school, a pupil or a case.

use actix_web::{HttpRequest, HttpResponse, get, web};

use super::meeting::Meeting;
use crate::app::App;
use crate::auth::May;
use crate::auth::permission::ReadCase;
use crate::http::json::Query;
use crate::http::page::Page;
use crate::http::problem::Problem;
use crate::records::{self, Record, Which};

/// List meetings
#[utoipa::path(tag = "meetings", security(("token" = ["case:read"])), params(Which),
    responses((status = 200, description = "As they stand, in the order in which they were first recorded.", body = Page<Record<Meeting>>)))]
#[get("/v1/meetings")]
pub async fn list_meetings(
    caller: May<ReadCase>,
    app: web::Data<App>,
    request: HttpRequest,
    which: Query<Which>,
) -> Result<HttpResponse, Problem> {
    records::list::<Meeting>(&app, &caller, &request, which.0).await
}
