//! Pupils whose attendance declines: the last 4 school weeks are below the 4 before (rules S-16, S-25).

use domain::{Days, Rate};

use super::attendance::{Attended, Lowest, after, page};
use super::bands::{ReportPolicy, SchoolBands};
use super::frame::{Frame, ReportHead, day_of_list};
use super::people::{ListedPupil, People};
use base::operation::*;
use figures::{Counting, Enrolled};

const BASIS: &str = "Pupils on roll on the day whose attendance over the last 4 school weeks, up to that day, is below \
    that of the 4 school weeks before. A school week has at least one session; holidays are passed over. Compared \
    exactly; a pupil without a possible session on either side is not listed.";

/// School weeks on either side.
const WEEKS: usize = 4;

/// Which day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeclinedQuery {
    /// The day; today when absent.
    day: Option<NaiveDate>,
    /// Only pupils of this band.
    band: Option<String>,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// Pupils whose attendance declines.
#[derive(Debug, Serialize, ToSchema)]
pub struct Declined {
    /// What the report says of itself.
    #[serde(flatten)]
    head: ReportHead,
    /// The policy whose bands they are; absent where the school follows none.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<ReportPolicy>,
    /// The days of the last 4 school weeks; absent before there have been that many.
    #[serde(skip_serializing_if = "Option::is_none")]
    recent_days: Option<ReportDays>,
    /// The days of the 4 before; absent before there have been that many.
    #[serde(skip_serializing_if = "Option::is_none")]
    earlier_days: Option<ReportDays>,
    /// The pupils, lowest recent attendance first.
    pupils: Page<DeclinedPupil>,
}

/// Days, both ends included.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct ReportDays {
    /// The first day.
    from: NaiveDate,
    /// The last day.
    to: NaiveDate,
}

/// A pupil whose attendance declines.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeclinedPupil {
    /// The pupil.
    #[serde(flatten)]
    pupil: ListedPupil,
    /// Over the last 4 school weeks.
    recent: Attended,
    /// Over the 4 before.
    earlier: Attended,
    /// Over the days that bands are taken over.
    #[serde(skip_serializing_if = "Option::is_none")]
    attendance: Option<Attended>,
    /// The band.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "94.9%-92%")]
    band: Option<String>,
}

impl From<Days> for ReportDays {
    fn from(Days { from, to }: Days) -> Self {
        Self { from, to }
    }
}

/// List pupils whose attendance declines
#[utoipa::path(tag = "reports", security(("token" = ["report:read"])),
    params(SchoolId, DeclinedQuery),
    responses((status = 200, description = "Pupils whose attendance declines.", body = Declined),
        refusal::NoCalendar))]
#[get("/v1/schools/{school_id}/reports/declined")]
pub async fn declined(
    caller: May<ReadReport>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    request: HttpRequest,
    path: Path<SchoolId>,
    params: Query<DeclinedQuery>,
) -> Result<HttpResponse> {
    let scope = caller.scope().clone();
    let DeclinedQuery { day: asked, band, limit, cursor } = params.0;
    let until = day_of_list(&app, &scope, path.0, asked).await?;
    let slice = Slice::<Lowest>::read(limit, cursor.as_deref(), &(path.0, until, &band))?;
    let days = Days { from: until, to: until };
    let bands = move |tx: &mut Tx| SchoolBands::read(tx, path.0, until);
    let (frame, bands) = Frame::read_with(&counting, &scope, path.0, days, bands).await?;
    let figures = frame.figures();
    let [recent_days, earlier_days] = figures.school_weeks(WEEKS, until);
    let over = |enrolment, days: Option<Days>| {
        let Days { from, to } = days?;
        figures.rate(enrolment, from, to)
    };
    let found = figures.on_roll().filter_map(|member| {
        let recent = over(member.enrolment_id(), recent_days)?;
        let earlier = over(member.enrolment_id(), earlier_days)?;
        let now = figures.rates(member.enrolment_id(), until).over(bands.over());
        let name = now.map(|rate| bands.name(rate));
        let wanted = recent < earlier && band.as_deref().is_none_or(|band| Some(band) == name);
        wanted.then_some((Lowest::of(recent, member.pupil_id()), (member, recent, earlier, now)))
    });
    let kept = after(&slice, found.collect());
    let ids: Vec<PupilId> = kept.iter().map(|(_, (member, ..))| member.pupil_id()).collect();
    let people = People::of(&app, &scope, path.0, ids).await?;
    let pupils = page(&slice, kept, |(_, (member, recent, earlier, now))| DeclinedPupil {
        pupil: people.listed(member, until),
        recent: recent.into(),
        earlier: earlier.into(),
        attendance: now.map(Into::into),
        band: now.map(|rate: Rate| bands.name(rate).to_owned()),
    });
    let (head, policy) = (frame.head(BASIS, Vec::new()), bands.answer());
    Ok(pupils.answer_in(&request, |pupils| Declined {
        head,
        policy,
        recent_days: recent_days.map(Into::into),
        earlier_days: earlier_days.map(Into::into),
        pupils,
    }))
}
