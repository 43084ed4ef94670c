//! The trend: attendance, absence and persistent absence over time, by school, class or any characteristic, up to three
//! of them crossed.

use std::collections::BTreeMap;

use ::analytics::{By, Query as Question};
use actix_web::{HttpResponse, get, web};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{AcademicYear, Definition, WindowKind};
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer::{Asked, TrendAnswer};
use super::blocks::Standing;
use super::finished::{finished, json};
use super::{Counting, dimension, known};
use crate::base::auth::May;
use crate::base::auth::permission::ReadAnalytics;
use crate::base::cache::Key;
use crate::base::db::{Scope, Tx};
use crate::base::http::json::Query;
use crate::base::problem::Problem;
use crate::base::state::App;
use crate::roll::pupils;
use crate::school::tenants;

/// The question.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Params {
    /// Academic year: 2026 for 2026/27; the present one when absent.
    #[param(value_type = Option<i16>)]
    year: Option<AcademicYear>,
    /// How to divide the series: `trust` (when absent), or up to three of `school`, `phase`, `year_group`, `class`, `sex`,
    /// `fsm`, `sen`, `eal`, `looked_after`, `child_in_need`, `service_child`, `boarder` and `registration`, with commas
    /// between: every combination that somebody is in.
    by: Option<String>,
    /// What counts as one for persistent and severe absence: `enrolment` (when absent), as the Department for Education
    /// counts, or `pupil`: who moved inside the trust once, with all sessions.
    level: Option<String>,
    /// How to divide time: `week`, `half_term` (when absent), `term` or `year_to_date`.
    #[param(value_type = Option<String>)]
    window: Option<WindowKind>,
    /// What to count: `dfe-daily` (when absent), `dfe-census` or `on-roll`.
    #[param(value_type = Option<String>)]
    definition: Option<Definition>,
    /// Only these schools: ids with commas between.
    schools: Option<String>,
    /// Only schools of these phases, with commas between.
    phases: Option<String>,
    /// Only these year groups, with commas between: 0 is reception.
    year_groups: Option<String>,
    /// Only these classes: ids with commas between.
    classes: Option<String>,
    /// Only pupils of this sex: `F`, `M` or `unrecorded`. As for all that follow, some with commas between.
    sex: Option<String>,
    /// Only pupils who are eligible for free school meals, `yes`, or are not, `no`.
    fsm: Option<String>,
    /// Only pupils with these special educational needs: `none`, `support` or `ehcp`.
    sen: Option<String>,
    /// Only pupils with English as an additional language, `yes`, or without, `no`.
    eal: Option<String>,
    /// Only pupils in the care of a local authority, `yes`, or not, `no`.
    looked_after: Option<String>,
    /// Only children in need, `yes`, or others, `no`.
    child_in_need: Option<String>,
    /// Only children of the armed forces, `yes`, or others, `no`.
    service_child: Option<String>,
    /// Only boarders, `yes`, or day pupils, `no`.
    boarder: Option<String>,
    /// Only pupils registered here alone, `single`, or at two schools: here as the `main` or the `subsidiary` one.
    registration: Option<String>,
    /// Only windows that reach this day or later.
    from: Option<NaiveDate>,
    /// Only windows that begin on this day or earlier.
    to: Option<NaiveDate>,
    /// As everything was known on this instant, such as `2026-11-18T09:00:00Z`: marks, registers, roll and calendars with
    /// all that was recorded later undone.
    as_known_on: Option<DateTime<Utc>>,
}

/// Read the trend
///
/// Every cell carries its counts beside its rates. A register that was saved before this request is in it.
#[utoipa::path(tag = "analytics", security(("token" = ["analytics:read"])), params(Params),
    responses((status = 200, description = "The trend.", body = TrendAnswer),
        (status = 400, description = "The query string could not be read.", body = crate::base::problem::ProblemBody, content_type = "application/problem+json")))]
#[get("/v1/analytics/trend")]
pub async fn trend(
    caller: May<ReadAnalytics>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    params: Query<Params>,
) -> Result<HttpResponse, Problem> {
    let params = params.0;
    let clock = app.db.clock_of(caller.scope()).await?;
    let year = params.year.map_or_else(|| tenants::today_year(&clock), Ok)?;
    let question = question(&params)?;
    let known = known::instant(&clock, params.as_known_on)?;
    let scope = caller.scope().clone();
    let (asking, wanted) = (counting.clone(), question.clone());
    let codes = app.codes.version();
    let (standing, asked) = app
        .db
        .snapshot(&scope, move |tx| {
            let standing = asking.read(tx, (&wanted.filter, wanted.level), year, known)?;
            let asked = asked(tx, codes, &wanted, &standing)?;
            Ok((standing, asked))
        })
        .await?;
    let key = key(&scope, &asked, &question, &standing);
    let answer = finished(&counting, key, move |counting| {
        let built = counting.blocks.build(scope.trust(), &counting.pool, standing)?;
        let trend = ::analytics::trend(&counting.pool, &built.blocks, &question)
            .map_err(Problem::internal)?;
        serde_json::to_vec(&TrendAnswer::of(&asked, &built, trend)).map_err(Problem::internal)
    });
    Ok(json(&answer.await?))
}

/// The question that the parameters ask.
fn question(params: &Params) -> Result<Question, Problem> {
    Ok(Question {
        definition: params.definition.unwrap_or(Definition::DfeDaily),
        level: dimension::level(params.level.as_deref())?,
        window: params.window.unwrap_or(WindowKind::HalfTerm),
        by: dimension::split(params.by.as_deref())?,
        filter: dimension::filter(&dimension::given!(params), params.from, params.to)?,
    })
}

fn asked(
    tx: &mut Tx<'_>,
    codes: u16,
    question: &Question,
    standing: &Standing,
) -> Result<Asked, Problem> {
    let wanted = dimension::ids(&question.filter, By::Class);
    let mut classes = BTreeMap::new();
    if question.by.contains(&Some(By::Class)) || wanted.is_some() {
        let schools: Vec<i32> = standing.schools.keys().copied().collect();
        let rows = pupils::classes_of_schools(tx, &schools)?;
        classes = rows.into_iter().map(|row| (row.class_id, (row.school_id, row.name))).collect();
    }
    if wanted.into_iter().flatten().any(|class| !classes.contains_key(&class)) {
        return Err(Problem::not_found());
    }
    let by: Vec<&str> = question.by.iter().flatten().map(|by| dimension::name(*by)).collect();
    Ok(Asked {
        definition: question.definition,
        level: question.level,
        by: if by.is_empty() { "trust".to_owned() } else { by.join(",") },
        window: question.window.text(),
        codes,
        classes,
    })
}

/// Everything that decides the answer. Names of classes do not move versions, so they are part of it.
fn key(scope: &Scope, asked: &Asked, question: &Question, standing: &Standing) -> Key {
    let rules = format!("{} {}", asked.definition.version(), asked.codes);
    let parts = [format!("{question:?}"), rules, format!("{:?}", asked.classes), standing.key()];
    Key::new(scope, "trend", &parts)
}
