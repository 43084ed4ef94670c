//! A pupil goes on a school's roll.

use super::ClassRow;
use super::enrolment_page::{EnrolmentPage, enrolment_page};
use super::record::{NewEnrolment, open_enrolment};
use crate::visibility::{self, Act};
use base::operation::*;
use school::tenants;

/// An enrolment to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolmentBody {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// The class from the first day on; it says which school and academic year.
    #[schema(example = 31)]
    class_id: ClassId,
    /// The year group: 7 for Year 7, 0 for reception, -1 for nursery.
    #[schema(example = 7)]
    year_group: i16,
    /// First day on roll.
    first_day: NaiveDate,
    /// Last day on roll, when it is already known.
    #[serde(default)]
    last_day: Option<NaiveDate>,
}

/// Enrol a pupil
///
/// A pupil may be on two schools' rolls at once. Unless one is recorded as the main and the other as the subsidiary
/// school, the answer's `notices` say so.
#[utoipa::path(tag = "pupils", security(("token" = ["enrolment:write"])), request_body = EnrolmentBody, params(Idempotency),
    responses((status = 201, description = "The enrolment.", body = EnrolmentPage, headers(("Location"))),
        (status = 409, description = "The pupil is on that school's roll then already, or the record was merged into another."),
        refusal::Taken, refusal::Merged,
        refusal::AnotherSchools))]
#[post("/v1/enrolments")]
pub async fn create_enrolment(
    caller: May<WriteEnrolment>,
    app: web::Data<App>,
    key: Idempotency,
    body: Json<EnrolmentBody>,
) -> Result<HttpResponse> {
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        // Before a kept answer is given again: may the caller still see whom and what it is about?
        super::pupil(tx, body.value.pupil_id)?;
        super::class(tx, body.value.class_id)?;
        key.once(tx, &caller, "create_enrolment", &body.bytes, |tx| {
            let page = enrol(tx, &caller, &body.value)?;
            Reply::created(page.place(), &page)
        })
    });
    Ok(reply.await?.answer())
}

fn enrol(tx: &mut Tx, caller: &Caller, body: &EnrolmentBody) -> Result<EnrolmentPage> {
    let class = super::class(tx, body.class_id)?;
    let EnrolmentBody { pupil_id, year_group, first_day, last_day, .. } = *body;
    let mut problem =
        check_placement(Problem::new(Kind::Invalid), &class, year_group, ("/first_day", first_day));
    if last_day.is_some_and(|last| last < first_day) {
        problem = problem.and("/last_day", "a day on or after the first day");
    }
    if !problem.errors().is_empty() {
        return Err(problem);
    }
    let locked = tenants::lock_schools(tx, &[class.school_id], &[class.year])?;
    super::check_unmerged(tx, pupil_id)?;
    visibility::check(tx, pupil_id, Act::Enrol)?;
    super::check_free(tx, pupil_id, class.school_id, None, (first_day, last_day))?;
    let at = locked.bump_at(tx)?;
    let new = NewEnrolment { pupil_id, class: &class, year_group, first_day, last_day };
    let enrolment_id = open_enrolment(tx, &new, at, caller.subject())?;
    enrolment_page(tx, enrolment_id)
}

/// Adds to a problem what keeps somebody from being in a class and year group from a day on.
pub(super) fn check_placement(
    mut problem: Problem,
    class: &ClassRow,
    year_group: i16,
    (pointer, from): (&str, NaiveDate),
) -> Problem {
    if !(-2..=14).contains(&year_group) {
        problem = problem.and("/year_group", "a year group from -2 to 14 (0 is reception)");
    }
    if AcademicYear::of(from).is_none_or(|year| year.number() > class.year) {
        let expected = format!("a day not after the class's academic year, {}", class.year);
        problem = problem.and(pointer, expected);
    }
    problem
}
