//! A case follows its pupil: it closes when the pupil has left the roll, and goes on at another school of the trust
//! when the pupil has moved there.

use domain::NoticeState;
use domain::policy::word::Do;
use domain::policy::{Decision, Event, Happened, Place, Recorded, Shield, Target, step};

use super::events;
use super::rows::{self, CaseFile};
use super::take::{StepContext, take};
use super::waiting::LeftBehind;
use crate::actions::{self, ActionSubject};
use crate::letters;
use crate::records::notices::{self, NoticeRow};
use crate::records::{self, RecordRow};
use base::prelude::*;
use school::policies::Follows;
use school::{calendars, tenants};

/// What became of the case of a pupil who has left the roll of the school that followed it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Followed {
    /// The case that has closed.
    #[schema(example = 205)]
    case_id: CaseId,
    /// The case that goes on at another school of the trust; absent when the pupil has left the trust.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 311)]
    successor: Option<CaseId>,
    /// In words.
    #[schema(example = "goes on at another school of the trust")]
    says: String,
}

/// Lets a case follow the roll; `None` when somebody has closed it in between.
pub fn follow_the_roll(
    tx: &mut Tx,
    left: &LeftBehind,
    day: NaiveDate,
    caller: &Caller,
) -> Result<Option<Followed>> {
    let told = rows::case_to_change(tx, left.case_id)?;
    if told.row.stage.is_none() {
        return Ok(None);
    }
    let follows = told.follows(tx)?;
    let happened = Happened::Outcome("left the roll".to_owned());
    let case = (i64::from(told.row.pupil_id.number()), &told.case);
    let decision = step(&follows.policy, &follows.letters, case, &Shield::default(), &happened)
        .map_err(Problem::internal)?;
    match left.now_at {
        Some(school_id) => carry(tx, told, &decision, &follows, (school_id, day), caller).map(Some),
        None => close(tx, told, decision, &follows, day, caller).map(Some),
    }
}

/// The pupil has left the trust: the policy says what is still to be done. No letter leaves by itself.
fn close(
    tx: &mut Tx,
    told: CaseFile,
    mut decision: Decision,
    follows: &Follows,
    day: NaiveDate,
    caller: &Caller,
) -> Result<Followed> {
    const WHY: &str = "the pupil has left the roll";
    let case_id = told.row.case_id;
    let (letters, others): (Vec<_>, Vec<_>) =
        decision.actions.into_iter().partition(|action| action.kind == Do::Letter);
    decision.actions = others;
    decision.held.extend(letters.into_iter().map(|letter| (letter.what, WHY.to_owned())));
    actions::fall_away(tx, case_id, WHY, caller.subject())?;
    letters::hold_waiting(tx, case_id, WHY)?;
    let (school_id, pupil_id) = (told.row.school_id, told.row.pupil_id);
    let calendars = calendars::around(tx, school_id, day)?;
    let ground = StepContext { school_id, pupil_id, review_id: None, day, calendars: &calendars };
    take(tx, &decision, &ground, Some(told), follows, caller)?.with_letters_held();
    Ok(Followed { case_id, successor: None, says: "left the roll".to_owned() })
}

/// The pupil has moved inside the trust: the case closes here, and a successor goes on there as it stood, under the
/// policy and version that it was opened with.
fn carry(
    tx: &mut Tx,
    told: CaseFile,
    decision: &Decision,
    follows: &Follows,
    (school_id, day): (SchoolId, NaiveDate),
    caller: &Caller,
) -> Result<Followed> {
    let (case_id, pupil_id) = (told.row.case_id, told.row.pupil_id);
    // The school that the pupil has left is not told where the pupil is.
    let says = "goes on at another school of the trust".to_owned();
    let event = |number, what| Event {
        rule: decision.rule.clone(),
        step: number,
        day,
        by: caller.subject().to_owned(),
        what,
    };
    let closed = event(
        told.case.steps + 1,
        Recorded::Moved {
            outcome: "moved inside the trust".to_owned(),
            to: Place::Closed,
            figure: None,
            band: None,
            reason: None,
        },
    );
    let story = story(tx, case_id)?;
    letters::hold_waiting(tx, case_id, "the pupil has moved to another school of the trust")?;
    rows::append(tx, &told.row, &[closed], (std::slice::from_ref(&says), None), caller)?;
    let from = tenants::school(tx, told.row.school_id)?.name;
    let there = rows::open_case_to_change(tx, school_id, pupil_id)?;
    let goes_on = there.is_none();
    let successor = match there {
        // Somebody there was quicker: the pupil has one case, and what was open here falls away.
        Some(there) => there.row.case_id,
        None => {
            let row = rows::open(tx, (school_id, pupil_id), follows, day)?;
            let what =
                Recorded::Carried { from: case_id.number(), state: Box::new(told.case.clone()) };
            let mut because = vec![format!("carried on from case {case_id} of {from}")];
            because.extend(story);
            rows::append(tx, &row, &[event(told.case.steps, what)], (&because, None), caller)?;
            actions::carry(tx, case_id, (school_id, row.case_id), day)?;
            row.case_id
        }
    };
    actions::fall_away(tx, case_id, &says, caller.subject())?;
    let things = records::carry(tx, case_id, (school_id, successor))?;
    let about = ActionSubject {
        school_id,
        pupil_id: Some(pupil_id),
        case_id: Some(successor),
        review_id: None,
    };
    let mut runs = running(goes_on.then_some(&told), &things);
    runs.extend(notices_open(tx, case_id)?);
    let task = format!("goes on here from {from}: {}", runs.join("; "));
    let decides = follows.policy.regular().find_map(|(_, regular)| regular.decides.as_deref());
    actions::tell(tx, about, &decision.rule, &task, (decides, day))?;
    Ok(Followed { case_id, successor: Some(successor), says })
}

/// What was recorded of a case at the schools before, a line each: the school that goes on may not open it there.
fn story(tx: &mut Tx, case_id: CaseId) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for row in events::timeline(tx, case_id)? {
        lines.push(row.event()?.without_reason().to_string());
        if row.carried_from().is_some() {
            lines.extend(row.because);
        }
    }
    Ok(lines)
}

/// The case's penalty notices that are not settled: they stay with the school that asked the local authority.
fn notices_open(tx: &mut Tx, case_id: CaseId) -> Result<Vec<String>> {
    let rows = notices::of_case(tx, case_id)?.into_iter();
    let latest: BTreeMap<NoticeId, NoticeRow> = rows.map(|row| (row.notice_id, row)).collect();
    let open = latest
        .into_values()
        .filter(|row| matches!(*row.state, NoticeState::Pending | NoticeState::Issued));
    Ok(open.map(|row| format!("{}, /v1/notices/{}", row.says, row.notice_id)).collect())
}

/// What is under way and has to be known at the school that goes on: where the case stands, its target, and each thing
/// beside it as it stands. A person there goes on with each, or closes it.
fn running(told: Option<&CaseFile>, things: &[RecordRow]) -> Vec<String> {
    let case = match told.and_then(|told| told.case.stage()) {
        Some(stage) => format!("the case is at {stage:?}"),
        None => "a case was open here already, and goes on as it is".to_owned(),
    };
    let target = told.and_then(|told| told.case.target).map(|target| {
        let Target { rate, from, to } = target;
        format!(
            "its target of {rate} from {from} to {to} runs on, and counts the sessions at both schools"
        )
    });
    let open = things.iter().filter(|row| !row.is_over());
    let open = open.map(|row| format!("{} ({}), {}", row.says, row.state, row.place()));
    std::iter::once(case).chain(target).chain(open).collect()
}
