//! One pupil's broken weeks, on screen for a talk with the family.

use super::broken::{self, BASIS, BrokenWeeks};
use super::discussed::{Discussed, discussed};
use super::frame::{Frame, ReportHead, year_to_date};
use base::operation::*;
use figures::{Counting, Enrolled};
use roll::pupils;

/// Which days.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PupilBrokenWeeksQuery {
    /// The first day; the first of the school year when absent.
    from: Option<NaiveDate>,
    /// The last day, in the same school year; today when absent.
    to: Option<NaiveDate>,
}

/// A pupil's broken weeks.
#[derive(Debug, Serialize, ToSchema)]
pub struct PupilBrokenWeeks {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// Surname and forename.
    #[schema(example = "Okafor-Lind, Zoë")]
    name: String,
    /// Each stay on a school's roll in the period, earliest first.
    stays: Vec<StayWeeks>,
    /// What was said about the pupil at reviews in the period; for those who may see cases.
    #[serde(skip_serializing_if = "Option::is_none")]
    discussed: Option<Vec<Discussed>>,
}

/// The weeks of one stay.
#[derive(Debug, Serialize, ToSchema)]
pub struct StayWeeks {
    /// What the report says of itself.
    #[serde(flatten)]
    head: ReportHead,
    /// The enrolment.
    #[schema(example = 5120)]
    enrolment_id: EnrolmentId,
    /// The weeks.
    #[serde(flatten)]
    weeks: BrokenWeeks,
}

/// Read a pupil's broken weeks
///
/// The marks week by week, the weeks in which anything was missed, the patterns that stand out, and what was said about
/// the pupil: to find out what is wrong and to talk about how to solve it.
#[utoipa::path(tag = "reports", security(("token" = ["mark:read"])),
    params(PupilId, PupilBrokenWeeksQuery),
    responses((status = 200, description = "The weeks.", body = PupilBrokenWeeks),
        refusal::NoCalendar))]
#[get("/v1/pupils/{pupil_id}/broken-weeks")]
pub async fn pupil_broken_weeks(
    caller: May<ReadMark>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    path: Path<PupilId>,
    params: Query<PupilBrokenWeeksQuery>,
) -> Result<HttpResponse> {
    let scope = caller.scope().clone();
    let PupilBrokenWeeksQuery { from, to } = params.0;
    let days = year_to_date((from, to), app.db.clock_of(&scope).await?.today())?;
    let sees_cases = app.roles.allows(caller.role(), ReadCase::NAME);
    let read = app.db.snapshot(&scope, move |tx| {
        let pupil = pupils::pupil(tx, path.0)?;
        let mut said = discussed(tx, &[path.0], days)?;
        let said = sees_cases.then(|| said.remove(&path.0).unwrap_or_default());
        Ok((pupil, pupils::stays_of(tx, path.0)?, said))
    });
    let (pupil, mut stays, discussed) = read.await?;
    stays.retain(|stay| stay.overlaps(days.from, Some(days.to)));
    let mut answer = Vec::with_capacity(stays.len());
    for stay in stays {
        let frame = Frame::read(&counting, &scope, stay.school_id, days).await?;
        let mut members = frame.block().members();
        let member = members.find(|member| member.enrolment_id() == stay.enrolment_id);
        answer.extend(member.map(|member| StayWeeks {
            head: frame.head(BASIS, Vec::new()),
            enrolment_id: stay.enrolment_id,
            weeks: broken::of(&app.codes, frame.block(), member, days),
        }));
    }
    let name = format!("{}, {}", pupil.surname, pupil.forename);
    let body = PupilBrokenWeeks { pupil_id: pupil.pupil_id, name, stays: answer, discussed };
    Ok(HttpResponse::Ok().json(body))
}
