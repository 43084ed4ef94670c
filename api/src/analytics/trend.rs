//! The trend: attendance, absence and persistent absence over time, by school, phase, year group or class.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ::analytics::{By, Filter, Query as Question};
use actix_web::{HttpResponse, get, web};
use chrono::NaiveDate;
use domain::{AcademicYear, Definition, WindowKind};
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer::{Asked, TrendAnswer};
use super::blocks::Standing;
use crate::app::App;
use crate::auth::May;
use crate::auth::permission::ReadAnalytics;
use crate::cache::Key;
use crate::db::{Tx, block};
use crate::http::json::Query;
use crate::http::problem::{Kind, Problem};
use crate::pupils;
use crate::tenants::{self, Phase};

/// The question.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Params {
    /// Academic year: 2026 for 2026/27; the present one when absent.
    #[param(value_type = Option<i16>)]
    year: Option<AcademicYear>,
    /// How to divide the series: `trust` (when absent), `school`, `phase`, `year_group` or `class`.
    by: Option<String>,
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
    /// Only windows that reach this day or later.
    from: Option<NaiveDate>,
    /// Only windows that begin on this day or earlier.
    to: Option<NaiveDate>,
}

/// Read the trend
///
/// Every cell carries its counts beside its rates. A register that was saved before this request is in it.
#[utoipa::path(tag = "analytics", security(("token" = ["analytics:read"])), params(Params),
    responses((status = 200, description = "The trend.", body = TrendAnswer),
        (status = 400, description = "The query string could not be read.", body = crate::http::problem::ProblemBody, content_type = "application/problem+json")))]
#[get("/v1/analytics/trend")]
pub async fn trend(
    caller: May<ReadAnalytics>,
    app: web::Data<App>,
    params: Query<Params>,
) -> Result<HttpResponse, Problem> {
    let params = params.0;
    let clock = app.db.clock_of(caller.scope()).await?;
    let year = params.year.map_or_else(|| tenants::today_year(&clock), Ok)?;
    let question = question(&params)?;
    let scope = caller.scope().clone();
    let (asking, wanted) = (app.clone(), question.clone());
    let (standing, asked) = app
        .db
        .snapshot(&scope, move |tx| {
            let standing = read(tx, &asking, &wanted, year)?;
            let asked = asked(tx, &asking, &wanted, &standing)?;
            Ok((standing, asked))
        })
        .await?;
    let key = key(&scope, &asked, &question, &standing);
    if let Some(answer) = app.counting.answers.here(&key) {
        return Ok(json(&answer));
    }
    let turn = app.counting.turn().await?;
    let counting = app.clone();
    let answer = block(move || {
        let _turn = turn;
        let counting = &counting.counting;
        if let Some(answer) = counting.answers.elsewhere(&key) {
            return Ok(answer);
        }
        let built = counting.blocks.build(scope.trust(), &counting.pool, standing)?;
        let trend = ::analytics::trend(&counting.pool, &built.blocks, &question)
            .map_err(Problem::internal)?;
        let body = serde_json::to_vec(&TrendAnswer::of(&asked, &built, trend))
            .map_err(Problem::internal)?;
        let answer: Arc<[u8]> = body.into();
        counting.answers.put(key, answer.clone());
        Ok(answer)
    });
    Ok(json(&answer.await?))
}

fn json(body: &Arc<[u8]>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(body.to_vec())
}

/// The question that the parameters ask.
fn question(params: &Params) -> Result<Question, Problem> {
    let by = match params.by.as_deref() {
        None | Some("trust") => By::Trust,
        Some("school") => By::School,
        Some("phase") => By::Phase,
        Some("year_group") => By::YearGroup,
        Some("class") => By::Class,
        Some(_) => return Err(bad("by", "trust, school, phase, year_group or class")),
    };
    let phases =
        list(params.phases.as_deref(), "phases", "phases such as primary,secondary", |text| {
            Phase::parse(text).map(Phase::number)
        })?;
    let ids = "ids with commas between";
    let filter = Filter {
        schools: list(params.schools.as_deref(), "schools", ids, |text| text.parse().ok())?,
        phases,
        year_groups: list(
            params.year_groups.as_deref(),
            "year_groups",
            "year groups such as 7,8",
            |text| text.parse().ok(),
        )?,
        classes: list(params.classes.as_deref(), "classes", ids, |text| text.parse().ok())?,
        from: params.from,
        to: params.to,
    };
    Ok(Question {
        definition: params.definition.unwrap_or(Definition::DfeDaily),
        window: params.window.unwrap_or(WindowKind::HalfTerm),
        by,
        filter,
    })
}

fn bad(name: &str, expected: &str) -> Problem {
    Problem::at(Kind::BadQuery, format!("?{name}"), expected)
}

fn list<T: Ord>(
    text: Option<&str>,
    name: &str,
    expected: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<BTreeSet<T>>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let all: Option<BTreeSet<T>> = text.split(',').map(|part| read(part.trim())).collect();
    all.map(Some).ok_or_else(|| bad(name, expected))
}

/// The schools that the question is about; one that the caller may not see is not there.
fn read(
    tx: &mut Tx<'_>,
    app: &App,
    question: &Question,
    year: AcademicYear,
) -> Result<Standing, Problem> {
    let mut schools = tenants::schools(tx)?;
    if let Some(wanted) = &question.filter.schools {
        schools.retain(|school| wanted.contains(&school.school_id));
        if schools.len() != wanted.len() {
            return Err(Problem::not_found());
        }
    }
    if let Some(phases) = &question.filter.phases {
        schools.retain(|school| {
            Phase::parse(&school.phase).is_some_and(|phase| phases.contains(&phase.number()))
        });
    }
    app.counting.blocks.read(tx, schools, year)
}

fn asked(
    tx: &mut Tx<'_>,
    app: &App,
    question: &Question,
    standing: &Standing,
) -> Result<Asked, Problem> {
    let mut classes = BTreeMap::new();
    if question.by == By::Class || question.filter.classes.is_some() {
        let schools: Vec<i32> = standing.schools.keys().copied().collect();
        let rows = pupils::classes_of_schools(tx, &schools)?;
        classes = rows.into_iter().map(|row| (row.class_id, (row.school_id, row.name))).collect();
    }
    let wanted = question.filter.classes.iter().flatten();
    if wanted.into_iter().any(|class| !classes.contains_key(class)) {
        return Err(Problem::not_found());
    }
    let by = match question.by {
        By::Trust => "trust",
        By::School => "school",
        By::Phase => "phase",
        By::YearGroup => "year_group",
        By::Class => "class",
    };
    let window = match question.window {
        WindowKind::Week => "week",
        WindowKind::HalfTerm => "half_term",
        WindowKind::Term => "term",
        WindowKind::YearToDate => "year_to_date",
    };
    Ok(Asked { definition: question.definition, by, window, codes: app.codes.version(), classes })
}

/// Everything that decides the answer. Names of schools and classes do not move versions, so they are part of it.
fn key(scope: &crate::db::Scope, asked: &Asked, question: &Question, standing: &Standing) -> Key {
    let versions: Vec<(i32, i64)> =
        standing.versions.iter().map(|(school, v)| (*school, v.number)).collect();
    let names: Vec<(i32, &str)> =
        standing.schools.values().map(|school| (school.school_id, school.name.as_str())).collect();
    let parts = [
        format!("{question:?}"),
        format!("{} {} {}", standing.year, asked.definition.version(), asked.codes),
        standing.today.to_string(),
        format!("{versions:?}"),
        format!("{names:?} {:?}", asked.classes),
    ];
    Key::new(scope, "trend", &parts.iter().map(String::as_str).collect::<Vec<_>>())
}
