//! The half-termly summary for governors and councillors: figures, groups and words, and no child in any of them (rule
//! H-councillors).

use analytics::{Block, By, Individual, Value};
use domain::policy::word::For;
use domain::{Characteristic, Definition, Rate, Window, WindowKind};

use super::bands::SchoolBands;
use super::frame::{Frame, ReportHead};
use super::small_numbers::{LEAST, is_shown, left_out, shares_left_out};
use base::operation::*;
use figures::{Counting, Dimension, Percentages, group_key, group_label};

const BASIS: &str = "One half term that has ended, the one before it, and the school year up to its end. Groups are those \
    of the half term's last register. Persistent absence is missing 10% or more of one's own possible sessions of the \
    period. Groups of fewer than 5 pupils are left out, and those in which nobody missed anything; so are persistent \
    absentees where they are fewer than 5 or all but fewer than 5. With them go the next smallest, so that nothing can \
    be told from the totals. The same summary is shown to everybody.";

/// What is counted: what the nation's figures count.
const DEFINITION: Definition = Definition::DfeDaily;

/// What the groups are.
const GROUPS: [By; 5] = [
    By::YearGroup,
    By::Sex,
    By::Characteristic(Characteristic::Fsm),
    By::Characteristic(Characteristic::Sen),
    By::Characteristic(Characteristic::Eal),
];

/// Which half term.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GovernorsSummaryQuery {
    /// Academic year: 2026 for 2026/27; the present one when absent.
    #[param(value_type = Option<i16>)]
    year: Option<AcademicYear>,
    /// The half term by its key, such as `half-term-1`; the last that has ended when absent.
    half_term: Option<String>,
}

/// The summary.
#[derive(Debug, Serialize, ToSchema)]
pub struct GovernorsSummary {
    /// What the report says of itself.
    #[serde(flatten)]
    head: ReportHead,
    /// The half term.
    #[schema(example = "half-term-1")]
    half_term: String,
    /// In words.
    #[schema(example = "Autumn term, first half")]
    label: String,
    /// The school over the half term.
    this_half_term: SummaryCell,
    /// The school over the half term before; absent for the first of the year.
    #[serde(skip_serializing_if = "Option::is_none")]
    half_term_before: Option<SummaryCell>,
    /// The school from the beginning of the year to the end of the half term.
    year_to_date: SummaryCell,
    /// The same half term, group by group.
    groups: Vec<SummaryGroups>,
    /// Ready sentences, with no child's name in them.
    text: Vec<String>,
}

/// Figures over a period.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct SummaryCell {
    /// Pupils with a possible session; absent when they are fewer than 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 412)]
    pupils: Option<u32>,
    /// Possible sessions.
    #[serde(skip_serializing_if = "Option::is_none")]
    possible: Option<u64>,
    /// Sessions missed.
    #[serde(skip_serializing_if = "Option::is_none")]
    absent: Option<u64>,
    /// Sessions missed without authorisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    unauthorised: Option<u64>,
    /// Attendance in percent, rounded to one decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "94.1")]
    attendance_percent: Option<String>,
    /// Persistent absentees; absent when they could be told apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 61)]
    persistent: Option<u32>,
    /// Persistent absentees in percent of the pupils, rounded to one decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "14.8")]
    persistent_percent: Option<String>,
}

/// The groups of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummaryGroups {
    /// What they are.
    by: Dimension,
    /// Each group.
    cells: Vec<SummaryGroup>,
}

/// A group.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummaryGroup {
    /// Its key.
    #[schema(example = "yes")]
    key: String,
    /// In words.
    #[schema(example = "Eligible for free school meals")]
    label: String,
    /// Its figures.
    #[serde(flatten)]
    figures: SummaryCell,
}

/// Read the governors' summary
///
/// How a school did over a half term, without a child's name and without numbers so small that a child could be told.
#[utoipa::path(tag = "reports", security(("token" = ["analytics:read"])),
    params(SchoolId, GovernorsSummaryQuery),
    responses((status = 200, description = "The summary.", body = GovernorsSummary),
        refusal::NoCalendar))]
#[get("/v1/schools/{school_id}/reports/governors")]
pub async fn governors_summary(
    caller: May<ReadAnalytics>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    path: Path<SchoolId>,
    params: Query<GovernorsSummaryQuery>,
) -> Result<HttpResponse> {
    let scope = caller.scope().clone();
    let GovernorsSummaryQuery { year, half_term } = params.0;
    let (frame, today) = Frame::of_year(&counting, &scope, path.0, year).await?;
    let window = ended(&frame, half_term.as_deref(), today)?;
    let frame = frame.over(&window);
    let to = window.to;
    let bands = app.db.snapshot(&scope, move |tx| SchoolBands::read(tx, path.0, to)).await?;
    let head =
        frame.head_of(DEFINITION, Percentages::Rounded, BASIS, bands.rules_about(For::School));
    Ok(HttpResponse::Ok().json(summary(head, frame.block(), &window)))
}

/// The half term of that key, or the last, of those that have ended.
fn ended(frame: &Frame, key: Option<&str>, today: NaiveDate) -> Result<Window> {
    let mut windows = frame.block().calendar().windows(WindowKind::HalfTerm);
    windows.retain(|window| window.to < today);
    let found = match key {
        Some(key) => windows.into_iter().find(|window| window.key == key),
        None => windows.pop(),
    };
    let expected = "a half term of that year that has ended, such as half-term-1";
    found.ok_or_else(|| Problem::at(Kind::BadQuery, "?half_term", expected))
}

fn summary(head: ReportHead, block: &Block, window: &Window) -> GovernorsSummary {
    let over = |from, to| cell(&pupils(block, from, to));
    let mut before = block.calendar().windows(WindowKind::HalfTerm);
    before.retain(|one| one.to < window.from);
    let before = before.last().map(|window| over(window.from, window.to));
    let now = pupils(block, window.from, window.to);
    let school = cell(&now);
    let day = block.status_day(window.to);
    let year_to_date = over(block.year().first_day(), window.to);
    GovernorsSummary {
        text: text(&window.label, &school, before.as_ref(), &year_to_date),
        groups: GROUPS.map(|by| groups(by, &now, day, &school)).into(),
        head,
        half_term: window.key.clone(),
        label: window.label.clone(),
        this_half_term: school,
        half_term_before: before,
        year_to_date,
    }
}

/// Everybody with a possible session on some days.
fn pupils(block: &Block, from: NaiveDate, to: NaiveDate) -> Vec<Individual<'_>> {
    block.individuals(DEFINITION, from, to).filter(|one| one.possible > 0).collect()
}

fn persistent(pupils: &[Individual<'_>]) -> (u32, u32) {
    let found = pupils.iter().filter(|one| one.persistent()).count();
    let narrow = |count| u32::try_from(count).unwrap_or(u32::MAX);
    (narrow(found), narrow(pupils.len()))
}

/// The figures of some pupils, as far as they are shown.
fn cell(pupils: &[Individual<'_>]) -> SummaryCell {
    let (part, whole) = persistent(pupils);
    if whole < LEAST {
        return SummaryCell::default();
    }
    let sum = |of: fn(&Individual<'_>) -> u32| -> u64 {
        pupils.iter().map(|one| u64::from(of(one))).sum()
    };
    let (possible, absent) = (sum(|one| one.possible), sum(|one| one.absent));
    let share = Rate::of(part.into(), whole.into()).filter(|_| is_shown((part, whole)));
    SummaryCell {
        pupils: Some(whole),
        possible: Some(possible),
        absent: Some(absent),
        unauthorised: Some(sum(|one| one.unauthorised)),
        attendance_percent: Rate::of(absent, possible).map(Rate::attendance_rounded),
        persistent: share.map(|_| part),
        persistent_percent: share.map(Rate::rounded),
    }
}

/// The groups of one kind, with what could be told from the school's own figures left out.
fn groups(by: By, all: &[Individual<'_>], day: NaiveDate, school: &SummaryCell) -> SummaryGroups {
    let mut inside: BTreeMap<Option<Value>, Vec<Individual<'_>>> = BTreeMap::new();
    for one in all {
        inside.entry(one.enrolment.value(by, day)).or_default().push(*one);
    }
    let shares: Vec<(u32, u32)> = inside.values().map(|pupils| persistent(pupils)).collect();
    let sizes: Vec<u32> = shares.iter().map(|(_, whole)| *whole).collect();
    // Where nothing was missed, nobody was persistently absent, and the others' number is the school's.
    let all_there = |pupils: &Vec<Individual<'_>>| pupils.iter().all(|one| one.absent == 0);
    let telling: Vec<bool> = inside.values().map(all_there).collect();
    let gone = left_out(&sizes, &telling);
    let shares_gone = match school.persistent {
        Some(_) => shares_left_out(&shares, &gone),
        None => vec![true; shares.len()],
    };
    let cells = inside.into_iter().zip(gone).zip(shares_gone).map(
        |(((value, pupils), gone), share_gone)| {
            let mut figures = if gone { SummaryCell::default() } else { cell(&pupils) };
            if share_gone {
                (figures.persistent, figures.persistent_percent) = (None, None);
            }
            SummaryGroup {
                key: value.map_or_else(|| "none".to_owned(), group_key),
                label: value.and_then(group_label).unwrap_or_else(|| "Not known".to_owned()),
                figures,
            }
        },
    );
    SummaryGroups { by: Dimension::of(by), cells: cells.collect() }
}

/// What the figures say, for the agenda and the minutes.
fn text(
    label: &str,
    now: &SummaryCell,
    before: Option<&SummaryCell>,
    year: &SummaryCell,
) -> Vec<String> {
    let mut text = Vec::new();
    if let (Some(percent), Some(absent), Some(possible)) =
        (&now.attendance_percent, now.absent, now.possible)
    {
        text.push(format!(
            "{label}: attendance was {percent}%; {absent} of {possible} possible sessions were missed."
        ));
    }
    if let Some(percent) = before.and_then(|before| before.attendance_percent.as_ref()) {
        text.push(format!("In the half term before it was {percent}%."));
    }
    if let Some(percent) = &year.attendance_percent {
        text.push(format!("From September to its end it was {percent}%."));
    }
    if let (Some(persistent), Some(pupils), Some(percent)) =
        (now.persistent, now.pupils, &now.persistent_percent)
    {
        text.push(format!(
            "{persistent} of {pupils} pupils ({percent}%) missed 10% or more of the half term."
        ));
    }
    text
}
