//! Somebody whom the trust does not know yet is a pupil's parent.

use super::link::Link;
use super::person::Person;
use super::rows::{self, ParentRow};
use super::ties;
use crate::pupils;
use crate::visibility::{self, Act};
use base::operation::*;

/// A parent to be.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewParent {
    /// Who they are and how to reach them.
    person: Person,
    /// What they are to the pupil.
    link: Link,
}

impl NewParent {
    /// The same as it is kept. `at` is where in the body it stands. Errors: every member that cannot be kept.
    pub fn check(&self, at: &str) -> Result<Self> {
        let person = self.person.check(&format!("{at}/person"))?;
        self.link.check(&format!("{at}/link"))?;
        Ok(Self { person, link: self.link.clone() })
    }
}

/// Adds a parent of a pupil, as it is kept.
pub fn add(tx: &mut Tx, pupil_id: PupilId, new: &NewParent, by: &str) -> Result<ParentRow> {
    let row = rows::add(tx, &new.person, pupil_id, by)?;
    ties::put_link(tx, (pupil_id, row.parent_id), &new.link, by)?;
    Ok(row)
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
    let new = body.value.check("")?;
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        pupils::pupil(tx, pupil_id)?;
        key.once(tx, &caller, &format!("add_parent/{pupil_id}"), &body.bytes, |tx| {
            pupils::check_unmerged(tx, pupil_id)?;
            visibility::check(tx, pupil_id, Act::AddParents)?;
            let row = add(tx, pupil_id, &new, caller.subject())?;
            Reply::created(format!("/v1/parents/{}", row.parent_id), &row)
        })
    });
    Ok(reply.await?.answer())
}
