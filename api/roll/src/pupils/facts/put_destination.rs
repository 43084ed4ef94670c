//! Where a leaver goes, as it was confirmed.

use crate::pupils::enrolment_page::{EnrolmentPage, enrolment_page};
use crate::visibility::{self, NewDestination};
use base::operation::*;

/// The most characters of a destination's name.
const PLACE: usize = 200;

/// Record where a leaver goes
///
/// The last school keeps a leaver's record, and writes in it, until another school of the trust enrols the pupil or it is
/// recorded here that another school, a place abroad, or education or work after school has the pupil. From then on it
/// keeps a copy. Of a pupil who is taught at home or missing it goes on keeping the record: nobody is left with nobody. Who
/// recorded it, and when, stays; another record replaces it.
#[utoipa::path(tag = "pupils", security(("token" = ["enrolment:write"])), request_body = NewDestination,
    params(EnrolmentId),
    responses((status = 200, description = "The enrolment as it stands now.", body = EnrolmentPage)))]
#[put("/v1/enrolments/{enrolment_id}/destination")]
pub async fn put_destination(
    caller: May<WriteEnrolment>,
    app: web::Data<App>,
    path: Path<EnrolmentId>,
    body: Json<NewDestination>,
) -> Result<HttpResponse> {
    let enrolment_id = path.0;
    let NewDestination { destination, place, says } = body.value;
    let says = name::words(&says, "/says", name::REASON)?;
    let place = place.map(|place| name::words(&place, "/place", PLACE)).transpose()?;
    let new = NewDestination { destination, place, says };
    let by = caller.subject().to_owned();
    let page = app.db.run(caller.scope(), move |tx| {
        let (enrolment, _locked) = super::locked(tx, enrolment_id)?;
        visibility::confirm(tx, (enrolment.school_id, enrolment_id), &new, &by)?;
        enrolment_page(tx, enrolment_id)
    });
    Ok(HttpResponse::Ok().json(page.await?))
}
