//! A plan is brought to the home.

use actix_web::http::StatusCode;

use super::plan::{Delivery, Plan};
use crate::recording::Record;
use crate::records::{self, RecordEntry, record_to_change};
use base::operation::*;
use school::tenants;

/// Record that a plan was delivered
///
/// How it came about stays as it was: a contract that was put in place is not agreed by being delivered.
#[utoipa::path(tag = "plans", security(("token" = ["case:record"])), request_body = Delivery,
    params(RecordId, IfMatch, Idempotency),
    responses((status = 200, description = "The plan.", body = Record<Plan>)))]
#[post("/v1/plans/{record_id}/delivery")]
pub async fn deliver_plan(
    caller: May<RecordCase>,
    path: Path<RecordId>,
    conditions: Conditions,
    key: Idempotency,
    body: Json<Delivery>,
) -> Result<HttpResponse> {
    let Json { value: Delivery { day, how, taken_by, with_letter }, bytes } = body;
    let how = name::words(&how, "/how", name::NOTE)?;
    let kept = |text: Option<String>, at: &str| {
        text.map(|text| name::words(&text, at, name::LINE)).transpose()
    };
    let (taken_by, with_letter) =
        (kept(taken_by, "/taken_by")?, kept(with_letter, "/with_letter")?);
    let operation = format!("deliver_plan/{}", path.0);
    key.write(caller, operation, bytes, move |tx, caller| {
        let before = record_to_change::<Plan>(tx, path.0, &conditions)?;
        if day > tenants::today(tx, before.school_id)? {
            return Err(Problem::at(Kind::Invalid, "/day", "today, or a day before"));
        }
        let taken = taken_by.as_ref().map(|who| format!(", taken by {who}")).unwrap_or_default();
        let letter = with_letter.as_ref().map(|one| format!(", with {one}")).unwrap_or_default();
        let says = format!("delivered on {day}{letter}{taken}: {how}");
        let delivered = Some(Delivery { day, how, taken_by, with_letter });
        let plan = Plan { delivered, ..before.read()? };
        let standing = RecordEntry {
            state: before.state,
            day: before.day,
            says: format!("{}, {says}", plan.kind.says()),
            details: &plan,
            confidential: None,
        };
        let row = records::change(tx, &before, &standing, caller)?;
        Reply::new(StatusCode::OK, &Record::<Plan>::of(&row)?)
    })
    .await
}
