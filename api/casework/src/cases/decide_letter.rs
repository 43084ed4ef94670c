//! A person decides about a letter that is held: it goes to those who wait to be sent, or it is taken back.

use analytics::Block;
use domain::policy::fold;

use super::events::{EventRow, timeline};
use super::rows as cases;
use crate::letters::{
    self, LetterAnswer, LetterRow, LetterState, Verdict, WrittenFrom, answers, write,
};
use base::operation::*;
use figures::{Counting, Figures, years_behind};
use school::calendars;
use school::policies::{self, Part};

/// What is decided about a letter that is held.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LetterDecisionBody {
    /// What is decided.
    decide: Verdict,
    /// Why. Visible only with `safeguarding:read`.
    #[schema(example = "The family asked for it in writing")]
    reason: String,
}

/// Decide about a letter that is held
///
/// A letter that is released is written anew for each parent who may read it, with the figures that it was decided on.
/// What it needs and nobody has recorded, on the school's letterhead or elsewhere, is named, and it stays held. While all
/// letters about the pupil are stopped none is released. The same said again changes nothing.
#[utoipa::path(tag = "cases", security(("token" = ["case:decide"])), request_body = LetterDecisionBody,
    params(LetterId, Idempotency),
    responses((status = 200, description = "The letter as it stands now.", body = LetterAnswer),
        (status = 412, description = "It is not held any more."),
        (status = 422, description = "All letters about the pupil are stopped, or something in the body is not right."),
        refusal::LetterIncomplete, refusal::NoPolicy, refusal::StaleTag))]
#[post("/v1/letters/{letter_id}/decision")]
pub async fn decide_letter(
    caller: May<DecideCase>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    path: Path<LetterId>,
    key: Idempotency,
    body: Json<LetterDecisionBody>,
) -> Result<HttpResponse> {
    let LetterDecisionBody { decide, reason } = body.value;
    let reason = name::words(&reason, "/reason", name::NOTE)?;
    let scope = caller.scope().clone();
    let counted = counting.school_blocks_of(&scope, move |tx| {
        let letter = letters::letter(tx, path.0)?;
        Ok((letter.school_id, years_behind(letter.decided_on)?, ()))
    });
    let (counted, ()) = counted.await?;
    let state = app.clone();
    let operation = format!("decide_letter/{}", path.0);
    let reply = app.db.run(&scope, move |tx| {
        let letter = letters::letter_to_change(tx, path.0)?;
        key.once(tx, &caller, &operation, &body.bytes, |tx| {
            let row = decided(tx, letter, (decide, &reason), &counted.blocks, &caller)?;
            let mut answer = answers(tx, &state, &caller, vec![row])?;
            Reply::ok(&answer.pop().ok_or_else(Problem::not_found)?)
        })
    });
    Ok(reply.await?.answer())
}

/// The letter as it stands once that is decided.
fn decided(
    tx: &mut Tx,
    letter: LetterRow,
    (decide, reason): (Verdict, &str),
    blocks: &[Arc<Block>],
    caller: &Caller,
) -> Result<LetterRow> {
    if letter.state == decide.state() {
        return Ok(letter);
    }
    if letter.state != LetterState::Held {
        let detail = format!("The letter is not held: it is {}.", letter.state);
        return Err(Problem::new(Kind::StaleTag)
            .detail(detail)
            .member("state", letter.state.text()));
    }
    let stopped = letters::stopped(tx, &[letter.pupil_id])?.contains(&letter.pupil_id);
    if decide == Verdict::Release && stopped {
        let expected = "withdraw, or wait: all letters about this pupil are stopped";
        return Err(Problem::at(Kind::Invalid, "/decide", expected));
    }
    letters::decide(tx, &letter, decide, reason, caller.subject())?;
    if decide == Verdict::Release {
        let calendars = calendars::around(tx, letter.school_id, letter.decided_on)?;
        let figures = Figures::new(blocks, &calendars, letter.decided_on);
        write_released(tx, &letter, &figures)?;
        let written = letters::letter(tx, letter.letter_id)?;
        if written.state == LetterState::Held {
            return Err(letters::refusal(&written.gaps()?));
        }
    }
    letters::letter(tx, letter.letter_id)
}

/// Writes a letter that was released, under the policy of its case or, without one, of its school.
fn write_released(tx: &mut Tx, letter: &LetterRow, figures: &Figures<'_>) -> Result<()> {
    let told = letter.case_id.map(|case_id| cases::told_of(tx, case_id)).transpose()?;
    let follows = match &told {
        Some(told) => Some(told.follows(tx)?),
        None => policies::assigned(tx, letter.school_id, Part::Pathway, letter.decided_on)?,
    };
    let follows = follows.ok_or_else(|| Problem::new(Kind::NoPolicy))?;
    // The figures and the target are those of the letter's own step, whatever came of the case since.
    let timeline = letter.case_id.map(|case_id| timeline(tx, case_id)).transpose()?;
    let events = timeline.unwrap_or_default();
    let events = events.iter().map(EventRow::event).collect::<Result<Vec<_>, _>>()?;
    let step = letter.step.and_then(|step| u32::try_from(step).ok()).unwrap_or(0);
    let before = fold(events.iter().filter(|event| event.step < step));
    let after = fold(events.iter().filter(|event| event.step <= step));
    let about = WrittenFrom { follows: &follows, before: before.as_ref(), after: after.as_ref() };
    write(tx, (letter.school_id, letter.pupil_id), &about, figures)
}
