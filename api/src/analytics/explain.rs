//! Explain: which half days and pupils are behind a figure, which are not, and why; and where two definitions differ.

use std::collections::{BTreeMap, BTreeSet};

use ::analytics::{Asking, Block, By, Counted, Explanation, LeftOut, explain as count};
use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AcademicYear, CodeTable, Definition};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{BASIS, DefinitionAnswer, PeriodAnswer, VersionAnswer, percent, versions};
use super::{dimension, known};
use crate::app::App;
use crate::auth::May;
use crate::auth::permission::{Permission, ReadAnalytics, ReadPupil};
use crate::db::{Tx, block};
use crate::http::json::Query;
use crate::http::page::{Page, Slice};
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

/// What is behind a figure.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplainAnswer {
    /// The academic year.
    period: PeriodAnswer,
    /// The window.
    #[schema(example = "half-term-1")]
    window: String,
    /// What a figure is counted over, in words.
    basis: &'static str,
    /// The instant as of which everything is known (UTC).
    as_known_on: DateTime<Utc>,
    /// The version of each school's year that was counted.
    versions: Vec<VersionAnswer>,
    /// Schools without a calendar for the year: they have no figures.
    schools_without_calendar: Vec<i32>,
    /// What the definition counts and what it leaves out.
    counted: CountedAnswer,
    /// The same by the other definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<CountedAnswer>,
    /// The pupils; with another definition, those that the two count differently. Only for those who may see pupils.
    #[serde(skip_serializing_if = "Option::is_none")]
    pupils: Option<Page<PupilAnswer>>,
}

/// What one definition counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountedAnswer {
    /// The definition.
    definition: DefinitionAnswer,
    /// Possible sessions.
    possible: u64,
    /// Those of them that were missed.
    absent: u64,
    /// `absent` of `possible` in percent, cut to one decimal.
    absence_percent: Option<String>,
    /// Half days that are not counted, by why.
    left_out: Vec<LeftOutAnswer>,
    /// Half days by code, of pupils and days that the definition counts.
    codes: Vec<CodeAnswer>,
}

/// Half days that are not counted.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeftOutAnswer {
    /// Why.
    #[schema(example = "after_last_register")]
    why: &'static str,
    /// In words.
    says: &'static str,
    /// How many.
    half_days: u64,
}

/// Half days with a code.
#[derive(Debug, Serialize, ToSchema)]
pub struct CodeAnswer {
    /// The code.
    #[schema(example = "I")]
    code: String,
    /// `attendance`, `absence`, or `not_possible`: no session that counts.
    #[schema(example = "absence")]
    counts_as: &'static str,
    /// How many.
    half_days: u64,
}

/// A pupil behind a figure.
#[derive(Debug, Serialize, ToSchema)]
pub struct PupilAnswer {
    /// The school.
    #[schema(example = 7)]
    school_id: i32,
    /// The enrolment.
    #[schema(example = 5120)]
    enrolment_id: i32,
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: i32,
    /// Legal surname and forename.
    #[schema(example = "Okafor-Lind, Zoë")]
    name: String,
    /// What the definition counts.
    counted: SessionsAnswer,
    /// What the other definition counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<SessionsAnswer>,
}

/// A pupil's sessions in the window.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionsAnswer {
    /// Possible sessions.
    possible: u32,
    /// Those of them that were missed.
    absent: u32,
    /// Half days that are not counted.
    left_out: u32,
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
    let params = params.0;
    let year = params.year.map_or_else(|| tenants::today_year(&app.clock), Ok)?;
    let known = known::instant(&app.clock, params.as_known_on)?;
    let filter = dimension::filter(&dimension::given!(params), None, None)?;
    let slice = Slice::<(i32, i32)>::read(params.limit, params.cursor.as_deref(), &params)?;
    let key = params.window.clone().unwrap_or_else(|| "year-to-date".to_owned());
    let window = dimension::window(&key)?;
    let scope = caller.scope().clone();
    let (asking, wanted) = (app.clone(), filter.clone());
    let standing = app
        .db
        .snapshot(&scope, move |tx| {
            let standing = asking.counting.read(tx, &wanted, year, known)?;
            let schools: Vec<i32> = standing.schools.keys().copied().collect();
            if let Some(classes) = dimension::ids(&wanted, By::Class) {
                let there = pupils::classes_of_schools(tx, &schools)?;
                let there: BTreeSet<i32> = there.iter().map(|class| class.class_id).collect();
                if !classes.is_subset(&there) {
                    return Err(Problem::not_found());
                }
            }
            Ok(standing)
        })
        .await?;
    let turn = app.counting.turn().await?;
    let counting = app.clone();
    let trust = scope.trust();
    let definition = params.definition.unwrap_or(Definition::DfeDaily);
    let counted = block(move || {
        let _turn = turn;
        let app = counting;
        let built = app.counting.blocks.build(trust, &app.counting.pool, standing)?;
        let blocks: Vec<&Block> = built.blocks.iter().map(|block| block.as_ref()).collect();
        let explain = |definition| {
            let asking = Asking { definition, window, key: &key, filter: &filter };
            count(&app.codes, &blocks, &asking)
        };
        let both = (explain(definition), params.against.map(explain));
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

fn side(codes: &CodeTable, definition: Definition, explanation: &Explanation) -> CountedAnswer {
    let code = |(&(number, possible, absent), half_days): (&(u8, bool, bool), &u64)| CodeAnswer {
        code: codes.text(number).unwrap_or("unknown").to_owned(),
        counts_as: match (possible, absent) {
            (true, true) => "absence",
            (true, false) => "attendance",
            (false, _) => "not_possible",
        },
        half_days: *half_days,
    };
    let left_out = |(why, half_days): (&LeftOut, &u64)| {
        let (why, says) = why_left_out(*why);
        LeftOutAnswer { why, says, half_days: *half_days }
    };
    CountedAnswer {
        definition: DefinitionAnswer::of(definition, codes.version()),
        possible: explanation.possible,
        absent: explanation.absent,
        absence_percent: percent(explanation.absent, explanation.possible),
        left_out: explanation.left_out.iter().map(left_out).collect(),
        codes: explanation.codes.iter().map(code).collect(),
    }
}

fn why_left_out(why: LeftOut) -> (&'static str, &'static str) {
    match why {
        LeftOut::Closed => ("closed", "A mark stands there, but the school was closed."),
        LeftOut::NotOnRoll => {
            ("not_on_roll", "The school was open, but the pupil was not on roll.")
        }
        LeftOut::Boards => ("boards", "The pupil boards, and boarders are not in the register."),
        LeftOut::Definition => {
            ("definition", "The definition leaves out the pupil, or this part of the pupil's year.")
        }
        LeftOut::ToCome => ("to_come", "The day is still to come."),
        LeftOut::AfterLastRegister => {
            ("after_last_register", "It is later than the school's last register that was taken.")
        }
        LeftOut::NoMark => ("no_mark", "There is no mark: neither attendance nor absence."),
        LeftOut::NotPossible => {
            ("not_possible", "The code stands for no possible session, such as D, X, Y or Z.")
        }
    }
}
