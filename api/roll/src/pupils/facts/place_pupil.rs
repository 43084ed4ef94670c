//! Another class or year group from a day on.

use crate::pupils::create_enrolment::check_placement;
use crate::pupils::enrolment_page::{EnrolmentPage, enrolment_page};
use crate::pupils::{NewPlacement, add_placements, class, enrolment};
use base::operation::*;

/// A placement to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlacementBody {
    /// From this day on, until the next day for which a placement is recorded.
    from_day: NaiveDate,
    /// In this class of the same school.
    #[schema(example = 31)]
    class_id: ClassId,
    /// In this year group: 7 for Year 7, 0 for reception, -1 for nursery.
    #[schema(example = 7)]
    year_group: i16,
}

/// Place an enrolled pupil
///
/// A placement for a day that has one already corrects it. Registers of the days between list the pupil in the new
/// class; marks belong to the enrolment and stay.
#[utoipa::path(tag = "pupils", security(("token" = ["enrolment:write"])), request_body = PlacementBody,
    params(EnrolmentId, Idempotency),
    responses((status = 201, description = "The enrolment as it stands now.", body = EnrolmentPage, headers(("Location")))))]
#[post("/v1/enrolments/{enrolment_id}/placements")]
pub async fn place_pupil(
    caller: May<WriteEnrolment>,
    app: web::Data<App>,
    path: Path<EnrolmentId>,
    key: Idempotency,
    body: Json<PlacementBody>,
) -> Result<HttpResponse> {
    let enrolment_id = path.0;
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        enrolment(tx, enrolment_id)?;
        class(tx, body.value.class_id)?;
        key.once(tx, &caller, &format!("place_pupil/{enrolment_id}"), &body.bytes, |tx| {
            record(tx, enrolment_id, &body.value, caller.subject())?;
            let page = enrolment_page(tx, enrolment_id)?;
            Reply::created(page.place(), &page)
        })
    });
    Ok(reply.await?.answer())
}

fn record(tx: &mut Tx, enrolment_id: EnrolmentId, body: &PlacementBody, by: &str) -> Result<()> {
    let PlacementBody { from_day, class_id, year_group } = *body;
    let (enrolment, locked) = super::locked(tx, enrolment_id)?;
    let class = class(tx, class_id)?;
    let problem = Problem::new(Kind::Invalid);
    let mut problem = check_placement(problem, &class, year_group, ("/from_day", from_day));
    if class.school_id != enrolment.school_id {
        let expected = "a class of the enrolment's school; POST /v1/pupils/{pupil_id}/move goes to another one";
        problem = problem.and("/class_id", expected);
    }
    if from_day < enrolment.first_day || enrolment.last_day.is_some_and(|last| last < from_day) {
        problem = problem.and("/from_day", "a day on which the pupil is on roll");
    }
    if !problem.errors().is_empty() {
        return Err(problem);
    }
    let at = locked.bump_at(tx)?;
    let school_id = enrolment.school_id;
    let placement = NewPlacement { enrolment_id, school_id, from_day, class_id, year_group };
    add_placements(tx, &[placement], at, by)
}
