//! Adopting a reward policy, somebody considers the equality duty (Equality Act 2010, section 149).

use super::equality::{self, EqualityRow, NewEquality};
use super::read_fairness::{Wanted, report};
use base::operation::*;
use figures::Counting;
use school::tenants;

/// Who considered it, and on what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EqualityBody {
    /// The policy that is adopted.
    #[schema(example = "strategy")]
    policy: String,
    /// A version of it; the latest when absent.
    #[serde(default)]
    version: Option<i32>,
    /// The academic year on whose registers the fairness report looks: 2025 for 2025/26.
    #[schema(value_type = i16, example = 2025)]
    year: AcademicYear,
    /// Who considered it, 1 to 100 characters.
    #[schema(example = "Ms Jo Field, Head of School")]
    considered_by: String,
    /// On which day; today when absent.
    #[serde(default)]
    considered_on: Option<NaiveDate>,
    /// What they came to, 1 to 2,000 characters.
    note: String,
}

/// Record that the equality duty was considered
///
/// With the school's fairness report as it is now, which is kept beside it.
#[utoipa::path(tag = "rewards", security(("token" = ["reward:weigh"])), request_body = EqualityBody,
    params(SchoolId, Idempotency),
    responses((status = 201, description = "The record, with the report.", body = EqualityRow, headers(("Location")))))]
#[post("/v1/schools/{school_id}/equality-records")]
pub async fn record_equality(
    caller: May<WeighReward>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    path: Path<SchoolId>,
    key: Idempotency,
    body: Json<EqualityBody>,
) -> Result<HttpResponse> {
    let school_id = path.0;
    let EqualityBody { policy, version, year, considered_by, considered_on, note } = body.value;
    let considered_by = name::words(&considered_by, "/considered_by", name::NAME)?;
    let note = name::words(&note, "/note", name::NOTE)?;
    let wanted = Wanted { policy, version, year, school_id: Some(school_id) };
    let seen = report(&app, &counting, caller.scope(), wanted).await?;
    let report = serde_json::to_value(&seen).map_err(Problem::internal)?;
    let work = move |tx: &mut Tx<'_>, caller: &Caller| {
        let today = tenants::today(tx, school_id)?;
        let day = considered_on.unwrap_or(today);
        if day > today {
            return Err(Problem::at(Kind::Invalid, "/considered_on", "today, or a day before"));
        }
        let new = NewEquality {
            school_id,
            policy: seen.policy,
            policy_version: seen.policy_version,
            considered_by,
            considered_on: day,
            note,
            year,
            report,
        };
        let row = equality::add(tx, &new, caller.subject())?;
        Reply::created(format!("/v1/schools/{school_id}/equality-records"), &row)
    };
    key.write(caller, format!("record_equality/{school_id}"), body.bytes, work).await
}
