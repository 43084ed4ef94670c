//! An award is not given after all.

use super::answer::{AwardAnswer, named};
use super::kind::AwardState;
use super::rows::{self, Change};
use base::operation::*;

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawBody {
    /// Why, 1 to 500 characters.
    reason: String,
}

/// Withdraw an award
///
/// What was handed over stays with the child. The same said again changes nothing.
#[utoipa::path(tag = "rewards", security(("token" = ["reward:give"])), request_body = WithdrawBody,
    params(AwardId, Idempotency),
    responses((status = 200, description = "The award.", body = AwardAnswer), refusal::AwardSettled))]
#[post("/v1/awards/{award_id}/withdrawal")]
pub async fn withdraw_award(
    caller: May<GiveReward>,
    path: Path<AwardId>,
    key: Idempotency,
    body: Json<WithdrawBody>,
) -> Result<HttpResponse> {
    let award_id = path.0;
    let reason = name::words(&body.value.reason, "/reason", name::REASON)?;
    let work = move |tx: &mut Tx<'_>, caller: &Caller| {
        tx.take_turns(&format!("award/{award_id}"))?;
        let row = rows::award(tx, award_id)?;
        match row.state {
            AwardState::Given => {
                return Err(Problem::new(Kind::AwardSettled)
                    .detail("It was handed over, and stays with whoever has it."));
            }
            AwardState::Withdrawn => {}
            AwardState::Earned | AwardState::Held => {
                let change = Change::to(AwardState::Withdrawn, Some(reason));
                rows::change(tx, &row, &change, None, caller.subject())?;
            }
        }
        let row = rows::award(tx, award_id)?;
        Reply::ok(&named(tx, vec![row])?.pop().ok_or_else(Problem::not_found)?)
    };
    key.write(caller, format!("withdraw_award/{award_id}"), body.bytes, work).await
}
