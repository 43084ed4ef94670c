//! Somebody whom the trust does not know yet is a pupil's parent.

use super::link::Link;
use super::person::Person;
use super::rows::{self, ParentRow};
use super::ties;
use crate::pupils;
use crate::visibility::{self, Act};
use base::operation::*;

/// A parent to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewParent {
    /// Who they are and how to reach them.
    person: Person,
    /// What they are to the pupil.
    link: Link,
}

/// Add a parent
///
/// For somebody who is new to the trust. The main school and a subsidiary one may, or the last one while the pupil is on
/// no roll. One whose other child is known is linked instead:
/// `PUT /v1/pupils/{pupil_id}/parents/{parent_id}`.
#[utoipa::path(tag = "parents", security(("token" = ["parent:write"])), request_body = NewParent,
    params(PupilId, Idempotency),
    responses((status = 201, description = "The parent.", body = ParentRow, headers(("Location"))),
        refusal::Merged, refusal::AnotherSchools))]
#[post("/v1/pupils/{pupil_id}/parents")]
pub async fn add_parent(
    caller: May<WriteParent>,
    app: web::Data<App>,
    path: Path<PupilId>,
    key: Idempotency,
    body: Json<NewParent>,
) -> Result<HttpResponse> {
    let pupil_id = path.0;
    let person = body.value.person.check("/person")?;
    body.value.link.check("/link")?;
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        pupils::pupil(tx, pupil_id)?;
        key.once(tx, &caller, &format!("add_parent/{pupil_id}"), &body.bytes, |tx| {
            pupils::check_unmerged(tx, pupil_id)?;
            visibility::check(tx, pupil_id, Act::AddParents)?;
            let row = rows::add(tx, &person, pupil_id, caller.subject())?;
            let pair = (pupil_id, row.parent_id);
            ties::put_link(tx, pair, &body.value.link, caller.subject())?;
            Reply::created(format!("/v1/parents/{}", row.parent_id), &row)
        })
    });
    Ok(reply.await?.answer())
}
