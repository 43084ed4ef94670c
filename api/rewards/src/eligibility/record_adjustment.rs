//! Some of a pupil's codes are left out of rewards on some days, for a reason that is nobody's business.

use super::adjustments::{self, AdjustmentRow, NewAdjustment};
use super::rules::numbers;
use base::operation::*;
use roll::visibility::{self, Act};
use school::tenants;

/// Which of a pupil's sessions are left out, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdjustmentBody {
    /// The school at which the pupil earns rewards.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// The codes whose sessions are left out, such as `I` for a long illness.
    #[schema(example = json!(["I"]))]
    codes: Vec<String>,
    /// The first day.
    from: NaiveDate,
    /// The last day; without one, until somebody ends it.
    #[serde(default)]
    to: Option<NaiveDate>,
    /// Why, 1 to 500 characters; visible only with `safeguarding:read`.
    reason: String,
}

/// Record an adjustment of a pupil's rewards
///
/// Sessions with these codes are left out of the pupil's figure for rewards, and of no other figure. Lists show the pupil as
/// everybody else who has earned it.
#[utoipa::path(tag = "rewards", security(("token" = ["reward:adjust"])), request_body = AdjustmentBody,
    params(PupilId, Idempotency),
    responses((status = 201, description = "The adjustment.", body = AdjustmentRow, headers(("Location"))),
        refusal::AnotherSchools, refusal::UnknownCode))]
#[post("/v1/pupils/{pupil_id}/reward-adjustments")]
pub async fn record_adjustment(
    caller: May<AdjustReward>,
    app: web::Data<App>,
    path: Path<PupilId>,
    key: Idempotency,
    body: Json<AdjustmentBody>,
) -> Result<HttpResponse> {
    let pupil_id = path.0;
    let AdjustmentBody { school_id, codes, from, to, reason } = body.value;
    let reason = name::words(&reason, "/reason", name::REASON)?;
    if codes.is_empty() || codes.len() > MOST {
        return Err(Problem::at(Kind::Invalid, "/codes", format!("1 to {MOST} codes")));
    }
    for (at, code) in codes.iter().enumerate() {
        if numbers(&app.codes, std::slice::from_ref(code)).is_empty() {
            let expected = "a national attendance code, such as I";
            return Err(Problem::at(Kind::UnknownCode, format!("/codes/{at}"), expected));
        }
    }
    if to.is_some_and(|to| to < from) {
        return Err(Problem::at(Kind::Invalid, "/to", format!("{from} or later")));
    }
    let new = NewAdjustment { school_id, pupil_id, codes, from_day: from, to_day: to, reason };
    let whole = caller.sees_confidential(&app);
    let work = move |tx: &mut Tx<'_>, caller: &Caller| {
        tenants::school(tx, new.school_id)?;
        visibility::check(tx, new.pupil_id, Act::Begin)?;
        let row = adjustments::add(tx, &new, caller.subject())?;
        let place = format!("/v1/pupils/{}/reward-adjustments", new.pupil_id);
        Reply::created(place, &row.without_reason(whole))
    };
    key.write(caller, format!("record_adjustment/{pupil_id}"), body.bytes, work).await
}

/// The most codes of an adjustment.
const MOST: usize = 40;
