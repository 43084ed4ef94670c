//! A pupil moves from one school of the trust to another: off the one roll and on the other, in one step.

use actix_web::http::StatusCode;
use domain::{Characteristic, Word};

use crate::pupils::characteristics::characteristics_of_enrolment;
use crate::pupils::create_enrolment::check_placement;
use crate::pupils::enrolment_page::{EnrolmentPage, enrolment_page};
use crate::pupils::record::{NewEnrolment, open_enrolment};
use crate::pupils::{
    ClassRow, EnrolmentRow, NewCharacteristic, NewStay, add_characteristics, add_days, check_free,
    class, enrolment, pupil,
};
use crate::visibility::{self, Act};
use base::operation::*;
use marks::{self, Changed};
use school::tenants;

/// A move inside the trust.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveBody {
    /// The enrolment that ends on the day before.
    #[schema(example = 5120)]
    from_enrolment: EnrolmentId,
    /// The class at the other school from the first day on.
    #[schema(example = 31)]
    class_id: ClassId,
    /// The year group there; as before when absent.
    #[serde(default)]
    #[schema(example = 7)]
    year_group: Option<i16>,
    /// First day on the other school's roll.
    first_day: NaiveDate,
    /// Last day there, when it is already known.
    #[serde(default)]
    last_day: Option<NaiveDate>,
}

/// A move that was done.
#[derive(Debug, Serialize, ToSchema)]
pub struct Moved {
    /// The enrolment that has ended.
    left: EnrolmentPage,
    /// The one that has begun, with what is known of the pupil.
    joined: EnrolmentPage,
}

/// Move a pupil to another school
///
/// Ends one enrolment and begins another in one step. Characteristics are copied to the new enrolment, except for
/// registration and boarding, which are the school's own. One that ended before keeps its last day.
#[utoipa::path(tag = "pupils", security(("token" = ["enrolment:write"])), request_body = MoveBody,
    params(PupilId, Idempotency),
    responses((status = 201, description = "Both enrolments as they stand now.", body = Moved, headers(("Location"))),
        (status = 409, description = "The pupil is on the other school's roll then already."),
        refusal::Taken,
        refusal::AnotherSchools))]
#[post("/v1/pupils/{pupil_id}/move")]
pub async fn move_pupil(
    caller: May<WriteEnrolment>,
    app: web::Data<App>,
    path: Path<PupilId>,
    key: Idempotency,
    body: Json<MoveBody>,
) -> Result<HttpResponse> {
    let pupil_id = path.0;
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        pupil(tx, pupil_id)?;
        enrolment(tx, body.value.from_enrolment)?;
        class(tx, body.value.class_id)?;
        key.once(tx, &caller, &format!("move_pupil/{pupil_id}"), &body.bytes, |tx| {
            let moved = go(tx, pupil_id, &body.value, &caller)?;
            let reply = Reply::new(StatusCode::CREATED, &moved)?;
            Ok(reply.at(moved.joined.place()))
        })
    });
    Ok(reply.await?.answer())
}

fn go(tx: &mut Tx, pupil_id: PupilId, body: &MoveBody, caller: &Caller) -> Result<Moved> {
    let by = caller.subject();
    let MoveBody { from_enrolment, first_day, last_day, .. } = *body;
    let class = class(tx, body.class_id)?;
    let school_id = enrolment(tx, from_enrolment)?.school_id;
    let locked = tenants::lock_schools(tx, &[school_id, class.school_id], &[class.year])?;
    let left = enrolment_page(tx, from_enrolment)?;
    let placed = left.placements.iter().rfind(|placement| placement.from_day <= first_day);
    let year_group =
        body.year_group.or(placed.map(|placement| placement.year_group)).unwrap_or_default();
    check(pupil_id, body, &left.enrolment, &class, year_group)?;
    check_free(tx, pupil_id, class.school_id, None, (first_day, last_day))?;
    visibility::check(tx, pupil_id, Act::Enrol)?;
    let at = locked.bump_at(tx)?;
    close(tx, &left.enrolment, first_day, at, by)?;
    let new = NewEnrolment { pupil_id, class: &class, year_group, first_day, last_day };
    let enrolment_id = open_enrolment(tx, &new, at, by)?;
    let carried = carried(tx, &left.enrolment, first_day)?;
    let there = |fact| NewCharacteristic { enrolment_id, school_id: class.school_id, ..fact };
    add_characteristics(tx, &carried.into_iter().map(there).collect::<Vec<_>>(), at, by)?;
    let why = "the pupil has moved to another school";
    marks::days_changed(tx, Changed { at, why, source: None }, caller)?;
    Ok(Moved {
        left: enrolment_page(tx, from_enrolment)?,
        joined: enrolment_page(tx, enrolment_id)?,
    })
}

fn check(
    pupil_id: PupilId,
    body: &MoveBody,
    from: &EnrolmentRow,
    class: &ClassRow,
    year_group: i16,
) -> Result<()> {
    let problem = Problem::new(Kind::Invalid);
    let mut problem = check_placement(problem, class, year_group, ("/first_day", body.first_day));
    if from.pupil_id != pupil_id {
        problem = problem.and("/from_enrolment", "an enrolment of this pupil");
    }
    if class.school_id == from.school_id {
        let expected = "a class of another school; POST /v1/enrolments/{enrolment_id}/placements stays in this one";
        problem = problem.and("/class_id", expected);
    }
    if body.first_day <= from.first_day {
        let expected =
            format!("a day after {}, the first day of the enrolment that ends", from.first_day);
        problem = problem.and("/first_day", expected);
    }
    if body.last_day.is_some_and(|last| last < body.first_day) {
        problem = problem.and("/last_day", "a day on or after the first day");
    }
    if problem.errors().is_empty() { Ok(()) } else { Err(problem) }
}

/// Ends an enrolment on the day before, unless it has ended by then.
fn close(
    tx: &mut Tx,
    from: &EnrolmentRow,
    first_day: NaiveDate,
    at: DateTime<Utc>,
    by: &str,
) -> Result<()> {
    let before = first_day.pred_opt();
    if from.last_day.is_some() && from.last_day <= before {
        return Ok(());
    }
    let EnrolmentRow { enrolment_id, school_id, first_day, .. } = *from;
    add_days(tx, &[NewStay { enrolment_id, school_id, first_day, last_day: before }], at, by)
}

/// What is known of the pupil on the first day, and what is recorded for later days.
fn carried(
    tx: &mut Tx,
    from: &EnrolmentRow,
    first_day: NaiveDate,
) -> Result<Vec<NewCharacteristic>> {
    let EnrolmentRow { enrolment_id, school_id, .. } = *from;
    let mut carried: Vec<NewCharacteristic> = Vec::new();
    for row in characteristics_of_enrolment(tx, school_id, enrolment_id, None)? {
        let unknown = || Problem::internal(format!("no such characteristic: {}", row.kind));
        let kind = Characteristic::read(&row.kind).ok_or_else(unknown)?;
        if matches!(kind, Characteristic::Registration | Characteristic::Boarder) {
            continue;
        }
        let value = kind.number(&row.value).and_then(|number| kind.value(number));
        let from_day = row.from_day.max(first_day);
        // Of what was recorded up to the first day, the latest holds then.
        carried.retain(|fact| (fact.kind, fact.from_day) != (kind, from_day));
        let value = value.map(|value| value.name);
        carried.push(NewCharacteristic { enrolment_id, school_id, kind, from_day, value });
    }
    Ok(carried)
}
