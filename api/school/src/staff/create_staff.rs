//! Somebody works for a school, or for the trust.

use super::person::StaffPerson;
use super::rows::{self, StaffRow};
use super::whose::{keeps_subject, whole_trust};
use crate::tenants;
use base::operation::*;

/// A member of staff to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStaff {
    /// Who they are.
    person: StaffPerson,
    /// The schools that they work for; none for the trust's own staff, whom only the trust sees.
    #[schema(example = json!([7]))]
    school_ids: Vec<SchoolId>,
}

/// Add a member of staff
///
/// Gives nobody a token: it says who somebody is. The subject of their tokens is given with a token for the whole trust. Duties come with `PUT /v1/staff/{staff_id}/duties`.
#[utoipa::path(tag = "staff", security(("token" = ["staff:write"])), request_body = NewStaff,
    params(Idempotency),
    responses((status = 201, description = "The member of staff.", body = StaffRow, headers(("Location"))),
        (status = 409, description = "Another member of staff has that subject."),
        refusal::Taken))]
#[post("/v1/staff")]
pub async fn create_staff(
    caller: May<WriteStaff>,
    app: web::Data<App>,
    key: Idempotency,
    body: Json<NewStaff>,
) -> Result<HttpResponse> {
    let person = body.value.person.check("/person")?;
    if !whole_trust(&caller) {
        keeps_subject(&person, None, "/person/subject")?;
        if body.value.school_ids.is_empty() {
            return Err(Problem::at(Kind::Invalid, "/school_ids", "at least one of your schools"));
        }
    }
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        for school_id in &body.value.school_ids {
            tenants::school(tx, *school_id)?;
        }
        key.once(tx, &caller, "create_staff", &body.bytes, |tx| {
            let id = rows::add(tx, &person, &body.value.school_ids, caller.subject())?;
            Reply::created(format!("/v1/staff/{id}"), &rows::member(tx, id)?)
        })
    });
    Ok(reply.await?.answer())
}
