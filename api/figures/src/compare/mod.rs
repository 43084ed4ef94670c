//! Compare: the schools of a phase side by side, fairly and in words.

mod answer;
mod measure;
mod says;

use analytics::{Block, By, Comparing, Level, Measure, compare as count};
use domain::{Characteristic, Definition, WindowKind};

use self::answer::{CompareAnswer, CompareAsked};
use super::blocks::{Built, YearRead};
use super::finished::{finished, json};
use super::{dimension, known};
use crate::Counting;
use crate::dimension::{Dimension, MeasureName};
use base::cache::Key;
use base::operation::*;
use school::tenants;

/// Of a hundred half days, how many need a mark in a school that is ranked, unless the caller says otherwise.
const FLOOR: u8 = 95;

/// The question.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CompareQuery {
    /// Academic year: 2026 for 2026/27; the present one when absent.
    #[param(value_type = Option<i16>)]
    year: Option<AcademicYear>,
    /// The window: `year-to-date` (when absent), `half-term-1`, `term-1` or a week such as `2026-W37`.
    window: Option<String>,
    /// What is compared; absence when absent.
    measure: Option<MeasureName>,
    /// What to count; as the Department for Education does in its daily figures when absent.
    #[param(value_type = Option<words::Definition>)]
    definition: Option<Definition>,
    /// Show only these schools, ids with commas between; they are still compared with all of their phase that you see.
    schools: Option<String>,
    /// Only schools of these phases, with commas between.
    #[param(style = Form, explode = false, value_type = Option<Vec<words::Phase>>)]
    phases: Option<String>,
    /// What schools are made alike by: up to three of these that pupils differ in, with commas between;
    /// `year_group,fsm,sen` when absent.
    #[param(style = Form, explode = false, value_type = Option<Vec<Dimension>>)]
    standard: Option<String>,
    /// Of a hundred half days that should have a mark, how many must have one in a school that is ranked: 95 when
    /// absent.
    floor: Option<u8>,
    /// As everything was known on this instant, such as `2026-11-18T09:00:00Z`.
    as_known_on: Option<DateTime<Utc>>,
}

/// Compare schools
///
/// The schools of each phase side by side: the rate and how sure it is, the change on last year's same period, each
/// group beside the rest, movement between bands of absence, and what the rate would be if the school's groups had the
/// rates that they have in all schools of the phase. Places are ranges: only what chance cannot explain is told apart.
#[utoipa::path(tag = "figures", security(("token" = ["analytics:read"])), params(CompareQuery),
    responses((status = 200, description = "The schools.", body = CompareAnswer)))]
#[get("/v1/analytics/compare")]
pub async fn compare(
    caller: May<ReadAnalytics>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    params: Query<CompareQuery>,
) -> Result<HttpResponse> {
    let clock = app.db.clock_of(caller.scope()).await?;
    let params = params.0;
    let year = params.year.map_or_else(|| tenants::today_year(&clock), Ok)?;
    let known = known::instant(&clock, params.as_known_on)?;
    let comparing = comparing(&params)?;
    let shown = dimension::filter(&[(By::School, &params.schools)], None, None)?;
    let shown = dimension::schools(&shown);
    let filter = dimension::filter(&[(By::Phase, &params.phases)], None, None)?;
    let scope = caller.scope().clone();
    let asking = counting.clone();
    let (this, last) = app
        .db
        .snapshot(&scope, move |tx| {
            let this = asking.read(tx, (&filter, Level::Enrolment), year, known)?;
            let last = year.previous();
            let last = last.map(|last| asking.read(tx, (&filter, Level::Enrolment), last, known));
            Ok((this, last.transpose()?))
        })
        .await?;
    if shown.iter().flatten().any(|school| !this.schools.contains_key(school)) {
        return Err(Problem::not_found());
    }
    let parts = [
        format!("{comparing:?} {shown:?}"),
        format!("{} {}", comparing.definition.version(), app.codes.version()),
        this.key(),
        last.as_ref().map_or_else(String::new, YearRead::key),
    ];
    let key = Key::new(&scope, "compare", &parts);
    let codes = app.codes.version();
    let answer = finished(&counting, key, move |counting| {
        let build = |standing| counting.blocks.build(scope.trust(), &counting.pool, standing);
        let this = build(this)?;
        let last = last.map(build).transpose()?;
        let pairs = pairs(&this, last.as_ref());
        let compared = count(&counting.pool, &pairs, &comparing).map_err(Problem::internal)?;
        let asked = CompareAsked { comparing: &comparing, shown, codes };
        serde_json::to_vec(&CompareAnswer::of(&asked, &this, compared)).map_err(Problem::internal)
    });
    Ok(json(&answer.await?))
}

/// The blocks of this year, each with that of last year if there is one.
fn pairs(this: &Built, last: Option<&Built>) -> Vec<(Arc<Block>, Option<Arc<Block>>)> {
    let of = |school| {
        let mut blocks = last.iter().flat_map(|last| &last.blocks);
        blocks.find(|block| block.school() == school).cloned()
    };
    this.blocks.iter().map(|block| (block.clone(), of(block.school()))).collect()
}

fn comparing(params: &CompareQuery) -> Result<Comparing> {
    let key = params.window.as_deref().unwrap_or("year-to-date");
    let window = dimension::window(key)?;
    let measure = params.measure.map_or(Measure::Absence, |measure| *measure);
    if window == WindowKind::Week && measure::is_over_time(measure) {
        let expected =
            "another window than a week: persistent and severe absence are measures over time";
        return Err(Problem::at(Kind::BadQuery, "?window", expected));
    }
    let standard = match params.standard.as_deref() {
        Some(text) => dimension::standard(text)?,
        None => [
            By::YearGroup,
            By::Characteristic(Characteristic::Fsm),
            By::Characteristic(Characteristic::Sen),
        ]
        .map(Some),
    };
    let floor = params.floor.unwrap_or(FLOOR);
    if floor > 100 {
        return Err(Problem::at(Kind::BadQuery, "?floor", "a whole number from 0 to 100"));
    }
    Ok(Comparing {
        definition: params.definition.unwrap_or(Definition::DfeDaily),
        measure,
        window,
        key: key.to_owned(),
        standard,
        floor: floor.into(),
    })
}
