//! A review that is asked again about one pupil.

use analytics::Block;
use domain::policy::word::Do;
use domain::policy::{Decision, Policy, Subject};

use super::super::families::{family_of, left_in_term};
use super::super::question::Question;
use super::school::{School, SchoolReview};
use crate::cases::{self, Accepted, CaseFile};
use crate::letters;
use base::prelude::*;
use figures::{Beside, Figures};

/// What is known of a pupil at a school apart from the marks and the case: read once, for all reviews.
pub(super) struct Own {
    pupil_id: PupilId,
    /// Whether no letter may leave.
    stopped: bool,
    /// Whether the child has died.
    died: bool,
    /// The reasons that were accepted.
    accepted: Vec<Accepted>,
    /// Who is of the same family.
    families: BTreeMap<PupilId, i64>,
    /// By the day of a review: the stage at which the pupil's last case had ended in its term.
    left: BTreeMap<NaiveDate, String>,
}

impl Own {
    /// Reads it.
    pub fn read(tx: &mut Tx, school: &School, pupil_id: PupilId) -> Result<Self> {
        let whose = (school.school_id, pupil_id);
        let stopped = letters::stopped(tx, &[pupil_id])?.contains(&pupil_id);
        let died = letters::died(tx, &[pupil_id])?.contains(&pupil_id);
        let mut left = BTreeMap::new();
        let mut policies: Vec<&Policy> = Vec::new();
        for one in &school.reviews {
            let (day, pathway) = (one.review.day, &one.pathway.policy);
            policies.push(pathway);
            let term = (one.calendars.as_slice(), day);
            let found = left_in_term(tx, pathway, school.school_id, Some(pupil_id), term)?;
            left.extend(found.into_values().map(|stage| (day, stage)));
        }
        let today = tx.clock().today();
        let families = family_of(tx, &policies, pupil_id, today)?;
        let accepted = cases::accepted(tx, whose)?;
        Ok(Self { pupil_id, stopped, died, accepted, families, left })
    }

    /// As it stood for the review of a day.
    fn beside(&self, review: &SchoolReview) -> Beside {
        let (day, pupil) = (review.review.day, self.pupil_id);
        let accepted = self.accepted.iter().any(|reason| reason.holds_on(day));
        let mitigations = accepted.then(|| (pupil, cases::said_of_accepted()));
        Beside {
            stopped: self.stopped.then_some(pupil).into_iter().collect(),
            died: self.died.then_some(pupil).into_iter().collect(),
            mitigations: mitigations.into_iter().collect(),
            families: self.families.clone(),
            left: self.left.get(&day).map(|stage| (pupil, stage.clone())).into_iter().collect(),
            previous: review.previous,
            ..Beside::default()
        }
    }
}

/// A review and a pupil, with everything but the marks and the case that the answer hangs on.
pub(super) struct ReviewAsked<'s> {
    pub of: &'s SchoolReview,
    school: &'s School,
    pupil_id: PupilId,
    beside: Beside,
}

impl<'s> ReviewAsked<'s> {
    pub fn new(school: &'s School, of: &'s SchoolReview, own: &Own) -> Self {
        Self { of, school, pupil_id: own.pupil_id, beside: own.beside(of) }
    }

    /// What it proposes about the pupil with these marks, and with the case as it stood.
    pub fn ask(
        &self,
        tx: &mut Tx,
        blocks: &[Arc<Block>],
        case: Option<&CaseFile>,
    ) -> Result<Vec<Decision>> {
        let SchoolReview { review, calendars, pathway, .. } = self.of;
        let day = review.day;
        let open: Vec<CaseFile> =
            case.filter(|told| told.case.stage().is_some()).cloned().into_iter().collect();
        let beside = Beside {
            cases: BTreeMap::from_iter(open.iter().map(|told| (self.pupil_id, told.case.clone()))),
            ..self.beside.clone()
        };
        let figures = Figures::new(blocks, calendars, day);
        let question = Question {
            day,
            calendars,
            figures: &figures,
            beside: &beside,
            shelf: &self.school.shelf,
        };
        let mut decisions = question.ask(tx, pathway, &open)?;
        decisions.retain(|one| one.subject == Subject::Pupil(i64::from(self.pupil_id.number())));
        Ok(decisions)
    }
}

/// The letters that a decision sends, or holds for a person.
pub(super) fn letters_of(decision: &Decision) -> BTreeSet<&str> {
    let letters = decision.actions.iter().filter(|action| action.kind == Do::Letter);
    let held = decision.held.iter().map(|(name, _)| name.as_str());
    letters.map(|action| action.what.as_str()).chain(held).collect()
}

/// Whether two decisions come to the same, whatever the counts behind them, and whether or not a letter is held.
pub(super) fn alike(one: &Decision, other: &Decision) -> bool {
    let step = |decision: &Decision| {
        decision.taking.as_ref().map(|taking| (taking.outcome.clone(), taking.then.clone()))
    };
    let to_do = |decision: &Decision| -> Vec<String> {
        let others = decision.actions.iter().filter(|action| action.kind != Do::Letter);
        others.map(ToString::to_string).collect()
    };
    one.rule == other.rule
        && step(one) == step(other)
        && letters_of(one) == letters_of(other)
        && to_do(one) == to_do(other)
}
