//! A report was a mistake, such as one about another child: the list is without it at once.

use super::rows::{self, ReportedAbsence};
use base::operation::*;

/// Why it was a mistake.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawalBody {
    /// Why, 1 to 500 characters.
    #[schema(example = "It was about another pupil")]
    reason: String,
}

/// Withdraw a report
///
/// The report stays on record and counts no longer. A second time changes nothing.
#[utoipa::path(tag = "day", security(("token" = ["contact:record"])), request_body = WithdrawalBody,
    params(ReportId, Idempotency),
    responses((status = 200, description = "The report that counts no longer.", body = ReportedAbsence)))]
#[post("/v1/reported-absences/{report_id}/withdrawal")]
pub async fn withdraw_report(
    caller: May<RecordContact>,
    app: web::Data<App>,
    path: Path<ReportId>,
    key: Idempotency,
    body: Json<WithdrawalBody>,
) -> Result<HttpResponse> {
    let reason = name::words(&body.value.reason, "/reason", name::REASON)?;
    let operation = format!("withdraw_report/{}", path.0);
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        let report = rows::report(tx, path.0)?;
        key.once(tx, &caller, &operation, &body.bytes, |tx| {
            rows::withdraw(tx, &report, &reason, caller.subject())?;
            Reply::ok(&report)
        })
    });
    Ok(reply.await?.answer())
}
