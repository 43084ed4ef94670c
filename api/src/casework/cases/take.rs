//! A person says yes: the step is taken. Events, letters and actions come of it in one transaction.

use chrono::NaiveDate;
use domain::Calendar;
use domain::policy::word::Do;
use domain::policy::{Decision, Place, Recorded, TakeError};

use super::rows::{self, OpenedCase};
use crate::base::auth::Caller;
use crate::base::db::Tx;
use crate::base::id::{PupilId, ReviewId, SchoolId};
use crate::base::problem::{Kind, Problem};
use crate::casework::actions::{self, ActionSubject};
use crate::casework::letters::{self, NewLetter};
use crate::school::policies::Follows;

/// Whom a step is about, when it is taken, and on which calendars.
pub struct StepGround<'a> {
    /// The school.
    pub school_id: SchoolId,
    /// The pupil.
    pub pupil_id: PupilId,
    /// The review that proposed it.
    pub review_id: Option<ReviewId>,
    /// The day.
    pub day: NaiveDate,
    /// The school's calendars, in order.
    pub calendars: &'a [Calendar],
}

/// Takes the step that was proposed, unless the case has moved on since. A pupil without a case gets one, under the
/// policy that the school follows.
///
/// # Errors
/// 412 when the case has moved on; 422 when a target would run beyond the calendars.
pub fn take(
    tx: &mut Tx<'_>,
    decision: &Decision,
    ground: &StepGround<'_>,
    open: Option<OpenedCase>,
    follows: &Follows,
    caller: &Caller,
) -> Result<OpenedCase, Problem> {
    let before = open.as_ref().map(|told| &told.case);
    let events = decision
        .take(before, caller.subject(), ground.day, ground.calendars)
        .map_err(|error| refusal(&error))?;
    let row = match open {
        Some(told) => told.row,
        None => rows::open(tx, (ground.school_id, ground.pupil_id), follows, ground.day)?,
    };
    let told = rows::append(tx, &row, &events, (&decision.because, ground.review_id), caller)?;
    let step = (told.row.case_id, told.row.steps);
    let figure = decision.taking.as_ref().and_then(|taking| taking.figure);
    for event in &events {
        let (name, held) = match &event.what {
            Recorded::Letter(name) => (name, None),
            Recorded::Held { letter, why } => (letter, Some(why.as_str())),
            _ => continue,
        };
        let new = NewLetter {
            school_id: ground.school_id,
            pupil_id: ground.pupil_id,
            step: Some(step),
            review_id: ground.review_id,
            name,
            rule: &decision.rule,
            held,
            figure,
            day: ground.day,
        };
        letters::add(tx, &new, caller.subject())?;
    }
    let about = ActionSubject {
        school_id: ground.school_id,
        pupil_id: Some(ground.pupil_id),
        case_id: Some(told.row.case_id),
        review_id: ground.review_id,
    };
    let to_do = |kind: Do| !matches!(kind, Do::Letter | Do::Flag | Do::Target);
    for action in decision.actions.iter().filter(|action| to_do(action.kind)) {
        actions::open(tx, about, &decision.rule, action, None, ground.day, ground.calendars)?;
    }
    Ok(told)
}

/// Where a person who decides otherwise wants the case to go.
///
/// # Errors
/// 422 at `/to` when nothing is said. Whether the policy has such a stage is for the engine to say.
pub fn place(to: Option<&str>) -> Result<Place, Problem> {
    match to {
        None => Err(Problem::at(Kind::Invalid, "/to", "a stage of the policy, or closed")),
        Some("closed") => Ok(Place::Closed),
        Some(stage) => Ok(Place::At(stage.to_owned())),
    }
}

/// What the engine refuses, as a problem.
pub fn refusal(error: &TakeError) -> Problem {
    let kind = match error {
        TakeError::MovedOn => Kind::StaleTag,
        TakeError::NoCalendar => Kind::NoCalendar,
        TakeError::NoStep | TakeError::NoPlace => Kind::Invalid,
    };
    Problem::new(kind).detail(error.to_string())
}
