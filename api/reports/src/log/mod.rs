//! The log of a school, a case or a pupil: who did what, when and why, in the shape of a log that is kept on paper
//! (rule H-12): cases step by step, and what stands beside them. What is confidential is visible only with
//! `safeguarding:read`.

mod entered;
mod entry;
mod gather;
mod letters;
pub mod record_log_entered;
mod said;
mod steps;
mod things;

use domain::Days;
use domain::policy::word::Keeps;

use self::entry::{LogEntry, LogFilter, Place, span};
use self::gather::entries;
use super::attendance::page;
use super::csv::{self, cell};
use super::frame::{ReportFormat, period, today};
use base::operation::*;
use school::policies::{self, Part};
use school::tenants::{self, SchoolRow};

const BASIS: &str = "What was recorded on these days, in the order in which it was: every step of a case with its rule and \
    the counts behind it, letters decided on and how they stand now, what was to be done, every attempt to do it, every \
    attempt to reach a parent, how meetings, plans, visits, monitoring periods, referrals and penalty notices stood, what \
    teachers and others said, reasons that were accepted, decisions about letters that were held, and letters that were \
    stopped. What is confidential of meetings and visits stands with them alone.";
/// What it does not hold for everybody else.
const LEFT_OUT: &str = " Why people decided so, and which reasons were accepted, is for those who lead on safeguarding.";

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LogExportQuery {
    /// The first day; 30 days before the last when absent.
    from: Option<NaiveDate>,
    /// The last day, in the same school year; today when absent.
    to: Option<NaiveDate>,
    /// Only this case.
    case_id: Option<CaseId>,
    /// Only this pupil.
    pupil_id: Option<PupilId>,
    /// How it is answered: as JSON, page by page, when absent; as CSV all at once.
    format: Option<ReportFormat>,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// The log.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogExport {
    /// The school.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// Its name.
    #[schema(example = "Elm Bank Primary School")]
    school: String,
    /// The first day.
    from: NaiveDate,
    /// The last day.
    to: NaiveDate,
    /// What the log holds.
    basis: String,
    /// The rules by which the school's policy promises it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["H-12"]))]
    rules: Vec<String>,
    /// The entries, earliest first.
    entries: Page<LogEntry>,
}

/// The columns of the log as CSV.
const HEADER: [&str; 15] = [
    "date", "time", "pupil_id", "pupil", "class", "case", "stage", "rule", "kind", "what",
    "because", "who", "role", "entry", "entered",
];

/// Read the log
///
/// Who did what, when and why, for the file of a case or for the safeguarding system. Times are those on the school's
/// wall.
#[utoipa::path(tag = "reports", security(("token" = ["report:read"])),
    params(SchoolId, LogExportQuery),
    responses((status = 200, description = "The log.",
        content((LogExport = "application/json"), (String = "text/csv")))))]
#[get("/v1/schools/{school_id}/reports/log")]
pub async fn log_export(
    caller: May<ReadReport>,
    app: web::Data<App>,
    request: HttpRequest,
    path: Path<SchoolId>,
    params: Query<LogExportQuery>,
) -> Result<HttpResponse> {
    let scope = caller.scope().clone();
    let LogExportQuery { from, to, case_id, pupil_id, format, limit, cursor } = params.0;
    let days = period((from, to), today(&app, &scope, path.0).await?)?;
    let Days { from, to } = days;
    let filter = (path.0, from, to, case_id, pupil_id);
    let slice = Slice::<Place>::read(limit, cursor.as_deref(), &filter)?;
    let whole = caller.sees_confidential(&app);
    let (after, most) = match format {
        None | Some(ReportFormat::Json) => (slice.after, slice.fetch()),
        Some(ReportFormat::Csv) => (None, i64::MAX),
    };
    let school_id = path.0;
    let read = app.db.snapshot(&scope, move |tx| {
        let school = tenants::school(tx, school_id)?;
        let rules = promised(tx, school_id, to)?;
        let span = span(&school, days)?;
        let wanted = LogFilter { school_id, days, span, case_id, pupil_id, whole, after, most };
        let found = entries(tx, &school, &wanted)?;
        Ok((school, rules, found))
    });
    let (school, rules, found) = read.await?;
    if format == Some(ReportFormat::Csv) {
        let name = format!("log-{}-{from}-{to}", school.urn);
        let rows = found.into_iter().map(|(_, entry)| row(&school, entry));
        let rows: Vec<Vec<String>> = rows.collect::<Result<_>>()?;
        return csv::answer(&name, &HEADER, rows.into_iter());
    }
    let entries = page(&slice, found, |(_, entry)| entry);
    Ok(entries.answer_in(&request, |entries| LogExport {
        school_id,
        school: school.name,
        from,
        to,
        basis: [BASIS, if whole { "" } else { LEFT_OUT }].concat(),
        rules,
        entries,
    }))
}

/// The rules by which the policy that a school follows on a day promises a log.
fn promised(tx: &mut Tx, school_id: SchoolId, day: NaiveDate) -> Result<Vec<String>> {
    let follows = policies::assigned(tx, school_id, Part::Pathway, day)?;
    let row = follows.as_ref().and_then(|follows| follows.policy.promise(Keeps::Record));
    Ok(row.map(|row| row.rule.clone()).into_iter().collect())
}

fn row(school: &SchoolRow, entry: LogEntry) -> Result<Vec<String>> {
    let wall = school.wall(entry.at)?;
    let told = |one: &entered::LogEntered| {
        let at = school.wall(one.entered_at)?.format("%Y-%m-%d %H:%M");
        Ok::<_, Problem>(format!("{}: {at}, {}", one.system, one.recorded_by))
    };
    let entered = entry.entered.iter().map(told).collect::<Result<Vec<String>>>()?;
    Ok(vec![
        wall.date().to_string(),
        wall.format("%H:%M").to_string(),
        cell(entry.pupil_id),
        cell(entry.pupil),
        cell(entry.class),
        cell(entry.case_id),
        cell(entry.stage),
        cell(entry.rule),
        entry.kind.to_string(),
        entry.what,
        entry.because.join("; "),
        entry.who,
        cell(entry.role),
        entry.entry,
        entered.join("; "),
    ])
}
