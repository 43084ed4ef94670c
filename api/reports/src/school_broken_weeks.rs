//! The broken weeks of a school's pupils, or of those on the list of a review.

use domain::Days;

use super::attendance::{Lowest, after, page};
use super::broken::{self, BASIS, BrokenWeeks};
use super::discussed::{Discussed, discussed, listed_at};
use super::frame::{Frame, ReportHead, today, year_to_date};
use super::people::{ListedPupil, People};
use base::operation::*;
use figures::{Counting, Enrolled};

/// Which pupils and days.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SchoolBrokenWeeksQuery {
    /// The first day; the first of the school year when absent.
    from: Option<NaiveDate>,
    /// The last day, in the same school year; today when absent.
    to: Option<NaiveDate>,
    /// Only pupils on the list of this review of the school.
    review_id: Option<ReviewId>,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// The broken weeks of a school.
#[derive(Debug, Serialize, ToSchema)]
pub struct SchoolBrokenWeeks {
    /// What the report says of itself.
    #[serde(flatten)]
    head: ReportHead,
    /// Pupils on roll on the last day who missed anything, lowest attendance first.
    pupils: Page<BrokenPupil>,
}

/// One pupil's broken weeks.
#[derive(Debug, Serialize, ToSchema)]
pub struct BrokenPupil {
    /// The pupil.
    #[serde(flatten)]
    pupil: ListedPupil,
    /// The weeks.
    #[serde(flatten)]
    weeks: BrokenWeeks,
    /// What was said about the pupil at reviews in the period.
    discussed: Vec<Discussed>,
}

/// List broken weeks
///
/// Of all pupils of a school who missed anything, or of those on the list of a review, as they are printed with it.
#[utoipa::path(tag = "reports", security(("token" = ["report:read"])),
    params(SchoolId, SchoolBrokenWeeksQuery),
    responses((status = 200, description = "Pupils with broken weeks.", body = SchoolBrokenWeeks),
        refusal::NoCalendar))]
#[get("/v1/schools/{school_id}/reports/broken-weeks")]
pub async fn school_broken_weeks(
    caller: May<ReadReport>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    request: HttpRequest,
    path: Path<SchoolId>,
    params: Query<SchoolBrokenWeeksQuery>,
) -> Result<HttpResponse> {
    let scope = caller.scope().clone();
    let SchoolBrokenWeeksQuery { from, to, review_id, limit, cursor } = params.0;
    let days = year_to_date((from, to), today(&app, &scope, path.0).await?)?;
    let Days { from, to } = days;
    let slice = Slice::<Lowest>::read(limit, cursor.as_deref(), &(path.0, from, to, review_id))?;
    let read = Frame::read_with(&counting, &scope, path.0, days, move |tx| {
        review_id.map(|review| listed_at(tx, path.0, review)).transpose()
    });
    let (frame, listed) = read.await?;
    let listed = listed.map(BTreeSet::from_iter);
    let figures = frame.figures();
    let members = figures
        .on_roll()
        .filter(|member| listed.as_ref().is_none_or(|listed| listed.contains(&member.pupil_id())));
    let broken = members.filter_map(|member| {
        let rate = frame.block().attendance(member, from, to)?;
        (rate.part() < rate.whole()).then(|| (Lowest::of(rate, member.pupil_id()), member))
    });
    let kept = after(&slice, broken.collect());
    let ids: Vec<PupilId> = kept.iter().map(|(_, member)| member.pupil_id()).collect();
    let read = app.db.snapshot(&scope, move |tx| {
        Ok((People::read(tx, path.0, ids.iter().copied())?, discussed(tx, &ids, days)?))
    });
    let (people, mut said) = read.await?;
    let pupils = page(&slice, kept, |(_, member)| BrokenPupil {
        pupil: people.listed(member, to),
        weeks: broken::of(&app.codes, frame.block(), member, days),
        discussed: said.remove(&member.pupil_id()).unwrap_or_default(),
    });
    let head = frame.head(BASIS, Vec::new());
    Ok(pupils.answer_in(&request, |pupils| SchoolBrokenWeeks { head, pupils }))
}
