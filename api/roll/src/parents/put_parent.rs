//! Who a parent is and how to reach them, changed.

use super::person::Person;
use super::rows::{self, ParentRow};
use crate::visibility::{self, Reach};
use base::operation::*;

/// Change a parent
///
/// Replaces name, language and ways to reach them, for all their children; what stood before is kept as history. The main
/// school of a child may; a subsidiary one adds ways to reach them at the end.
#[utoipa::path(tag = "parents", security(("token" = ["parent:write"])), request_body = Person,
    params(ParentId),
    responses((status = 200, description = "The parent as it stands now.", body = ParentRow),
        refusal::AnotherSchools))]
#[put("/v1/parents/{parent_id}")]
pub async fn put_parent(
    caller: May<WriteParent>,
    app: web::Data<App>,
    path: Path<ParentId>,
    body: Json<Person>,
) -> Result<HttpResponse> {
    let person = body.value.check("")?;
    let (parent_id, by) = (path.0, caller.subject().to_owned());
    let row = app.db.run(caller.scope(), move |tx| {
        let before = rows::parent(tx, parent_id)?;
        if visibility::check_parent(tx, parent_id)? == Reach::Add
            && !only_adds(&before.person, &person)
        {
            return Err(Problem::new(Kind::AnotherSchools).detail(ONLY_ADDS));
        }
        rows::replace(tx, parent_id, &person, &by)
    });
    Ok(HttpResponse::Ok().json(row.await?))
}

const ONLY_ADDS: &str = "Your school is the child's subsidiary one: it adds ways to reach a parent. The main school, or \
     the trust, changes the rest.";

/// Whether everything stays as it is, but for ways to reach the parent that come after those there are.
fn only_adds(before: &Person, after: &Person) -> bool {
    let contacts = after.contacts.iter().take(before.contacts.len()).cloned().collect();
    *before == Person { contacts, ..after.clone() }
}
