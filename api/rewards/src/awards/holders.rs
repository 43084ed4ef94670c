//! Who holds the trophies and prizes, period by period.

use super::answer::{AwardAnswer, answers};
use super::kind::{AwardKind, AwardState};
use super::rows::{self, AwardFilter};
use base::operation::*;
use school::tenants;

/// Of which school and period.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HoldersQuery {
    /// The school.
    school_id: SchoolId,
    /// Only this period, such as `2026/2026-W47`.
    period: Option<String>,
}

/// Who holds what.
#[derive(Debug, Serialize, ToSchema)]
pub struct Holders {
    /// The school.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// Period by period, the latest first.
    periods: Vec<HeldInPeriod>,
}

/// Who holds what of a period.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldInPeriod {
    /// The period.
    #[schema(example = "2026/2026-W47")]
    period: String,
    /// Its last day.
    to: NaiveDate,
    /// The trophies, bears and prizes, each with the class or pupil that has earned it.
    holders: Vec<AwardAnswer>,
}

/// Read who holds the trophies and prizes
#[utoipa::path(tag = "rewards", security(("token" = ["reward:read"])), params(HoldersQuery),
    responses((status = 200, description = "Period by period.", body = Holders)))]
#[get("/v1/rewards/holders")]
pub async fn read_holders(
    caller: May<ReadReward>,
    app: web::Data<App>,
    params: Query<HoldersQuery>,
) -> Result<HttpResponse> {
    let HoldersQuery { school_id, period } = params.0;
    let found = app.db.run(caller.scope(), move |tx| {
        tenants::school(tx, school_id)?;
        let mut all = Vec::new();
        for kind in [AwardKind::Trophy, AwardKind::Bear, AwardKind::Prize] {
            let filter = AwardFilter {
                school_id: Some(school_id),
                kind: Some(kind),
                period: period.clone(),
                ..AwardFilter::default()
            };
            let rows = rows::list(tx, &filter, None, i64::MAX)?;
            all.extend(rows.into_iter().filter(|row| row.state != AwardState::Held));
        }
        answers(tx, all)
    });
    let mut periods: BTreeMap<(NaiveDate, String), Vec<AwardAnswer>> = BTreeMap::new();
    for one in found.await? {
        periods.entry((one.award.to_day, one.award.period.clone())).or_default().push(one);
    }
    let held = |((to, period), holders)| HeldInPeriod { period, to, holders };
    let periods = periods.into_iter().rev().map(held).collect();
    Ok(HttpResponse::Ok().json(Holders { school_id, periods }))
}
