//! A referral was sent, received, answered or closed.

use actix_web::http::StatusCode;

use super::readiness::checks;
use super::referral::{Referral, ReferralStep};
use crate::recording::{CaseMoved, Forward, Record, evidence};
use crate::records::{self, RecordEntry, RecordState, record_to_change};
use base::operation::*;
use figures::{Check, Counting, Light};
use school::tenants;

/// What became of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProgress {
    /// How it stands now.
    state: Progressed,
    /// The day.
    day: NaiveDate,
    /// What was said or done, as you received it.
    #[schema(example = "Letter D, as received from the LAAO")]
    says: String,
    /// When it is sent although something that an authority asks to see is missing (red in the evidence): why.
    #[serde(default)]
    #[schema(example = "The family has moved away: no meeting can be held")]
    reason: Option<String>,
    /// The outcome of the case's stage that this is, in the policy's words: the case goes on with it.
    #[serde(default)]
    #[schema(example = "support")]
    outcome: Option<String>,
}

words! {
    /// What became of a referral.
    Progressed {
        Sent = "sent": "it has left the school",
        Received = "received": "the other side has it",
        Answered = "answered": "the other side answered or did something",
        Closed = "closed": "nothing more will come of it",
    }
}

impl Progressed {
    /// How the referral stands then.
    fn state(self) -> RecordState {
        match self {
            Self::Sent => RecordState::Sent,
            Self::Received => RecordState::Received,
            Self::Answered => RecordState::Answered,
            Self::Closed => RecordState::Closed,
        }
    }
}

/// A referral that went on.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgressedReferral {
    /// The referral.
    referral: Record<Referral>,
    /// What became of the case, when an outcome was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<CaseMoved>,
}

/// Record what became of a referral
///
/// Before it is sent its evidence is looked at again, and kept with it. What is red does not stop it: a person says why.
#[utoipa::path(tag = "referrals", security(("token" = ["case:record"])), request_body = NewProgress,
    params(RecordId, IfMatch, Idempotency),
    responses((status = 200, description = "The referral, and what became of the case.", body = ProgressedReferral),
        (status = 422, description = "It is sent with something red and without a reason."),
        refusal::NoCalendar))]
#[post("/v1/referrals/{record_id}/progress")]
pub async fn progress_referral(
    caller: May<RecordCase>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    path: Path<RecordId>,
    conditions: Conditions,
    key: Idempotency,
    body: Json<NewProgress>,
) -> Result<HttpResponse> {
    let Json { value: NewProgress { state, day, says, reason, outcome }, bytes } = body;
    let says = name::words(&says, "/says", name::ACCOUNT)?;
    let reason = reason.map(|reason| name::words(&reason, "/reason", name::NOTE)).transpose()?;
    let codes = app.codes.clone();
    let of_case = app.db.run(caller.scope(), move |tx| records::case_of::<Referral>(tx, path.0));
    let forward = Forward::of(&counting, caller.scope(), of_case.await?).await?;
    let operation = format!("progress_referral/{}", path.0);
    key.write(caller, operation, bytes, move |tx, caller| {
        let before = record_to_change::<Referral>(tx, path.0, &conditions)?;
        if day > tenants::today(tx, before.school_id)? {
            return Err(Problem::at(Kind::Invalid, "/day", "today, or a day before"));
        }
        let mut referral: Referral = before.read()?;
        let line = format!("referral to {}, {}: {says}", referral.name, state);
        let by = caller.subject().to_owned();
        if state == Progressed::Sent {
            referral.evidence = checks(tx, &codes, &before.subject())?;
            check_reason(&referral.evidence, reason.as_deref())?;
        }
        referral.steps.push(ReferralStep { state, day, says, reason, by });
        let standing = RecordEntry {
            state: state.state(),
            day,
            says: line,
            details: &referral,
            confidential: None,
        };
        let row = records::change(tx, &before, &standing, caller)?;
        if before.state == RecordState::Prepared {
            evidence(tx, (row.action_id, row.pupil_id), (&row.says, true), caller)?;
        }
        let case = forward.go_if_said(tx, caller, row.case_id, outcome.as_deref())?;
        let answer = ProgressedReferral { referral: Record::of(&row)?, case };
        Reply::new(StatusCode::OK, &answer)
    })
    .await
}

/// Errors: 422 at `/reason` for a referral that is sent with something red, which is named, and nobody says why.
fn check_reason(evidence: &[Check], reason: Option<&str>) -> Result<()> {
    let red = evidence.iter().filter(|check| check.light == Light::Red);
    let red: Vec<&str> = red.map(|check| check.item.as_str()).collect();
    if red.is_empty() || reason.is_some() {
        return Ok(());
    }
    let expected = format!("why it is sent although this is missing: {}", red.join(", "));
    Err(Problem::at(Kind::Invalid, "/reason", expected))
}
