//! Words that a case has put on its pupil are lifted: a condition is known, or talking was enough.

use domain::policy::{Event, Recorded};

use super::events::timeline;
use super::rows::{self, CaseRow};
use base::operation::*;
use school::tenants;

/// What stands in the place of a rule's id: no rule lifts it, a person does.
const LIFTED: &str = "a person";

/// Which words, and why they do not stand any more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LiftBody {
    /// The words, as they stand with the case.
    #[schema(example = "medical evidence required")]
    flag: String,
    /// On what ground.
    ground: Ground,
    /// More of why. With the ground it is visible only with `safeguarding:read`.
    #[serde(default)]
    #[schema(example = "The hospital's letter of 3 November is in the file")]
    reason: Option<String>,
}

words! {
    /// On what ground words do not stand on a pupil any more.
    Ground as "LiftingGround" {
        Condition = "long_term_condition": "a long-term condition is known: later steps of the case do not ask again",
        Disability = "disability": "a disability is known: later steps of the case do not ask again",
        Talked = "talked": "talking was enough: the next step of the case may ask again",
    }
}

/// Lift what stands on a pupil
///
/// Such as that absences need medical evidence: statutory guidance asks for it only where there is genuine and reasonable
/// doubt. While a reason is accepted for a pupil (`mitigate`) it is not asked for either. The same said again changes nothing.
#[utoipa::path(tag = "cases", security(("token" = ["case:record"])), request_body = LiftBody,
    params(CaseId, Idempotency),
    responses((status = 200, description = "Where the case stands now.", body = CaseRow),
        (status = 422, description = "These words do not stand on the pupil.")))]
#[post("/v1/cases/{case_id}/flags/lift")]
pub async fn lift_flag(
    caller: May<RecordCase>,
    path: Path<CaseId>,
    key: Idempotency,
    body: Json<LiftBody>,
) -> Result<HttpResponse> {
    let Json { value: LiftBody { flag, ground, reason }, bytes } = body;
    let more = reason.map(|reason| name::words(&reason, "/reason", name::NOTE)).transpose()?;
    let operation = format!("lift_flag/{}", path.0);
    key.write(caller, operation, bytes, move |tx, caller| {
        let told = rows::case_to_change(tx, path.0)?;
        if !told.case.flags.contains(&flag) {
            // The same said again changes nothing.
            for row in timeline(tx, told.row.case_id)? {
                if matches!(row.event()?.what, Recorded::Lifted { flag: lifted, .. } if lifted == flag) {
                    return Reply::ok(&told.row);
                }
            }
            let standing: Vec<&str> = told.case.flags.iter().map(String::as_str).collect();
            let expected = match standing.as_slice() {
                [] => "nothing: no words stand on the pupil".to_owned(),
                standing => format!("what stands on the pupil: {}", standing.join(", ")),
            };
            return Err(Problem::at(Kind::Invalid, "/flag", expected));
        }
        let reason = [Some(ground.says().to_owned()), more].into_iter().flatten();
        let lifted = Event {
            rule: LIFTED.to_owned(),
            step: told.case.steps,
            day: tenants::today(tx, told.row.school_id)?,
            by: caller.subject().to_owned(),
            what: Recorded::Lifted {
                flag,
                holds: ground != Ground::Talked,
                reason: Some(reason.collect::<Vec<_>>().join("; ")),
            },
        };
        Reply::ok(&rows::append(tx, &told.row, &[lifted], (&[], None), caller)?.row)
    })
    .await
}

impl Ground {
    /// The ground in a sentence.
    fn says(self) -> &'static str {
        match self {
            Self::Condition => "a long-term condition is known",
            Self::Disability => "a disability is known",
            Self::Talked => "talking was enough",
        }
    }
}
