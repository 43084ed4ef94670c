//! Whom a policy's rows would have reached on a year's registers.

use analytics::Eligibility;
use domain::policy::{Answers, parse};
use domain::{CodeTable, Days};

use super::answer::{FairnessAnswer, fair_row, says};
use crate::eligibility::{named_rows, numbers, rules_of};
use analytics::{RewardPeriod, RewardRow};
use base::operation::*;
use figures::{Counting, TrustBlocks};
use school::policies;
use school::tenants;

/// Which policy, and on which year's registers.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FairnessQuery {
    /// The policy's key.
    #[param(example = "strategy")]
    policy: String,
    /// A version of it; the latest when absent.
    version: Option<i32>,
    /// Academic year: 2025 for 2025/26; the present one when absent.
    #[param(value_type = Option<i16>)]
    year: Option<AcademicYear>,
    /// Only this school's pupils; all that your token covers when absent.
    school_id: Option<SchoolId>,
}

const BASIS: &str = "The registers of the year as they are now, judged by the policy's rows as if it had been followed. A \
    group of fewer than 10 pupils is not shown, nor one from which such a group could be told. Characteristics: what holds at \
    the end of the year so far. The interval takes each pupil's periods together. Improved: a higher rate than in the pupil's \
    own period before.";

/// The codes that stand for what nobody chooses: illness, appointments, exclusion, religious observance.
const NO_CHOICE: [&str; 4] = ["I", "M", "E", "R"];

/// Read whom a reward policy reaches
///
/// Before a policy is adopted, and at any time: the share of each group among those who would have earned each row, beside
/// its share of the roll.
#[utoipa::path(tag = "rewards", security(("token" = ["reward:weigh"])), params(FairnessQuery),
    responses((status = 200, description = "Row by row, in numbers and in words.", body = FairnessAnswer)))]
#[get("/v1/rewards/fairness")]
pub async fn read_fairness(
    caller: May<WeighReward>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    params: Query<FairnessQuery>,
) -> Result<HttpResponse> {
    let query = params.0;
    let year = match query.year {
        Some(year) => year,
        None => tenants::today_year(&app.db.clock_of(caller.scope()).await?)?,
    };
    let wanted =
        Wanted { policy: query.policy, version: query.version, year, school_id: query.school_id };
    let answer = report(&app, &counting, caller.scope(), wanted).await?;
    Ok(HttpResponse::Ok().json(answer))
}

/// What a report is about.
pub(super) struct Wanted {
    /// The policy.
    pub policy: String,
    /// Its version.
    pub version: Option<i32>,
    /// The year whose registers were looked at.
    pub year: AcademicYear,
    /// The school.
    pub school_id: Option<SchoolId>,
}

/// Makes a report. Errors: 404 for a policy or school that is not there.
pub(super) async fn report(
    app: &web::Data<App>,
    counting: &web::Data<Counting>,
    scope: &Scope,
    wanted: Wanted,
) -> Result<FairnessAnswer> {
    let Wanted { policy, version, year, school_id } = wanted;
    let key = policy.clone();
    let read = counting.trust_blocks_of(scope, move |tx| {
        if let Some(school_id) = school_id {
            tenants::school(tx, school_id)?;
        }
        Ok((year, None, policies::kept(tx, &key, version)?))
    });
    let (blocks, kept) = read.await?;
    let (counting, codes) = (counting.clone(), app.codes.clone());
    let text = kept.folder.policy;
    let made = base::db::block(move || rows(&counting, &codes, &blocks, &text, (year, school_id)));
    let (rows, says) = made.await?;
    let policy_version = kept.head.version;
    Ok(FairnessAnswer { policy, policy_version, year: year.label(), basis: BASIS, rows, says })
}

type Rows = (Vec<super::answer::FairRow>, Vec<String>);

fn rows(
    counting: &Counting,
    codes: &CodeTable,
    blocks: &TrustBlocks,
    text: &str,
    (year, school_id): (AcademicYear, Option<SchoolId>),
) -> Result<Rows> {
    let (policy, _) = parse(text, Answers::Examples);
    let mut named = named_rows(&policy);
    // A day is a list and no award, and a year of them for a whole trust would fill the memory.
    named.retain(|row| row.period() != RewardPeriod::Day);
    let asks: Vec<RewardRow> = named.iter().map(|row| row.asks.clone()).collect();
    let rules = rules_of(codes, &policy.settled, BTreeMap::new());
    let schools: BTreeSet<i32> = match school_id {
        Some(school_id) => [school_id.number()].into(),
        None => blocks.schools.keys().map(|school| school.number()).collect(),
    };
    let ending = Days { from: year.first_day(), to: year.last_day() };
    let asked = Eligibility { schools: &schools, rows: &asks, ending, rules: &rules };
    let no_choice = numbers(codes, &NO_CHOICE.map(str::to_owned));
    let fair = analytics::fairness(counting.pool(), codes, &blocks.blocks, &asked, &no_choice);
    let fair = fair.map_err(Problem::internal)?;
    let both = fair.iter().filter_map(|one| Some((named.get(one.row)?, one)));
    let both: Vec<_> = both.collect();
    let rows = both.iter().map(|(row, fair)| fair_row(row, fair)).collect();
    Ok((rows, both.iter().flat_map(|(row, fair)| says(row, fair)).collect()))
}
