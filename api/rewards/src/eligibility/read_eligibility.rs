//! Who has earned what, by row and period, for a school or the whole trust.

use domain::{CodeTable, Days};

use super::answer::{EligibleSchool, Shown, row_answer};
use super::named::{other_rows, period_key};
use super::rules::{Asked, asked};
use base::auth::permission::Permission;
use base::operation::*;
use figures::{Counting, TrustBlocks};
use roll::pupils::{self, PupilRow};
use school::policies::{self, Part};
use school::tenants;

/// Which school, row and period.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EligibilityQuery {
    /// The school, with its pupils by name; of the whole trust, the numbers alone.
    school_id: Option<SchoolId>,
    /// Academic year: 2026 for 2026/27; the present one when absent.
    #[param(value_type = Option<i16>)]
    year: Option<AcademicYear>,
    /// The row, such as `S-06`; all rows when absent.
    row: Option<String>,
    /// The period, such as `2026-W47`, `half-term-1`, `term-1` or `year-to-date`; the last that has ended when absent.
    period: Option<String>,
    /// As everything was known on this instant, such as `2026-11-18T09:00:00Z`.
    as_known_on: Option<DateTime<Utc>>,
}

/// Who has earned what.
#[derive(Debug, Serialize, ToSchema)]
pub struct EligibilityAnswer {
    /// How it is found.
    basis: &'static str,
    /// The instant as of which everything is known (UTC).
    as_known_on: DateTime<Utc>,
    /// The schools that follow a reward policy.
    schools: Vec<EligibleSchool>,
}

const BASIS: &str = "Rewards alone: a neutral code, or one that an adjustment names, leaves the session out, and no statutory \
    figure changes by it. A pupil is one pupil with the sessions of all rolls at the schools that your token covers, and earns \
    where they are on the last day. With fewer possible sessions than the policy asks for nothing is earned. A missing mark, or \
    the code N, holds those to whom it may matter. A period that has not ended is judged so far.";

/// Read who has earned what
///
/// Every row of each school's reward policy, with the counts behind it. What holds somebody is named. Nobody is listed for
/// what they have not earned.
#[utoipa::path(tag = "rewards", security(("token" = ["reward:read"])), params(EligibilityQuery),
    responses((status = 200, description = "By school, row and period.", body = EligibilityAnswer),
        (status = 404, description = "No such school, row or period."),
        refusal::NoPolicy, refusal::NoCalendar))]
#[get("/v1/rewards/eligibility")]
pub async fn read_eligibility(
    caller: May<ReadReward>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    params: Query<EligibilityQuery>,
) -> Result<HttpResponse> {
    let query = params.0;
    let clock = app.db.clock_of(caller.scope()).await?;
    let year = query.year.map_or_else(|| tenants::today_year(&clock), Ok)?;
    if query.as_known_on.is_some_and(|at| at > clock.now()) {
        return Err(Problem::at(Kind::BadQuery, "?as_known_on", "an instant that has come"));
    }
    let (codes, wanted, known) = (app.codes.clone(), query.school_id, query.as_known_on);
    let read = counting.trust_blocks_of(caller.scope(), move |tx| {
        Ok((year, known, questions(tx, &codes, wanted, year)?))
    });
    let (blocks, questions) = read.await?;
    let places = app.roles.allows(caller.role(), WeighReward::NAME);
    let names = app.db.snapshot(caller.scope(), move |tx| names(tx, wanted)).await?;
    let codes = app.codes.clone();
    let at = blocks.known_at;
    let schools = base::db::block(move || {
        answers(&counting, &codes, &blocks, &questions, (&query, year), (&names, places))
    });
    let answer = EligibilityAnswer { basis: BASIS, as_known_on: at, schools: schools.await? };
    Ok(HttpResponse::Ok().json(answer))
}

/// What each school that follows a reward policy is judged by. Errors: 404 for a school that the caller may not see.
fn questions(
    tx: &mut Tx,
    codes: &CodeTable,
    wanted: Option<SchoolId>,
    year: AcademicYear,
) -> Result<Vec<Asked>> {
    let schools = match wanted {
        Some(school_id) => vec![tenants::school(tx, school_id)?],
        None => tenants::schools(tx)?,
    };
    let day = tx.clock().today().clamp(year.first_day(), year.last_day());
    let mut all = Vec::new();
    for school in schools {
        if let Some(follows) = policies::assigned(tx, school.school_id, Part::Rewards, day)? {
            all.push(asked(tx, codes, school.school_id, follows)?);
        }
    }
    match (all.is_empty(), wanted) {
        (true, Some(school_id)) => Err(Problem::new(Kind::NoPolicy)
            .detail(format!("School {school_id} follows no reward policy on {day}."))),
        _ => Ok(all),
    }
}

/// The pupils and classes of a school by name.
#[derive(Default)]
struct Names {
    pupils: BTreeMap<PupilId, PupilRow>,
    classes: BTreeMap<ClassId, String>,
}

fn names(tx: &mut Tx, wanted: Option<SchoolId>) -> Result<Names> {
    let schools: Vec<SchoolId> = match wanted {
        Some(school_id) => vec![school_id],
        None => tenants::schools(tx)?.into_iter().map(|school| school.school_id).collect(),
    };
    let classes = pupils::classes_of_schools(tx, &schools)?.into_iter();
    let classes = classes.map(|class| (class.class_id, class.name)).collect();
    let Some(school_id) = wanted else {
        return Ok(Names { classes, ..Names::default() });
    };
    let enrolments = pupils::enrolments_of(tx, &[school_id], None)?.into_iter();
    let ids: Vec<PupilId> = enrolments.map(|row| row.pupil_id).collect();
    let rows = pupils::in_order(tx, &ids)?.into_iter().map(|row| (row.pupil_id, row));
    Ok(Names { pupils: rows.collect(), classes })
}

fn answers(
    counting: &Counting,
    codes: &CodeTable,
    blocks: &TrustBlocks,
    questions: &[Asked],
    (query, year): (&EligibilityQuery, AcademicYear),
    (names, places): (&Names, bool),
) -> Result<Vec<EligibleSchool>> {
    let whole = Days { from: year.first_day(), to: year.last_day() };
    let shown = Shown {
        pupils: query.school_id.is_some(),
        places,
        names: &names.pupils,
        classes: &names.classes,
    };
    let mut schools = Vec::new();
    for asked in questions {
        let Some(block) = blocks.block(asked.school_id) else { continue };
        let found = asked.judge(counting.pool(), codes, &blocks.blocks, whole)?;
        let mut kept: BTreeMap<usize, &analytics::RowAnswer> = BTreeMap::new();
        for answer in &found.answers {
            let Some(row) = asked.rows.get(answer.row) else { continue };
            let is_asked = query.row.as_ref().is_none_or(|name| *name == row.name);
            let stretch = found.stretches.get(answer.stretch);
            let fits = match &query.period {
                Some(period) => *period == answer.period || *period == period_key(year, answer),
                None => stretch.is_some_and(|stretch| stretch.over),
            };
            if is_asked && fits {
                kept.insert(answer.row, answer);
            }
        }
        let rows = kept
            .into_values()
            .filter_map(|answer| row_answer(asked, block, &found, answer, &shown));
        let rows: Vec<_> = rows.collect();
        let named = query.row.is_some() || query.period.is_some();
        if rows.is_empty() && named && query.school_id.is_some() {
            return Err(Problem::not_found());
        }
        schools.push(school_answer(asked, blocks, rows));
    }
    Ok(schools)
}

fn school_answer(
    asked: &Asked,
    blocks: &TrustBlocks,
    rows: Vec<super::answer::EligibleRow>,
) -> EligibleSchool {
    let school = blocks.schools.get(&asked.school_id).map(|school| school.name.clone());
    EligibleSchool {
        school_id: asked.school_id,
        school: school.unwrap_or_default(),
        policy: asked.follows.key.clone(),
        policy_version: asked.follows.version,
        cut_off_days: asked.rules.cut_off,
        neutral: asked.follows.policy.settled.neutral.clone(),
        not_judged: other_rows(&asked.follows.policy),
        rows,
    }
}
