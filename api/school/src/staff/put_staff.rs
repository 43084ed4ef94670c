//! Who a member of staff is, changed.

use super::person::StaffPerson;
use super::rows::{self, StaffRow};
use super::whose::{keeps_subject, over_all, whole_trust};
use base::operation::*;
use base::revocations;
use base::tokens::basis::About;

/// Change a member of staff
///
/// Replaces name, e-mail address and subject; what stood before is kept as history. Duties stay. Who works for other
/// schools too, or has a duty for the whole trust, is changed with a token for the whole trust; so is anybody's subject.
#[utoipa::path(tag = "staff", security(("token" = ["staff:write"])), request_body = StaffPerson,
    params(StaffId),
    responses((status = 200, description = "The member of staff as it stands now.", body = StaffRow),
        (status = 409, description = "Another member of staff has that subject."),
        refusal::Taken))]
#[put("/v1/staff/{staff_id}")]
pub async fn put_staff(
    caller: May<WriteStaff>,
    app: web::Data<App>,
    path: Path<StaffId>,
    body: Json<StaffPerson>,
) -> Result<HttpResponse> {
    let person = body.value.check("")?;
    let by = caller.subject().to_owned();
    let (whole_trust, over_all) = (whole_trust(&caller), over_all(&app.roles));
    let forbidden = Problem::new(Kind::Forbidden)
        .detail("They do not work for your schools alone: it needs a token for the whole trust.")
        .member("permission", WriteStaff::NAME)
        .member("role", caller.role());
    let row = app.db.run(caller.scope(), move |tx| {
        let stored = rows::hold(tx, path.0)?;
        if !whole_trust {
            if !rows::is_ours_alone(tx, &stored, &over_all)? {
                return Err(forbidden);
            }
            keeps_subject(&person, stored.person().subject.as_deref(), "/subject")?;
        }
        rows::replace(tx, &stored, &person, &by)?;
        if stored.person().subject != person.subject {
            revocations::take_back(tx, &About::Staff(path.0))?;
        }
        rows::member(tx, path.0)
    });
    Ok(HttpResponse::Ok().json(row.await?))
}
