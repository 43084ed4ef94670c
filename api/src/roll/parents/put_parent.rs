//! Who a parent is and how to reach them, changed.

use super::person::Person;
use super::rows::{self, ParentRow};
use crate::base::operation::*;

/// Change a parent
///
/// Replaces name, language and ways to reach them, for all their children; what stood before is kept as history.
#[utoipa::path(tag = "parents", security(("token" = ["parent:write"])), request_body = Person,
    params(ParentId),
    responses((status = 200, description = "The parent as it stands now.", body = ParentRow)))]
#[put("/v1/parents/{parent_id}")]
pub async fn put_parent(
    caller: May<WriteParent>,
    app: web::Data<App>,
    path: Path<ParentId>,
    body: Json<Person>,
) -> Result<HttpResponse, Problem> {
    let person = body.value.check("")?;
    let by = caller.subject().to_owned();
    let row = app.db.run(caller.scope(), move |tx| rows::replace(tx, path.0, &person, &by));
    Ok(HttpResponse::Ok().json(row.await?))
}
