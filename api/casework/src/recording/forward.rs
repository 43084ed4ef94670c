//! What was recorded moves the case: the office says it once.

use ::analytics::Block;
use domain::policy::Happened;

use crate::{actions, cases};
use base::prelude::*;
use figures::Counting;

/// What a case's next step is judged by, counted before the transaction.
pub struct Forward {
    blocks: Vec<Arc<Block>>,
}

/// What became of the case.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CaseMoved {
    /// Whether the case took a step.
    pub moved: bool,
    /// The stage where it stands; absent when it has ended, or there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Stage 3")]
    pub stage: Option<String>,
    /// What happened to it, or why nothing did, in plain English.
    pub says: String,
}

impl CaseMoved {
    /// The case stays where it is.
    pub fn not(stage: Option<String>, says: impl Into<String>) -> Self {
        Self { moved: false, stage, says: says.into() }
    }
}

impl Forward {
    /// Counts what the case's policy may ask for. Errors: 404; 503 when too much is counted at once.
    pub async fn of(counting: &Counting, scope: &Scope, case_id: Option<CaseId>) -> Result<Self> {
        let blocks = match case_id {
            Some(case_id) => cases::counted(counting, scope, case_id).await?,
            None => Vec::new(),
        };
        Ok(Self { blocks })
    }

    /// Takes the step that answers an outcome of the case's stage. Errors: 422 when the stage has no such outcome.
    pub fn go(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        case_id: CaseId,
        outcome: &str,
    ) -> Result<CaseMoved> {
        let told = cases::case_to_change(tx, case_id)?;
        let happened = Happened::Outcome(outcome.to_owned());
        let told = cases::record(tx, caller, told, &happened, &self.blocks)?;
        let stage = told.row.stage;
        let says = match &stage {
            Some(stage) => format!("\"{outcome}\" was recorded; the case is now at {stage:?}."),
            None => format!("\"{outcome}\" was recorded; the case has ended."),
        };
        Ok(CaseMoved { moved: true, stage, says })
    }

    /// Takes the step that answers the outcome that the caller named, if one was named. Errors: 422 at `/outcome` when
    /// there is no case, or its stage has no such outcome.
    pub fn go_if_said(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        case_id: Option<CaseId>,
        outcome: Option<&str>,
    ) -> Result<Option<CaseMoved>> {
        match (case_id, outcome) {
            (_, None) => Ok(None),
            (Some(case_id), Some(outcome)) => self.go(tx, caller, case_id, outcome).map(Some),
            (None, Some(_)) => {
                let expected = "nothing: it belongs to no case, so that there is none to move";
                Err(Problem::at(Kind::Invalid, "/outcome", expected))
            }
        }
    }
}

/// What was recorded is evidence of the action that asked for it.
pub fn evidence(
    tx: &mut Tx,
    (action_id, pupil_id): (Option<ActionId>, PupilId),
    (says, done): (&str, bool),
    caller: &Caller,
) -> Result<()> {
    let Some(action_id) = action_id else { return Ok(()) };
    let action = actions::action_to_change(tx, action_id)?;
    let done = actions::Done { says, done, pupil_id: Some(pupil_id) };
    actions::add_evidence(tx, &action, &done, caller.subject())
}
