//! What a record is about: a pupil at a school, and most often a case and the action that asked for it.

use crate::records::RecordSubject;
use crate::{actions, cases};
use base::prelude::*;
use roll::pupils;
use roll::visibility::{self, Act};
use school::tenants;

/// What it is about.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// The school.
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// The pupil.
    #[schema(example = 4711)]
    pub pupil_id: PupilId,
    /// The case, where there is one.
    #[serde(default)]
    #[schema(example = 205)]
    pub case_id: Option<CaseId>,
    /// The action that asked for it: what is recorded is its evidence.
    #[serde(default)]
    #[schema(example = 314)]
    pub action_id: Option<ActionId>,
}

impl About {
    /// Looks up what it names. Errors: 404 for what the caller may not know of; 403 when another school has the pupil and
    /// nothing that this one began asks for it; 422 for what does not belong together.
    pub fn look_up(self, tx: &mut Tx) -> Result<RecordSubject> {
        let Self { school_id, pupil_id, case_id, action_id } = self;
        tenants::school(tx, school_id)?;
        pupils::pupil(tx, pupil_id)?;
        pupils::check_unmerged(tx, pupil_id)?;
        if case_id.is_none() && action_id.is_none() {
            visibility::check(tx, pupil_id, Act::Begin)?;
        }
        let mut problem = Problem::new(Kind::Invalid);
        if !pupils::stays_of(tx, pupil_id)?.iter().any(|stay| stay.school_id == school_id) {
            problem = problem.and("/about/pupil_id", "a pupil who is or was on the school's roll");
        }
        let case = case_id.map(|case_id| cases::case(tx, case_id)).transpose()?;
        if case.as_ref().is_some_and(|row| (row.school_id, row.pupil_id) != (school_id, pupil_id)) {
            problem = problem.and("/about/case_id", "a case of this pupil at this school");
        }
        let action = action_id.map(|action_id| actions::action(tx, action_id)).transpose()?;
        let listed = match action_id {
            Some(action_id) => actions::may_be_about(tx, action_id, pupil_id)?,
            None => true,
        };
        if action.is_some_and(|row| {
            row.school_id != school_id
                || row.pupil_id.is_some_and(|pupil| pupil != pupil_id)
                || row.case_id.is_some_and(|case| Some(case) != case_id)
        }) || !listed
        {
            problem = problem.and("/about/action_id", "an action about this pupil and this case");
        }
        if !problem.errors().is_empty() {
            return Err(problem);
        }
        let case = case.map(|row| (row.case_id, row.steps));
        Ok(RecordSubject { school_id, pupil_id, case, action_id })
    }
}
