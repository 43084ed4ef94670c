//! The list for the agenda of the senior leadership team: attendance and persistent absentees, each fortnight (rule
//! S-21).

use analytics::EnrolmentYear;
use domain::policy::word::Every;
use domain::{Band, Days, Percent, Rate};

use super::attendance::{Attended, Lowest, after, is_persistent, is_severe, page};
use super::bands::{ReportPolicy, SchoolBands};
use super::frame::{Frame, ReportHead, day_of_list};
use super::people::{ListedPupil, People};
use super::standing::{CaseStanding, standings};
use base::operation::*;
use figures::{Counting, Enrolled, pooled};

const BASIS: &str = "Pupils on roll on the day who are in a band that the school's policy puts on the agenda each \
    fortnight, or are persistently absent: 10% or more of their own possible sessions of the school year missed, \
    compared exactly. Beside each the last 2 school weeks up to the day, and the 2 before. The school's figures pool \
    the sessions of everybody on roll that day.";

/// School weeks of a fortnight.
const FORTNIGHT: usize = 2;

/// Which day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SltListQuery {
    /// The day; today when absent.
    day: Option<NaiveDate>,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// Attendance and persistent absentees.
#[derive(Debug, Serialize, ToSchema)]
pub struct SltList {
    /// What the report says of itself. The rules are those that put it on the agenda.
    #[serde(flatten)]
    head: ReportHead,
    /// The policy whose bands they are; absent where the school follows none.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<ReportPolicy>,
    /// Everybody's attendance over the school year so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    year_to_date: Option<Attended>,
    /// Everybody's attendance over the last 2 school weeks.
    #[serde(skip_serializing_if = "Option::is_none")]
    fortnight: Option<Attended>,
    /// Pupils with a possible session this school year.
    #[schema(example = 412)]
    counted: u32,
    /// Those of them who are persistently absent.
    #[schema(example = 61)]
    persistent: u32,
    /// Those of them who are severely absent; they are among the persistent.
    #[schema(example = 5)]
    severe: u32,
    /// How many pupils are in each band, lowest first.
    bands: Vec<BandPupils>,
    /// The pupils, lowest attendance first.
    pupils: Page<SltPupil>,
}

/// The pupils of a band.
#[derive(Debug, Serialize, ToSchema)]
pub struct BandPupils {
    /// The band.
    #[schema(example = "94.9%-92%")]
    band: String,
    /// Where it begins.
    #[schema(value_type = String, example = "92%")]
    from: Percent,
    /// How many pupils are in it.
    #[schema(example = 44)]
    pupils: u32,
    /// Whether the policy puts its pupils on the agenda.
    on_agenda: bool,
    /// The rule of the policy that makes it a band.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "S-01")]
    rule: Option<String>,
    /// What its lower bound means, as the policy puts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "15 days (3 weeks) of a 190-day year missed, 60 lessons")]
    shown: Option<String>,
    /// Who is responsible for its pupils.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Attendance Lead and Senior Leadership Team")]
    responsible: Option<String>,
}

/// A pupil on the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct SltPupil {
    /// The pupil.
    #[serde(flatten)]
    pupil: ListedPupil,
    /// Over the school year so far.
    year_to_date: Attended,
    /// The band.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "94.9%-92%")]
    band: Option<String>,
    /// Whether 10% or more was missed.
    persistent: bool,
    /// Whether 50% or more was missed.
    severe: bool,
    /// Over the last 2 school weeks.
    #[serde(skip_serializing_if = "Option::is_none")]
    fortnight: Option<Attended>,
    /// Over the 2 before.
    #[serde(skip_serializing_if = "Option::is_none")]
    fortnight_before: Option<Attended>,
    /// The open case.
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<CaseStanding>,
}

/// Read the SLT list
///
/// The school's attendance, how many pupils are in each band, and those whom the leadership is to look at: with the
/// last fortnight, the one before, and where their cases stand.
#[utoipa::path(tag = "reports", security(("token" = ["report:read"])),
    params(SchoolId, SltListQuery),
    responses((status = 200, description = "The list.", body = SltList),
        refusal::NoCalendar))]
#[get("/v1/schools/{school_id}/reports/slt")]
pub async fn slt_list(
    caller: May<ReadReport>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    request: HttpRequest,
    path: Path<SchoolId>,
    params: Query<SltListQuery>,
) -> Result<HttpResponse> {
    let scope = caller.scope().clone();
    let SltListQuery { day: asked, limit, cursor } = params.0;
    let until = day_of_list(&app, &scope, path.0, asked).await?;
    let slice = Slice::<Lowest>::read(limit, cursor.as_deref(), &(path.0, until))?;
    let days = Days { from: until, to: until };
    let read = Frame::read_with(&counting, &scope, path.0, days, move |tx| {
        Ok((SchoolBands::read(tx, path.0, until)?, standings(tx, path.0)?))
    });
    let (frame, (bands, mut cases)) = read.await?;
    let agenda = bands.agenda(Every::Fortnight);
    let rows = rows(&frame, &bands, until);
    let on_agenda = |band: &str| agenda.bands.iter().any(|one| one == band);
    let listed = rows
        .iter()
        .filter(|row| is_persistent(row.year) || row.band.is_some_and(on_agenda))
        .map(|row| (Lowest::of(row.year, row.member.pupil_id()), row));
    let kept = after(&slice, listed.collect());
    let ids: Vec<PupilId> = kept.iter().map(|(_, row)| row.member.pupil_id()).collect();
    let people = People::of(&app, &scope, path.0, ids).await?;
    let pupils = page(&slice, kept, |(_, row)| SltPupil {
        pupil: people.listed(row.member, until),
        year_to_date: row.year.into(),
        band: row.band.map(str::to_owned),
        persistent: is_persistent(row.year),
        severe: is_severe(row.year),
        fortnight: row.fortnight.map(Into::into),
        fortnight_before: row.before.map(Into::into),
        case: cases.remove(&row.member.pupil_id()),
    });
    let head = frame.head(BASIS, agenda.rules.clone());
    Ok(pupils.answer_in(&request, |pupils| whole(head, &bands, &agenda.bands, &rows, pupils)))
}

/// A pupil on roll who has a figure, with what the list goes by.
struct Row<'a> {
    member: &'a EnrolmentYear,
    year: Rate,
    band: Option<&'a str>,
    fortnight: Option<Rate>,
    before: Option<Rate>,
}

fn rows<'a>(frame: &'a Frame, bands: &'a SchoolBands, until: NaiveDate) -> Vec<Row<'a>> {
    let figures = frame.figures();
    let [last, before] = figures.school_weeks(FORTNIGHT, until);
    let over = |enrolment, days: Option<Days>| {
        let Days { from, to } = days?;
        figures.rate(enrolment, from, to)
    };
    let row = |member: &'a EnrolmentYear| {
        let rates = figures.rates(member.enrolment_id(), until);
        Some(Row {
            member,
            year: rates.year?,
            band: rates.over(bands.over()).map(|rate| bands.name(rate)),
            fortnight: over(member.enrolment_id(), last),
            before: over(member.enrolment_id(), before),
        })
    };
    figures.on_roll().filter_map(row).collect()
}

fn whole(
    head: ReportHead,
    bands: &SchoolBands,
    agenda: &[String],
    rows: &[Row<'_>],
    pupils: Page<SltPupil>,
) -> SltList {
    let many = |wanted: &dyn Fn(&Row<'_>) -> bool| {
        u32::try_from(rows.iter().filter(|row| wanted(row)).count()).unwrap_or(u32::MAX)
    };
    let band = |band: &Band| {
        let told = bands.row(&band.name);
        BandPupils {
            band: band.name.clone(),
            from: band.from,
            pupils: many(&|row| row.band == Some(&band.name)),
            on_agenda: agenda.contains(&band.name),
            rule: told.map(|(row, _)| row.rule.clone()),
            shown: told.and_then(|(_, band)| band.shown.clone()),
            responsible: told.and_then(|(_, band)| band.responsible.clone()),
        }
    };
    SltList {
        head,
        policy: bands.answer(),
        year_to_date: pooled(rows.iter().map(|row| row.year)).map(Into::into),
        fortnight: pooled(rows.iter().filter_map(|row| row.fortnight)).map(Into::into),
        counted: many(&|_| true),
        persistent: many(&|row| is_persistent(row.year)),
        severe: many(&|row| is_severe(row.year)),
        bands: bands.bands.iter().map(band).collect(),
        pupils,
    }
}
