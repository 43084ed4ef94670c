//! What became of a case at its stage: who came to the meeting, what the local authority answered, what a person
//! decided.

use analytics::Block;
use domain::policy::{Happened, Shield, StepError, step};

use super::mitigations::mitigations;
use super::rows::{self, CaseFile, CaseRow};
use super::take::{StepContext, place, take};
use super::who::check_decides;
use crate::letters;
use base::operation::*;
use figures::{Counting, Figures, years_behind};
use roll::pupils;
use school::{calendars, tenants};

/// What happened.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutcomeBody {
    /// An outcome of the stage: `attended`, `not attended`, `refused`, `left the roll`, one of its answers, or
    /// `a person decides otherwise`.
    #[schema(example = "not attended")]
    outcome: String,
    /// When a person decides otherwise: the stage that the case goes to, or `closed`.
    #[serde(default)]
    to: Option<String>,
    /// When a person decides otherwise: why. Visible only with `safeguarding:read`.
    #[serde(default)]
    reason: Option<String>,
    /// How many steps the case had when you looked at it: with another number it has moved on, and nothing is done.
    #[serde(default)]
    #[schema(example = 3)]
    steps: Option<i32>,
}

/// Record what happened
///
/// The case goes on at once as its policy says, under the version that it was opened with.
#[utoipa::path(tag = "cases", security(("token" = ["case:record"])), request_body = OutcomeBody,
    params(CaseId, Idempotency),
    responses((status = 200, description = "Where the case stands now.", body = CaseRow),
        (status = 412, description = "The case has moved on since you read it."),
        (status = 422, description = "The stage has no such outcome; the answer lists those it has."),
        refusal::NoCalendar, refusal::StaleTag))]
#[post("/v1/cases/{case_id}/outcomes")]
pub async fn record_outcome(
    caller: May<RecordCase>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    path: Path<CaseId>,
    key: Idempotency,
    body: Json<OutcomeBody>,
) -> Result<HttpResponse> {
    let happened = happened(&body.value)?;
    let counted = counted(&counting, caller.scope(), path.0).await?;
    let state = app.clone();
    let operation = format!("record_outcome/{}", path.0);
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        let told = rows::case_to_change(tx, path.0)?;
        key.once(tx, &caller, &operation, &body.bytes, |tx| {
            if body.value.steps.is_some_and(|steps| steps != told.row.steps) {
                return Err(Problem::new(Kind::StaleTag)
                    .detail("The case has moved on since you read it.")
                    .member("steps", told.row.steps)
                    .member("stage", told.row.stage));
            }
            if let Happened::Otherwise { .. } = happened {
                check_decides(tx, &state, &caller, &told)?;
            }
            Reply::ok(&record(tx, &caller, told, &happened, &counted)?.row)
        })
    });
    Ok(reply.await?.answer())
}

/// The blocks that letters, and what they ask for, are counted from. Errors: 404; 503 when too much is counted at once.
pub async fn counted(
    counting: &Counting,
    scope: &Scope,
    case_id: CaseId,
) -> Result<Vec<Arc<Block>>> {
    let counted = counting.school_blocks_of(scope, move |tx| {
        let school_id = rows::case(tx, case_id)?.school_id;
        Ok((school_id, years_behind(tx.clock().today())?, ()))
    });
    Ok(counted.await?.0.blocks)
}

fn happened(body: &OutcomeBody) -> Result<Happened> {
    if body.outcome != "a person decides otherwise" {
        return Ok(Happened::Outcome(body.outcome.clone()));
    }
    let to = place(body.to.as_deref())?;
    let reason = name::words(body.reason.as_deref().unwrap_or_default(), "/reason", name::NOTE)?;
    Ok(Happened::Otherwise { to, reason })
}

/// Takes the step that answers what happened. The caller holds the case. Errors: 422 when the stage has no such
/// outcome; the answer lists those it has.
pub fn record(
    tx: &mut Tx,
    caller: &Caller,
    told: CaseFile,
    happened: &Happened,
    blocks: &[Arc<Block>],
) -> Result<CaseFile> {
    let CaseRow { school_id, pupil_id, .. } = told.row;
    let follows = told.follows(tx)?;
    let day = tenants::today(tx, school_id)?;
    let calendars = calendars::around(tx, school_id, day)?;
    let figures = Figures::new(blocks, &calendars, day);
    let unauthorised = figures.unauthorised_of(follows.policy.over, pupil_id);
    let shield = Shield { unauthorised, ..shield(tx, school_id, pupil_id)? };
    let decision = step(
        &follows.policy,
        &follows.letters,
        (i64::from(pupil_id.number()), &told.case),
        &shield,
        happened,
    )
    .map_err(|error| refusal(&error))?;
    let ground = StepContext { school_id, pupil_id, review_id: None, day, calendars: &calendars };
    let taken = take(tx, &decision, &ground, Some(told), &follows, caller)?;
    taken.with_letters(tx, &figures)
}

/// What stands between a letter and this pupil's parents today.
fn shield(tx: &mut Tx, school_id: SchoolId, pupil_id: PupilId) -> Result<Shield> {
    let day = tenants::today(tx, school_id)?;
    let born = pupils::pupil(tx, pupil_id)?.birth_date;
    let mut reasons: BTreeMap<PupilId, String> = mitigations(tx, school_id, day)?;
    Ok(Shield {
        mitigation: reasons.remove(&pupil_id),
        letters_stopped: letters::stopped(tx, &[pupil_id])?.contains(&pupil_id),
        not_compulsory_age: !domain::is_of_compulsory_age(born, day),
        ..Shield::default()
    })
}

fn refusal(error: &StepError) -> Problem {
    let pointer = match error {
        StepError::NoReason => "/reason",
        StepError::NoStage(_) => "/to",
        StepError::Ended | StepError::NoOutcome { .. } | StepError::Counted(_) => "/outcome",
    };
    Problem::at(Kind::Invalid, pointer, error.to_string())
}
