//! Pupils at risk of leaving their band: a few more missed sessions would do it (rules S-11, S-16, S-20).

use domain::Days;

use super::attendance::{Attended, after, page};
use super::bands::{ReportPolicy, SchoolBands};
use super::frame::{Frame, ReportHead, day_of_list};
use super::people::{ListedPupil, People};
use base::operation::*;
use figures::{Counting, Enrolled};

const BASIS: &str = "Pupils on roll on the day whose attendance, with a few more missed sessions, would lie in a lower \
    band. Bands and days are those of the policy that the school follows; without one the bands are those of \
    persistent and severe absence over the school year. Compared exactly, in whole sessions.";

/// The most sessions that may be asked ahead: a school week.
const MOST: u32 = 10;

/// Which day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AtRiskQuery {
    /// The day; today when absent.
    day: Option<NaiveDate>,
    /// At risk means that at most this many more missed sessions lead to a lower band, 1 to 10; what the policy says
    /// when absent, or 2.
    sessions: Option<u32>,
    /// Only pupils of this band.
    band: Option<String>,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// Pupils at risk.
#[derive(Debug, Serialize, ToSchema)]
pub struct AtRisk {
    /// What the report says of itself.
    #[serde(flatten)]
    head: ReportHead,
    /// The policy whose bands they are; absent where the school follows none.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<ReportPolicy>,
    /// At risk means that at most this many more missed sessions lead to a lower band.
    #[schema(example = 2)]
    sessions: u32,
    /// The days that bands are taken over.
    over: words::RateWindow,
    /// The pupils, fewest sessions first.
    pupils: Page<AtRiskPupil>,
}

/// A pupil at risk.
#[derive(Debug, Serialize, ToSchema)]
pub struct AtRiskPupil {
    /// The pupil.
    #[serde(flatten)]
    pupil: ListedPupil,
    /// Attendance so far.
    attendance: Attended,
    /// The band.
    #[schema(example = "97.9%-95%")]
    band: String,
    /// The fewest further missed sessions that lead to another band.
    #[schema(example = 1)]
    leaves_after: u32,
    /// The band that the pupil would be in then.
    #[schema(example = "94.9%-92%")]
    then: String,
    /// Whether there are too few possible sessions to conclude anything.
    few_sessions: bool,
}

/// List pupils at risk
///
/// Pupils for whom a few more missed sessions would mean a lower band, so that something is done before it happens.
#[utoipa::path(tag = "reports", security(("token" = ["report:read"])),
    params(SchoolId, AtRiskQuery),
    responses((status = 200, description = "Pupils at risk.", body = AtRisk),
        refusal::NoCalendar))]
#[get("/v1/schools/{school_id}/reports/at-risk")]
pub async fn at_risk(
    caller: May<ReadReport>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    request: HttpRequest,
    path: Path<SchoolId>,
    params: Query<AtRiskQuery>,
) -> Result<HttpResponse> {
    let scope = caller.scope().clone();
    let AtRiskQuery { day: asked, sessions, band, limit, cursor } = params.0;
    let until = day_of_list(&app, &scope, path.0, asked).await?;
    if sessions.is_some_and(|sessions| !(1..=MOST).contains(&sessions)) {
        let expected = format!("a number from 1 to {MOST}");
        return Err(Problem::at(Kind::BadQuery, "?sessions", expected));
    }
    let filter = (path.0, until, sessions, &band);
    let slice = Slice::<(u32, PupilId)>::read(limit, cursor.as_deref(), &filter)?;
    let days = Days { from: until, to: until };
    let bands = move |tx: &mut Tx| SchoolBands::read(tx, path.0, until);
    let (frame, bands) = Frame::read_with(&counting, &scope, path.0, days, bands).await?;
    let sessions = sessions.unwrap_or(bands.at_risk());
    let figures = frame.figures();
    let found = figures.on_roll().filter_map(|member| {
        let rate = figures.rates(member.enrolment_id(), until).over(bands.over())?;
        let (more, then) = bands.falls_after(rate, sessions)?;
        let wanted = band.as_deref().is_none_or(|band| band == bands.name(rate));
        wanted.then_some(((more, member.pupil_id()), (member, rate, then)))
    });
    let kept = after(&slice, found.collect());
    let ids: Vec<PupilId> = kept.iter().map(|((_, pupil), _)| *pupil).collect();
    let people = People::of(&app, &scope, path.0, ids).await?;
    let pupils = page(&slice, kept, |((leaves_after, _), (member, rate, then))| AtRiskPupil {
        pupil: people.listed(member, until),
        attendance: rate.into(),
        band: bands.name(rate).to_owned(),
        leaves_after,
        then: then.to_owned(),
        few_sessions: bands.is_few(rate),
    });
    let (head, policy) = (frame.head(BASIS, Vec::new()), bands.answer());
    let over = As(bands.over());
    Ok(pupils.answer_in(&request, |pupils| AtRisk { head, policy, sessions, over, pupils }))
}
