//! The steps of a case, each asked again of the review that proposed it.

use analytics::Block;
use domain::policy::{Event, Place, Recorded, fold, is_counted, standing};

use super::asked::{ReviewAsked, letters_of};
use super::consequence::ConsequenceKind;
use super::{Amending, Consequence, Rests};
use crate::cases::{self, CaseFile};
use crate::{actions, letters};
use base::prelude::*;

/// What became of a case's steps.
#[derive(Default)]
pub struct Lost {
    /// In the order of the steps.
    pub touched: Vec<Consequence>,
    /// The reviews whose steps were undone.
    pub reviews: Vec<ReviewId>,
    /// The reviews whose steps had been undone before: the case stands as if they had proposed nothing.
    pub before: BTreeSet<ReviewId>,
    /// The case as it stands now, if it was changed.
    pub case: Option<CaseFile>,
}

/// A step that still counts.
struct Step<'a> {
    moved: &'a Event,
    /// The review that proposed it; `None` for what a person recorded.
    review_id: Option<ReviewId>,
    letters: BTreeSet<&'a str>,
}

impl Step<'_> {
    fn outcome(&self) -> &str {
        match &self.moved.what {
            Recorded::Moved { outcome, .. } => outcome,
            _ => "",
        }
    }

    /// Whether marks alone led to it.
    fn is_counted(&self) -> bool {
        self.review_id.is_some() && is_counted(self.outcome())
    }
}

impl Rests<'_> {
    /// Undoes the first step that the marks do not lead to any more, with all that came after it, unless people have
    /// recorded more since: then a person decides.
    pub(super) fn lose_steps(
        &self,
        tx: &mut Tx,
        told: &CaseFile,
        after: &[Arc<Block>],
        amending: &Amending<'_>,
    ) -> Result<Lost> {
        let timeline = cases::timeline(tx, told.row.case_id)?;
        let events = timeline.iter().map(|row| row.event()).collect::<Result<Vec<_>, _>>()?;
        let by = timeline
            .iter()
            .zip(&events)
            .filter_map(|(row, event)| row.review_id.map(|review_id| (event.step, review_id)));
        let by: BTreeMap<u32, ReviewId> = by.collect();
        let steps = steps(&events, &by);
        let before = undone(&by, &steps);
        let Some(first) = self.first_lost(tx, told, &events, &steps, after)? else {
            return Ok(Lost { before, ..Lost::default() });
        };
        let lost: Vec<&Step<'_>> =
            steps.iter().skip_while(|step| step.moved.step < first).collect();
        let whole = lost.iter().all(|step| step.is_counted());
        let lost = if whole { lost } else { lost.into_iter().take(1).collect() };
        let mut touched = Vec::new();
        for step in &lost {
            touched.extend(self.lose_letters(tx, step, told.row.case_id, amending.why)?);
        }
        let case_id = Some(told.row.case_id);
        let rule = lost.first().map(|step| step.moved.rule.clone()).unwrap_or_default();
        let stage = |place: &Place| match place {
            Place::At(stage) => format!("{stage:?}"),
            Place::Closed => "no stage at all".to_owned(),
        };
        let was = stage(&told.case.place);
        let said = |what, says| Consequence {
            what,
            rule: rule.clone(),
            says,
            review_id: lost.first().and_then(|step| step.review_id),
            letter_id: None,
            case_id,
            notice_id: None,
        };
        if !whole {
            let says = format!(
                "the step that led on from there is not supported by the register any more, and more was \
                 recorded since; the case stays at {was} until a person decides where it goes"
            );
            touched.push(said(ConsequenceKind::StageInDoubt, says));
            return Ok(Lost { touched, before, ..Lost::default() });
        }
        let undone = Event {
            rule: rule.clone(),
            step: told.case.steps + 1,
            day: tx.clock().today(),
            by: amending.caller.subject().to_owned(),
            what: Recorded::Undone { from: first, why: amending.why.to_owned() },
        };
        let because = [format!("marks were amended: {}", amending.why)];
        let case = cases::append(tx, &told.row, &[undone], (&because, None), amending.caller)?;
        let says = format!("the case goes back from {was} to {}", stage(&case.case.place));
        touched.push(said(ConsequenceKind::StageUndone, says));
        let reviews: Vec<ReviewId> = lost.iter().filter_map(|step| step.review_id).collect();
        for (review, step) in reviews.iter().zip(&lost) {
            let rule = std::slice::from_ref(&step.moved.rule);
            actions::overtake(tx, (*review, self.pupil_id), rule)?;
        }
        Ok(Lost { touched, reviews, before, case: Some(case) })
    }

    /// The first step that the marks led to before they were amended, and do not lead to now.
    fn first_lost(
        &self,
        tx: &mut Tx,
        told: &CaseFile,
        events: &[Event],
        steps: &[Step<'_>],
        after: &[Arc<Block>],
    ) -> Result<Option<u32>> {
        for step in steps.iter().filter(|step| step.is_counted()) {
            let of = |asked: &&ReviewAsked<'_>| Some(asked.of.review.review_id) == step.review_id;
            let Some(asked) = self.asked.iter().find(of) else { continue };
            let number = step.moved.step;
            let case = fold(events.iter().filter(|event| event.step < number));
            let case = case.map(|case| CaseFile { row: told.row.clone(), case });
            let mut leads = |blocks: &[Arc<Block>]| {
                let decisions = asked.ask(tx, blocks, case.as_ref())?;
                Ok::<_, Problem>(decisions.iter().any(|decision| {
                    let outcome = decision.taking.as_ref().map(|taking| taking.outcome.as_str());
                    decision.rule == step.moved.rule
                        && outcome == Some(step.outcome())
                        && letters_of(decision) == step.letters
                }))
            };
            if leads(&self.before)? && !leads(after)? {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }

    fn lose_letters(
        &self,
        tx: &mut Tx,
        step: &Step<'_>,
        case_id: CaseId,
        why: &str,
    ) -> Result<Vec<Consequence>> {
        let Some(review_id) = step.review_id else { return Ok(Vec::new()) };
        let number = i32::try_from(step.moved.step).ok();
        let mut letters = letters::counting_of_review(tx, self.pupil_id, review_id)?;
        letters.retain(|letter| letter.case_id == Some(case_id) && letter.step == number);
        letters.iter().map(|letter| lose(tx, letter, why)).collect()
    }
}

/// A letter loses its support.
pub(super) fn lose(tx: &mut Tx, letter: &letters::LetterRow, why: &str) -> Result<Consequence> {
    let why = format!("marks were amended: {why}");
    letters::lose_support(tx, letter, &why)?;
    let name = &letter.name;
    let (what, says) = match letter.sent_on {
        None => (
            ConsequenceKind::LetterTakenBack,
            format!("letter {name:?} leaves the queue: the register does not support it any more"),
        ),
        Some(on) => (
            ConsequenceKind::LetterUnsupported,
            format!(
                "letter {name:?}, sent on {on}, is not supported by the register any more and does not count \
                 towards the next stage"
            ),
        ),
    };
    Ok(Consequence {
        what,
        rule: letter.rule.clone(),
        says,
        review_id: letter.review_id,
        letter_id: Some(letter.letter_id),
        case_id: letter.case_id,
        notice_id: None,
    })
}

/// The reviews whose steps have all been undone.
fn undone(by: &BTreeMap<u32, ReviewId>, steps: &[Step<'_>]) -> BTreeSet<ReviewId> {
    let counting: BTreeSet<ReviewId> = steps.iter().filter_map(|step| step.review_id).collect();
    by.values().copied().filter(|review_id| !counting.contains(review_id)).collect()
}

/// The steps that count, in order.
fn steps<'a>(events: &'a [Event], reviews: &BTreeMap<u32, ReviewId>) -> Vec<Step<'a>> {
    let standing = standing(events);
    let moved = standing.iter().filter(|event| matches!(event.what, Recorded::Moved { .. }));
    let letters = |step: u32| {
        let own = standing.iter().filter(move |event| event.step == step);
        let letter = |event: &&'a Event| match &event.what {
            Recorded::Letter(letter) | Recorded::Held { letter, .. } => Some(letter.as_str()),
            _ => None,
        };
        own.filter_map(letter).collect()
    };
    let step = |moved: &&'a Event| Step {
        moved,
        review_id: reviews.get(&moved.step).copied(),
        letters: letters(moved.step),
    };
    moved.map(step).collect()
}
