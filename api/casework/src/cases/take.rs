//! A person says yes: the step is taken. Events, letters and actions come of it in one transaction.

use domain::Calendar;
use domain::policy::word::Do;
use domain::policy::{Case, Decision, Place, Recorded, TakeError};

use super::rows::{self, CaseFile};
use crate::actions::{self, ActionSubject};
use crate::letters::{self, NewLetter, WrittenFrom};
use base::prelude::*;
use figures::Figures;
use school::policies::Follows;

/// Whom a step is about, when it is taken, and on which calendars.
pub struct StepContext<'a> {
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

/// A step that was taken. The letters that it decided on are still to be written, or known to be held.
#[must_use = "the letters that the step decided on are not written yet"]
pub struct Taken<'a> {
    file: CaseFile,
    before: Option<Case>,
    follows: &'a Follows,
}

impl Taken<'_> {
    /// Writes the letters that the step decided on, filled in with these figures; the case as it stands now.
    pub fn with_letters(self, tx: &mut Tx, figures: &Figures<'_>) -> Result<CaseFile> {
        let Self { file, before, follows } = self;
        let about = WrittenFrom { follows, before: before.as_ref(), after: Some(&file.case) };
        letters::write(tx, (file.row.school_id, file.row.pupil_id), &about, figures)?;
        Ok(file)
    }

    /// The case as it stands now, where the step holds every letter: a held one is written when it is released.
    pub fn with_letters_held(self) -> CaseFile {
        self.file
    }
}

/// Takes the step that was proposed, unless the case has moved on since. A pupil without a case gets one, under the
/// policy that the school follows. Errors: 412 when the case has moved on; 422 when a target would run beyond the
/// calendars.
pub fn take<'a>(
    tx: &mut Tx,
    decision: &Decision,
    ground: &StepContext<'_>,
    open: Option<CaseFile>,
    follows: &'a Follows,
    caller: &Caller,
) -> Result<Taken<'a>> {
    let before = open.as_ref().map(|file| file.case.clone());
    let events = decision
        .take(before.as_ref(), caller.subject(), ground.day, ground.calendars)
        .map_err(|error| refusal(&error))?;
    let row = match open {
        Some(file) => file.row,
        None => rows::open(tx, (ground.school_id, ground.pupil_id), follows, ground.day)?,
    };
    let file = rows::append(tx, &row, &events, (&decision.because, ground.review_id), caller)?;
    let step = (file.row.case_id, file.row.steps);
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
            figure: decision.counted.map(|counted| counted.figure),
            over: decision.counted.map(|counted| counted.over),
            day: ground.day,
        };
        letters::add(tx, &new, caller.subject())?;
    }
    let about = ActionSubject {
        school_id: ground.school_id,
        pupil_id: Some(ground.pupil_id),
        case_id: Some(file.row.case_id),
        review_id: ground.review_id,
    };
    let to_do = |kind: Do| !matches!(kind, Do::Letter | Do::Flag | Do::Target);
    for action in decision.actions.iter().filter(|action| to_do(action.kind)) {
        let action = follows.policy.by_somebody(action);
        actions::open(tx, about, &decision.rule, &action, ground.day, ground.calendars)?;
    }
    Ok(Taken { file, before, follows })
}

/// Where a person who decides otherwise wants the case to go. Errors: 422 at `/to` when nothing is said. Whether the
/// policy has such a stage is for the engine to say.
pub fn place(to: Option<&str>) -> Result<Place> {
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
