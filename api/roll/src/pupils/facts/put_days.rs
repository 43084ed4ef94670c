//! The days of an enrolment: a leaver is recorded, a date is corrected, a leaver is taken back.

use crate::pupils::enrolment_page::{EnrolmentPage, enrolment_page, enrolment_page_known};
use crate::pupils::{NewPlacement, NewStay, add_days, add_placements, check_free};
use crate::visibility::{self, Act};
use base::http::json::present;
use base::operation::*;
use marks::{self, Changed};

/// The days on roll.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolmentDays {
    /// First day on roll.
    first_day: NaiveDate,
    /// Last day on roll; `null` while on roll.
    #[serde(deserialize_with = "present")]
    #[schema(required)]
    last_day: Option<NaiveDate>,
}

/// Correct the days of an enrolment
///
/// Marks outside the days stay in the register and stop counting: the answer's `notices` count them. When the first
/// day becomes earlier, class and year group hold from the new first day.
#[utoipa::path(tag = "pupils", security(("token" = ["enrolment:write"])), request_body = EnrolmentDays,
    params(EnrolmentId),
    responses((status = 200, description = "The enrolment as it stands now.", body = EnrolmentPage),
        (status = 409, description = "The pupil is on that school's roll then by another enrolment."),
        refusal::Taken,
        refusal::AnotherSchools))]
#[put("/v1/enrolments/{enrolment_id}/days")]
pub async fn put_days(
    caller: May<WriteEnrolment>,
    app: web::Data<App>,
    path: Path<EnrolmentId>,
    body: Json<EnrolmentDays>,
) -> Result<HttpResponse> {
    let EnrolmentDays { first_day, last_day } = body.value;
    let page = app.db.run(&caller.scope().clone(), move |tx| {
        record(tx, path.0, (first_day, last_day), &caller)?;
        enrolment_page(tx, path.0)
    });
    Ok(HttpResponse::Ok().json(page.await?))
}

fn record(
    tx: &mut Tx,
    enrolment_id: EnrolmentId,
    (first_day, last_day): (NaiveDate, Option<NaiveDate>),
    caller: &Caller,
) -> Result<()> {
    let by = caller.subject();
    let (enrolment, locked) = super::locked(tx, enrolment_id)?;
    let mut problem = Problem::new(Kind::Invalid);
    if AcademicYear::of(first_day).is_none() {
        problem = problem.and("/first_day", "a day from 1990 to 2199");
    }
    if last_day.is_some_and(|last| last < first_day || AcademicYear::of(last).is_none()) {
        problem = problem.and("/last_day", "a day on or after the first day");
    }
    if !problem.errors().is_empty() {
        return Err(problem);
    }
    if (enrolment.first_day, enrolment.last_day) == (first_day, last_day) {
        return Ok(());
    }
    let school_id = enrolment.school_id;
    check_free(tx, enrolment.pupil_id, school_id, Some(enrolment_id), (first_day, last_day))?;
    // A school that the child has left does not become the last one again by a later last day.
    let later = enrolment.last_day.is_some_and(|was| last_day.is_none_or(|last| was < last));
    if later || last_day.is_none_or(|last| tx.clock().today() <= last) {
        visibility::check(tx, enrolment.pupil_id, Act::Enrol)?;
    }
    let earliest = enrolment_page_known(tx, enrolment_id, None)?.placements.into_iter().next();
    let at = locked.bump_at(tx)?;
    add_days(tx, &[NewStay { enrolment_id, school_id, first_day, last_day }], at, by)?;
    // Nobody is on roll without a class: no register would list them.
    if let Some(earliest) = earliest.filter(|earliest| first_day < earliest.from_day) {
        let (class_id, year_group) = (earliest.class_id, earliest.year_group);
        let placement =
            NewPlacement { enrolment_id, school_id, from_day: first_day, class_id, year_group };
        add_placements(tx, &[placement], at, by)?;
    }
    let why = "the pupil's days on roll are others";
    marks::days_changed(tx, Changed { at, why, source: None }, caller)
}
