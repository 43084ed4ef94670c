//! A pupil goes on a school's roll.

use actix_web::{HttpResponse, post, web};
use chrono::NaiveDate;
use domain::AcademicYear;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{EnrolmentRow, NewPlacement, NewStay};
use crate::app::App;
use crate::auth::permission::WriteEnrolment;
use crate::auth::{Caller, May};
use crate::db::Tx;
use crate::http::idempotency::{Idempotency, Reply};
use crate::http::json::Json;
use crate::http::problem::{Kind, Problem};
use crate::tenants;

/// An enrolment to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolmentBody {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: i32,
    /// The class from the first day on; it says which school and academic year.
    #[schema(example = 31)]
    class_id: i32,
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
#[utoipa::path(tag = "pupils", security(("token" = ["enrolment:write"])), request_body = EnrolmentBody,
    responses((status = 201, description = "The enrolment.", body = EnrolmentRow),
        (status = 409, description = "The pupil is on that school's roll then already.", body = crate::http::problem::ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Something in the body is not right.", body = crate::http::problem::ProblemBody, content_type = "application/problem+json")))]
#[post("/v1/enrolments")]
pub async fn create_enrolment(
    caller: May<WriteEnrolment>,
    app: web::Data<App>,
    key: Idempotency,
    body: Json<EnrolmentBody>,
) -> Result<HttpResponse, Problem> {
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        // Before a kept answer is given again: may the caller still see whom and what it is about?
        super::pupil(tx, body.value.pupil_id)?;
        super::class(tx, body.value.class_id)?;
        key.once(tx, &caller, "create_enrolment", &body.bytes, |tx| {
            let row = enrol(tx, &caller, &body.value)?;
            Reply::created(format!("/v1/enrolments/{}", row.enrolment_id), &row)
        })
    });
    Ok(reply.await?.answer())
}

fn enrol(tx: &mut Tx<'_>, caller: &Caller, body: &EnrolmentBody) -> Result<EnrolmentRow, Problem> {
    let class = super::class(tx, body.class_id)?;
    let mut problem = Problem::new(Kind::Invalid);
    if !(-2..=14).contains(&body.year_group) {
        problem = problem.and("/year_group", "a year group from -2 to 14 (0 is reception)");
    }
    if body.last_day.is_some_and(|last| last < body.first_day) {
        problem = problem.and("/last_day", "a day on or after the first day");
    }
    if AcademicYear::of(body.first_day).is_none_or(|year| year.number() > class.year) {
        problem = problem.and(
            "/first_day",
            format!("a day not after the class's academic year, {}", class.year),
        );
    }
    if !problem.errors().is_empty() {
        return Err(problem);
    }
    let locked = tenants::lock_schools(tx, &[class.school_id], &[class.year])?;
    let overlaps = super::stays_of(tx, body.pupil_id)?.into_iter().any(|stay| {
        stay.school_id == class.school_id
            && stay.last_day.is_none_or(|last| body.first_day <= last)
            && body.last_day.is_none_or(|last| stay.first_day <= last)
    });
    if overlaps {
        return Err(Problem::new(Kind::Taken)
            .detail("The pupil is on that school's roll on some of these days."));
    }
    let at = locked.bump(tx)?.into_values().map(|v| v.at).max().unwrap_or_else(|| tx.now());
    let ids = super::add_enrolments(tx, &[(class.school_id, body.pupil_id)], caller.subject())?;
    let enrolment_id =
        ids.first().copied().ok_or_else(|| Problem::internal("no enrolment was added"))?;
    super::widen_schools(tx, &[(body.pupil_id, class.school_id)])?;
    let (school_id, first_day, last_day) = (class.school_id, body.first_day, body.last_day);
    super::add_days(
        tx,
        &[NewStay { enrolment_id, school_id, first_day, last_day }],
        at,
        caller.subject(),
    )?;
    let (class_id, year_group) = (body.class_id, body.year_group);
    let placement =
        NewPlacement { enrolment_id, school_id, from_day: first_day, class_id, year_group };
    super::add_placements(tx, &[placement], at, caller.subject())?;
    Ok(EnrolmentRow { enrolment_id, school_id, pupil_id: body.pupil_id, first_day, last_day })
}
