//! Leave is granted under a code, or refused with a reason.

use domain::CodeTable;

use super::leave::{self, Leave, LeaveRequest};
use base::operation::*;

/// The decision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaveDecisionBody {
    /// Whether it is granted.
    granted: bool,
    /// The code of the leave, such as `C`, `C1`, `M` or `R`: an authorised absence. Only when it is granted.
    #[serde(default)]
    #[schema(example = "C")]
    code: Option<String>,
    /// Why; needed when it is refused.
    #[serde(default)]
    reason: Option<String>,
}

impl LeaveDecisionBody {
    /// The code and the reason as they are kept.
    fn check(
        &self,
        request: &LeaveRequest,
        codes: &CodeTable,
    ) -> Result<(Option<String>, Option<String>)> {
        let reason = self.reason.as_deref().map(|text| name::words(text, "/reason", name::REASON));
        let reason = reason.transpose()?;
        if self.granted {
            return Ok((Some(self.authorised(request, codes)?), reason));
        }
        if self.code.is_some() {
            let expected = "no code, for the leave is refused";
            return Err(Problem::at(Kind::Invalid, "/code", expected));
        }
        if reason.is_none() {
            return Err(Problem::at(Kind::Invalid, "/reason", "why the leave is refused"));
        }
        Ok((None, reason))
    }

    /// A code of authorised absence, on the first day and on the last.
    fn authorised(&self, request: &LeaveRequest, codes: &CodeTable) -> Result<String> {
        let expected = "the code of an authorised absence, such as C";
        let refused = || Problem::at(Kind::Invalid, "/code", expected);
        let code = self.code.as_deref().ok_or_else(refused)?;
        let mut text = None;
        for day in [request.first_day, request.last_day] {
            let number = codes.read(code, Session::Am, day).map_err(|_| refused())?.number.get();
            if !codes.counts(number, day).authorised() {
                return Err(refused());
            }
            text = codes.text(number);
        }
        text.map(str::to_owned).ok_or_else(refused)
    }
}

/// Decide a request for leave
///
/// Granted leave names its code; it marks nobody absent by itself. A request is decided once: the same decision again
/// changes nothing.
#[utoipa::path(tag = "day", security(("token" = ["leave:decide"])), request_body = LeaveDecisionBody,
    params(LeaveId, Idempotency),
    responses((status = 200, description = "The request with its decision.", body = Leave),
        (status = 409, description = "It was decided otherwise already."),
        refusal::Taken))]
#[post("/v1/leave-requests/{leave_id}/decision")]
pub async fn decide_leave(
    caller: May<DecideLeave>,
    app: web::Data<App>,
    path: Path<LeaveId>,
    key: Idempotency,
    body: Json<LeaveDecisionBody>,
) -> Result<HttpResponse> {
    let codes = app.codes.clone();
    let operation = format!("decide_leave/{}", path.0);
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        let Leave { request, .. } = leave::one(tx, path.0)?;
        let (code, reason) = body.value.check(&request, &codes)?;
        key.once(tx, &caller, &operation, &body.bytes, |tx| {
            let added = leave::decide(tx, &request, (code.as_deref(), reason.as_deref()), &caller)?;
            let leave = leave::one(tx, path.0)?;
            let same = |one: &leave::LeaveDecision| (&one.code, &one.reason) == (&code, &reason);
            if !added && !leave.decision.as_ref().is_some_and(same) {
                return Err(Problem::new(Kind::Taken).detail("Somebody has decided otherwise."));
            }
            Reply::ok(&leave)
        })
    });
    Ok(reply.await?.answer())
}
