//! Explain: which half days and pupils are behind a figure, which are not, and why; and where two definitions differ.

mod answer;

use std::collections::{BTreeMap, BTreeSet};

use ::analytics::{Asking, By, Counted, Explanation, Filter, explain as count};
use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AcademicYear, Definition, persistent, severe};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use self::answer::{ExplainAnswer, PupilAnswer, SessionsAnswer, side};
use super::answer::{BASIS, PeriodAnswer, versions};
use super::blocks::Standing;
use super::{Counting, dimension, known};
use crate::app::App;
use crate::auth::May;
use crate::auth::permission::{Permission, ReadAnalytics, ReadPupil};
use crate::db::{Tx, block};
use crate::http::json::Query;
use crate::http::page::Slice;
use crate::http::problem::Problem;
use crate::pupils;
use crate::schema::pupil;
use crate::tenants;

/// The question: a cell of the trend, whose group is said by filters.
#[derive(Debug, Deserialize, Serialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Params {
    /// Academic year: 2026 for 2026/27; the present one when absent.
    #[param(value_type = Option<i16>)]
    year: Option<AcademicYear>,
    /// The window by its key: `year-to-date` (when absent), `half-term-1`, `term-1` or a week such as `2026-W37`.
    window: Option<String>,
    /// What to count: `dfe-daily` (when absent), `dfe-census` or `on-roll`.
    #[param(value_type = Option<String>)]
    definition: Option<Definition>,
    /// Another definition to put beside it, with the pupils that the two count differently.
    #[param(value_type = Option<String>)]
    against: Option<Definition>,
    /// Only these schools: ids with commas between.
    schools: Option<String>,
    /// Only schools of these phases, with commas between.
    phases: Option<String>,
    /// Only these year groups, with commas between: 0 is reception.
    year_groups: Option<String>,
    /// Only these classes, on the session's date: ids with commas between.
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
    /// As everything was known on this instant, such as `2026-11-18T09:00:00Z`.
    as_known_on: Option<DateTime<Utc>>,
    /// Pupils on this page: 1 to 500, 100 when absent.
    #[serde(skip_serializing)]
    limit: Option<u16>,
    /// Where the page before ended.
    #[serde(skip_serializing)]
    cursor: Option<String>,
}

/// Explain a figure
///
/// Any cell of the trend, its group said by filters: how many half days are counted and left out and why, by code, and the
/// pupils for those who may see them; or two definitions side by side with the pupils that differ.
#[utoipa::path(tag = "analytics", security(("token" = ["analytics:read"])), params(Params),
    responses((status = 200, description = "What is behind the figure.", body = ExplainAnswer),
        (status = 400, description = "The query string could not be read.", body = crate::http::problem::ProblemBody, content_type = "application/problem+json")))]
#[get("/v1/analytics/explain")]
pub async fn explain(
    caller: May<ReadAnalytics>,
    app: web::Data<App>,
    request: HttpRequest,
    params: Query<Params>,
) -> Result<HttpResponse, Problem> {
    let clock = app.db.clock_of(caller.scope()).await?;
    let params = params.0;
    let year = params.year.map_or_else(|| tenants::today_year(&clock), Ok)?;
    let known = known::instant(&clock, params.as_known_on)?;
    let filter = dimension::filter(&dimension::given!(params), None, None)?;
    let slice = Slice::<(i32, i32)>::read(params.limit, params.cursor.as_deref(), &params)?;
    let key = params.window.clone().unwrap_or_else(|| "year-to-date".to_owned());
    let window = dimension::window(&key)?;
    let scope = caller.scope().clone();
    let (asking, wanted) = (app.clone(), filter.clone());
    let standing =
        app.db.snapshot(&scope, move |tx| read(tx, &asking.counting, &wanted, year, known)).await?;
    let turn = app.counting.turn().await?;
    let counting = app.clone();
    let trust = scope.trust();
    let definition = params.definition.unwrap_or(Definition::DfeDaily);
    let counted = block(move || {
        let _turn = turn;
        let app = counting;
        let built = app.counting.blocks.build(trust, &app.counting.pool, standing)?;
        let explain = |definition| {
            let asking = Asking { definition, window, key: &key, filter: &filter };
            count(&app.counting.pool, &app.codes, &built.blocks, &asking).map_err(Problem::internal)
        };
        let both = (explain(definition)?, params.against.map(explain).transpose()?);
        Ok((built, key, both))
    });
    let (built, window, (counted, against)) = counted.await?;
    let sees_pupils = app.roles.allows(caller.role(), ReadPupil::NAME);
    let pupils = if sees_pupils {
        let rows = page(&counted, against.as_ref(), &slice);
        let names = app.db.snapshot(&scope, move |tx| named(tx, rows)).await?;
        Some(slice.page(names, |one: &PupilAnswer| (one.school_id, one.enrolment_id)))
    } else {
        None
    };
    let side = |definition, explanation: &Explanation| side(&app.codes, definition, explanation);
    let answer = |pupils| ExplainAnswer {
        period: PeriodAnswer::of(built.year),
        window,
        basis: BASIS,
        as_known_on: built.at,
        versions: versions(&built.versions),
        schools_without_calendar: built.without_calendar.clone(),
        counted: side(definition, &counted),
        against: params.against.zip(against.as_ref()).map(|(name, counted)| side(name, counted)),
        pupils,
    };
    Ok(match pupils {
        Some(page) => page.answer_in(&request, |page| answer(Some(page))),
        None => HttpResponse::Ok().json(answer(None)),
    })
}

/// What the question is answered from; a class that the caller may not see is not there.
fn read(
    tx: &mut Tx<'_>,
    counting: &Counting,
    filter: &Filter,
    year: AcademicYear,
    known: Option<DateTime<Utc>>,
) -> Result<Standing, Problem> {
    let standing = counting.read(tx, filter, year, known)?;
    if let Some(wanted) = dimension::ids(filter, By::Class) {
        let schools: Vec<i32> = standing.schools.keys().copied().collect();
        let there = pupils::classes_of_schools(tx, &schools)?;
        let there: BTreeSet<i32> = there.iter().map(|class| class.class_id).collect();
        if !wanted.is_subset(&there) {
            return Err(Problem::not_found());
        }
    }
    Ok(standing)
}

/// The enrolments of a page, with what each definition counts of them: all of them, or those that two count differently.
fn page(
    counted: &Explanation,
    against: Option<&Explanation>,
    slice: &Slice<(i32, i32)>,
) -> Vec<((i32, i32), Counted, Option<Counted>)> {
    let other =
        |key| against.map(|against| against.enrolments.get(key).copied().unwrap_or_default());
    let rows = counted.enrolments.iter().map(|(key, one)| (*key, *one, other(key)));
    let rows = rows.filter(|(_, one, other)| {
        other.is_none_or(|other| (one.possible, one.absent) != (other.possible, other.absent))
    });
    let rows = rows.skip_while(|(key, _, _)| slice.after.is_some_and(|after| *key <= after));
    rows.take(slice.limit + 1).collect()
}

/// The pupils of some enrolments, by name.
fn named(
    tx: &mut Tx<'_>,
    rows: Vec<((i32, i32), Counted, Option<Counted>)>,
) -> Result<Vec<PupilAnswer>, Problem> {
    let ids: Vec<i32> = rows.iter().map(|(_, one, _)| one.pupil).collect();
    let trust = tx.trust();
    let found: Vec<(i32, String, String)> = pupil::table
        .filter(pupil::trust_id.eq(trust).and(pupil::pupil_id.eq_any(&ids)))
        .select((pupil::pupil_id, pupil::surname, pupil::forename))
        .load(tx.conn)?;
    let names: BTreeMap<i32, String> = found
        .into_iter()
        .map(|(pupil, surname, forename)| (pupil, format!("{surname}, {forename}")))
        .collect();
    let sessions = |one: Counted| SessionsAnswer {
        possible: one.possible,
        absent: one.absent,
        left_out: one.left_out,
        persistent: persistent(one.absent, one.possible),
        severe: severe(one.absent, one.possible),
    };
    let answer =
        |((school_id, enrolment_id), one, other): ((i32, i32), Counted, Option<Counted>)| {
            PupilAnswer {
                school_id,
                enrolment_id,
                pupil_id: one.pupil,
                name: names.get(&one.pupil).cloned().unwrap_or_default(),
                counted: sessions(one),
                against: other.map(sessions),
            }
        };
    Ok(rows.into_iter().map(answer).collect())
}
