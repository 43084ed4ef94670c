//! A plan is looked at again.

use actix_web::http::StatusCode;

use super::plan::{Plan, PlanReview};
use crate::recording::Record;
use crate::records::{self, Confidential, RecordEntry, record_to_change};
use base::operation::*;
use school::tenants;

/// What was found.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlanReview {
    /// What was found.
    #[schema(example = "He comes by the side entrance and has been on time since")]
    says: String,
    /// The items that are done now, counted from 0.
    #[serde(default)]
    done: Vec<usize>,
    /// What is confidential: visible only with `safeguarding:read`.
    #[serde(default)]
    confidential: Option<Confidential>,
}

/// Look at a plan again
#[utoipa::path(tag = "plans", security(("token" = ["case:record"])), request_body = NewPlanReview,
    params(RecordId, IfMatch, Idempotency),
    responses((status = 200, description = "The plan, without what is confidential.", body = Record<Plan>)))]
#[post("/v1/plans/{record_id}/reviews")]
pub async fn review_plan(
    caller: May<RecordCase>,
    path: Path<RecordId>,
    conditions: Conditions,
    key: Idempotency,
    body: Json<NewPlanReview>,
) -> Result<HttpResponse> {
    let Json { value: NewPlanReview { says, done, confidential }, bytes } = body;
    let says = name::words(&says, "/says", name::NOTE)?;
    let confidential = confidential.map(Confidential::check).transpose()?;
    let operation = format!("review_plan/{}", path.0);
    key.write(caller, operation, bytes, move |tx, caller| {
        let before = record_to_change::<Plan>(tx, path.0, &conditions)?;
        let mut plan: Plan = before.read()?;
        let day = tenants::today(tx, before.school_id)?;
        for (at, item) in done.iter().enumerate() {
            let Some(item) = plan.items.get_mut(*item) else {
                let expected = format!("an item of the plan, 0 to {}", plan.items.len() - 1);
                return Err(Problem::at(Kind::Invalid, format!("/done/{at}"), expected));
            };
            item.done_on.get_or_insert(day);
        }
        let line = format!("{} looked at again: {says}", plan.kind.says());
        plan.reviews.push(PlanReview { day, says, by: caller.subject().to_owned() });
        let standing = RecordEntry {
            state: before.state,
            day: before.day,
            says: line,
            details: &plan,
            confidential: confidential.as_ref(),
        };
        let row = records::change(tx, &before, &standing, caller)?;
        Reply::new(StatusCode::OK, &Record::<Plan>::of(&row)?)
    })
    .await
}
