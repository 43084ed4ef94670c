//! What was really done, for many actions or pupils in one call.

use actix_web::http::StatusCode;

use super::evidence::{Done, add_evidence};
use super::give_evidence::{check_listed, check_own};
use super::rows::{self, ListedAction, with_pupils};
use crate::one_of_many::{attempt, check_any, check_many, status};
use base::operation::*;
use base::problem::ProblemBody;

/// Evidence.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceOfManyBody {
    /// At most 500.
    evidence: Vec<OneOfEvidence>,
}

/// What was done about one action, or for one pupil of its list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OneOfEvidence {
    /// The action.
    #[schema(example = 314)]
    action_id: ActionId,
    /// Where the action has a list of pupils: the one whom it is about; all of them when absent.
    #[serde(default)]
    #[schema(example = 4711)]
    pupil_id: Option<PupilId>,
    /// What was done, when and with whom.
    #[schema(example = "Handed over in assembly on Friday")]
    says: String,
    /// Whether it is done with it; `false` for an attempt.
    done: bool,
}

/// What became of the evidence, in its order.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvidenceOfMany {
    /// One each.
    results: Vec<EvidenceResult>,
}

/// What became of one.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvidenceResult {
    /// The action.
    action_id: ActionId,
    /// As it alone would have been answered: 200, 403, 404 or 422.
    #[schema(example = 200)]
    status: u16,
    /// The action as it stands now; absent when there is no such action.
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<ListedAction>,
    /// Why it was not recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemBody>,
}

/// Record what was done, for many
///
/// Each is recorded whole or not at all, whatever becomes of the others.
#[utoipa::path(tag = "actions", security(("token" = ["action:record"])), request_body = EvidenceOfManyBody,
    params(Idempotency),
    responses((status = 207, description = "What became of each.", body = EvidenceOfMany)))]
#[post("/v1/evidence")]
pub async fn record_evidence(
    caller: May<RecordAction>,
    app: web::Data<App>,
    key: Idempotency,
    body: Json<EvidenceOfManyBody>,
) -> Result<HttpResponse> {
    let Json { value: EvidenceOfManyBody { evidence }, bytes } = body;
    check_many(evidence.len(), "/evidence", "pieces of evidence")?;
    key.write(caller, "record_evidence", bytes, move |tx, caller| {
        rows::hold(tx, evidence.iter().map(|one| one.action_id).collect())?;
        let record = |one: &OneOfEvidence| record(tx, &app, caller, one);
        let results = evidence.iter().map(record).collect::<Result<Vec<_>>>()?;
        check_any(results.iter().any(|one| one.now.is_some()))?;
        Reply::new(StatusCode::MULTI_STATUS, &EvidenceOfMany { results })
    })
    .await
}

fn record(tx: &mut Tx, app: &App, caller: &Caller, one: &OneOfEvidence) -> Result<EvidenceResult> {
    let action_id = one.action_id;
    let problem = attempt(tx, |tx| {
        let says = name::words(&one.says, "/says", name::NOTE)?;
        let action = rows::action_to_change(tx, action_id)?;
        check_own(app, caller, &action)?;
        check_listed(tx, &action, one.pupil_id, "/pupil_id")?;
        let done = Done { says: &says, done: one.done, pupil_id: one.pupil_id };
        add_evidence(tx, &action, &done, caller.subject())
    })?;
    let found = rows::of_ids(tx, vec![action_id])?;
    let (status, now) = (status(problem.as_ref()), with_pupils(tx, found)?.pop());
    Ok(EvidenceResult { action_id, status, now, problem })
}
