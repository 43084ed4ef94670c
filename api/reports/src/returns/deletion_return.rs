//! The deletion return: whose name goes from the admission register, before it does.

use analytics::EnrolmentYear;
use chrono::{Datelike, Months};
use domain::Days;

use super::super::csv;
use super::super::frame::{Frame, ReportFormat, ReportHead, today, within_year};
use super::answer::{Entry, answer, entries};
use super::reported::{ReportedPupil, ReturnLaw, before_the_law, law};
use base::operation::*;
use figures::{Counting, Enrolled};
use roll::pupils;
use school::tenants;

const BASIS: &str = "Pupils whose last day on roll lies in the period, which may lie ahead: the return is made when the \
    name is deleted, and not later. The ground for it, and what is known of a new school or address outside the trust, \
    a person adds. Pupils who leave in the most senior year group on or after the last day of the summer term have \
    completed the school's final year: they are listed only on request, for they are reported only when the local \
    authority asks.";

/// Which period.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeletionReturnQuery {
    /// The first day; the first of today's month when absent.
    from: Option<NaiveDate>,
    /// The last day, in the same school year, also ahead; the last of today's month when absent.
    to: Option<NaiveDate>,
    /// Whether pupils who have completed the school's final year are listed too, as when the local authority asks.
    #[serde(default)]
    #[param(inline)]
    final_year: bool,
    /// How it is answered; as JSON when absent.
    format: Option<ReportFormat>,
}

/// The deletion return.
#[derive(Serialize, ToSchema)]
pub struct DeletionReturn {
    /// What the return says of itself.
    #[serde(flatten)]
    head: ReportHead,
    /// The rule.
    law: ReturnLaw,
    /// Pupils who have completed the final year, listed or not.
    #[schema(example = 58)]
    final_year: usize,
    /// The pupils, earliest last day first.
    entries: Vec<DeletionEntry>,
}

/// A pupil to be reported.
#[derive(Serialize, ToSchema)]
pub struct DeletionEntry {
    /// The pupil.
    #[serde(flatten)]
    pupil: ReportedPupil,
    /// The day by which the return has to be made: the last on roll.
    due: NaiveDate,
    /// Whether the pupil has completed the school's final year.
    final_year: bool,
    /// The pupil's next school of the trust, as far as the caller may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_school: Option<NextSchool>,
}

impl Entry for DeletionEntry {
    const FILE: &'static str = "deletion-return";
    const OWN: &'static [&'static str] =
        &["due", "final_year", "next_school", "next_school_first_day"];

    fn pupil(&self) -> &ReportedPupil {
        &self.pupil
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let next = self.next_school.as_ref();
        vec![vec![
            self.due.to_string(),
            self.final_year.to_string(),
            csv::cell(next.map(|next| &next.school)),
            csv::cell(next.map(|next| next.first_day)),
        ]]
    }
}

/// Where a pupil goes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NextSchool {
    /// The school.
    #[schema(example = 8)]
    school_id: SchoolId,
    /// Its name.
    #[schema(example = "Elm Bank Secondary School")]
    school: String,
    /// The first day there.
    first_day: NaiveDate,
}

/// Read the deletion return
#[utoipa::path(tag = "reports", security(("token" = ["report:read"])),
    params(SchoolId, DeletionReturnQuery),
    responses((status = 200, description = "The return.",
        content((DeletionReturn = "application/json"), (String = "text/csv"))),
        refusal::NoCalendar))]
#[get("/v1/schools/{school_id}/returns/deletions")]
pub async fn deletion_return(
    caller: May<ReadReport>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    path: Path<SchoolId>,
    params: Query<DeletionReturnQuery>,
) -> Result<HttpResponse> {
    let scope = caller.scope().clone();
    let DeletionReturnQuery { from, to, final_year: all, format } = params.0;
    let month = month_of(today(&app, &scope, path.0).await?);
    let to = to.unwrap_or(month.to);
    let days = within_year((from.unwrap_or(month.from.min(to)), to))?;
    let national = law()?;
    let rule = national.deletion_return(days.to).ok_or_else(before_the_law)?;
    let frame = Frame::read(&counting, &scope, path.0, days).await?;
    let mut leaving: Vec<(&EnrolmentYear, (NaiveDate, bool))> = frame
        .block()
        .members()
        .filter_map(|member| {
            let last = member.last_day.filter(|last| days.contains(*last))?;
            Some((member, (last, completes(&frame, member, last))))
        })
        .collect();
    leaving.sort_by_key(|(member, (last, _))| (*last, member.enrolment_id()));
    let final_year = leaving.iter().filter(|(_, (_, completed))| *completed).count();
    leaving.retain(|(_, (_, completed))| all || rule.final_year || !completed);
    let members: Vec<EnrolmentYear> = leaving.iter().map(|(member, _)| (*member).clone()).collect();
    let next = app.db.snapshot(&scope, move |tx| next_schools(tx, path.0, &members));
    let mut next = next.await?;
    let say = |pupil, member: &EnrolmentYear, (due, final_year)| {
        let next_school = next.remove(&member.enrolment_id());
        Some(DeletionEntry { pupil, due, final_year, next_school })
    };
    let entries = entries((&app, &scope), &frame, leaving, say).await?;
    let law = ReturnLaw::of(rule.from, &rule.reference);
    let head = frame.head(BASIS, Vec::new());
    answer(&frame, format, entries, |entries| DeletionReturn { head, law, final_year, entries })
}

/// The month that a day lies in.
fn month_of(day: NaiveDate) -> Days {
    let from = day.with_day(1).unwrap_or(day);
    let next = from.checked_add_months(Months::new(1));
    Days { from, to: next.and_then(|next| next.pred_opt()).unwrap_or(day) }
}

/// Whether a pupil who leaves on a day has completed the final year of the school.
fn completes(frame: &Frame, member: &EnrolmentYear, last: NaiveDate) -> bool {
    let year_group = |member: &EnrolmentYear| member.placements.last().map(|one| one.year_group);
    let most_senior = frame.block().members().filter_map(year_group).max();
    let open = frame.block().calendar().open_half_days();
    let last_day = open.iter().last().map(|half_day| half_day.date(frame.block().year()));
    last_day.is_some_and(|day| day <= last)
        && most_senior.is_some()
        && year_group(member) == most_senior
}

/// The schools to which pupils go, by the enrolment that they leave.
fn next_schools(
    tx: &mut Tx,
    school_id: SchoolId,
    members: &[EnrolmentYear],
) -> Result<BTreeMap<EnrolmentId, NextSchool>> {
    let pupils: Vec<PupilId> = members.iter().map(|member| member.pupil_id()).collect();
    let stays = pupils::stays_of_pupils(tx, &pupils)?;
    let schools = tenants::schools(tx)?.into_iter().map(|school| (school.school_id, school.name));
    let schools: BTreeMap<SchoolId, String> = schools.collect();
    let next = |member: &EnrolmentYear| {
        let stay = stays.iter().find(|stay| {
            stay.pupil_id == member.pupil_id()
                && stay.school_id != school_id
                && Some(stay.first_day) >= member.last_day
        })?;
        let (school_id, first_day) = (stay.school_id, stay.first_day);
        let school = schools.get(&school_id)?.clone();
        Some((member.enrolment_id(), NextSchool { school_id, school, first_day }))
    };
    Ok(members.iter().filter_map(next).collect())
}
