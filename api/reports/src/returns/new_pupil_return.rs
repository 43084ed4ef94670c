//! The new pupil return: whose name came on the admission register, and by when the local authority has to know.

use analytics::EnrolmentYear;

use super::super::csv;
use super::super::frame::{Frame, ReportFormat, ReportHead, period, today};
use super::answer::{Entry, answer, entries};
use super::reported::{ReportedPupil, ReturnLaw, before_the_law, law};
use base::operation::*;
use figures::{Counting, Enrolled};

const BASIS: &str = "Pupils of any age whose first day on roll, the day on which a name comes on the admission register, \
    lies in the period. The return is due by the end of the fifth day after it. Pupils who start in the most junior year \
    group by the first day of the school year are the normal intake: they are listed only on request, for it is \
    reported only when the local authority asks.";

/// Which period.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NewPupilReturnQuery {
    /// The first day; 30 days before the last when absent.
    from: Option<NaiveDate>,
    /// The last day, in the same school year; today when absent.
    to: Option<NaiveDate>,
    /// Whether the normal intake is listed too, as when the local authority asks for it.
    #[serde(default)]
    #[param(inline)]
    intake: bool,
    /// How it is answered; as JSON when absent.
    format: Option<ReportFormat>,
}

/// The new pupil return.
#[derive(Serialize, ToSchema)]
pub struct NewPupilReturn {
    /// What the return says of itself.
    #[serde(flatten)]
    head: ReportHead,
    /// The rule.
    law: ReturnLaw,
    /// Pupils of the normal intake in the period, listed or not.
    #[schema(example = 60)]
    normal_intake: usize,
    /// The pupils, earliest first day first.
    entries: Vec<NewPupilEntry>,
}

/// A pupil to be reported.
#[derive(Serialize, ToSchema)]
pub struct NewPupilEntry {
    /// The pupil.
    #[serde(flatten)]
    pupil: ReportedPupil,
    /// The last day for the return; absent for the normal intake, for which the local authority says.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<NaiveDate>,
    /// Whether the pupil is of the normal intake.
    normal_intake: bool,
}

impl Entry for NewPupilEntry {
    const FILE: &'static str = "new-pupil-return";
    const OWN: &'static [&'static str] = &["due", "normal_intake"];

    fn pupil(&self) -> &ReportedPupil {
        &self.pupil
    }

    fn rows(&self) -> Vec<Vec<String>> {
        vec![vec![csv::cell(self.due), self.normal_intake.to_string()]]
    }
}

/// Read the new pupil return
#[utoipa::path(tag = "reports", security(("token" = ["report:read"])),
    params(SchoolId, NewPupilReturnQuery),
    responses((status = 200, description = "The return.",
        content((NewPupilReturn = "application/json"), (String = "text/csv"))),
        refusal::NoCalendar))]
#[get("/v1/schools/{school_id}/returns/new-pupils")]
pub async fn new_pupil_return(
    caller: May<ReadReport>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    path: Path<SchoolId>,
    params: Query<NewPupilReturnQuery>,
) -> Result<HttpResponse> {
    let scope = caller.scope().clone();
    let NewPupilReturnQuery { from, to, intake, format } = params.0;
    let days = period((from, to), today(&app, &scope, path.0).await?)?;
    let national = law()?;
    let rule = national.new_pupil_return(days.to).ok_or_else(before_the_law)?;
    let frame = Frame::read(&counting, &scope, path.0, days).await?;
    let mut new: Vec<(&EnrolmentYear, bool)> = frame
        .block()
        .members()
        .filter(|member| days.contains(member.first_day))
        .map(|member| (member, is_normal_intake(&frame, member)))
        .collect();
    new.sort_by_key(|(member, _)| (member.first_day, member.enrolment_id()));
    let normal_intake = new.iter().filter(|(_, normal)| *normal).count();
    new.retain(|(_, normal)| intake || !normal);
    let say = |pupil, member: &EnrolmentYear, normal_intake| {
        let due = rule.due(member.first_day, normal_intake);
        Some(NewPupilEntry { pupil, due, normal_intake })
    };
    let entries = entries((&app, &scope), &frame, new, say).await?;
    let law = ReturnLaw { days: Some(rule.days), ..ReturnLaw::of(rule.from, &rule.reference) };
    let head = frame.head(BASIS, Vec::new());
    answer(&frame, format, entries, |entries| NewPupilReturn { head, law, normal_intake, entries })
}

/// Whether a pupil starts in the most junior year group of the school, by the first day of its school year.
fn is_normal_intake(frame: &Frame, member: &EnrolmentYear) -> bool {
    let year_group = |member: &EnrolmentYear| member.placements.first().map(|one| one.year_group);
    let year = frame.block().year();
    let open = frame.block().calendar().open_half_days();
    let first_day = open.iter().next().map(|half_day| half_day.date(year));
    let most_junior = frame.block().members().filter_map(|member| {
        let placed = member.placements.iter().rfind(|one| one.from <= year.last_day());
        placed.map(|one| one.year_group)
    });
    first_day.is_some_and(|first_day| member.first_day <= first_day)
        && year_group(member).is_some()
        && year_group(member) == most_junior.min()
}
