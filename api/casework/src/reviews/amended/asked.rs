//! A review that is asked again about one pupil.

use analytics::Block;
use domain::CodeTable;
use domain::policy::word::{Do, For};
use domain::policy::{Decision, Policy};

use super::super::families::{family_of, left_in_term};
use super::super::question::Question;
use super::super::to_do::pupil_of;
use super::school::{School, SchoolReview};
use crate::cases::{self, Accepted, CaseFile};
use crate::letters;
use base::prelude::*;
use figures::{Beside, Elsewhere, Figures};

/// What is known of a pupil at a school apart from the marks and the case: read once, for all reviews.
pub(super) struct Own {
    pupil_id: PupilId,
    /// Whether no letter may leave.
    stopped: bool,
    /// Of the child and the family, who has died.
    died: BTreeSet<PupilId>,
    /// The reasons that were accepted.
    accepted: Vec<Accepted>,
    /// Who is of the same family.
    families: BTreeMap<PupilId, i64>,
    /// Brothers and sisters, where a policy has a row for a family.
    pub kin: Vec<PupilId>,
    /// By the day of a review: the stage at which the pupil's last case had ended in its term.
    left: BTreeMap<NaiveDate, String>,
    /// Where the case goes on from a school before, what the pupil did there.
    pub before: Vec<Elsewhere>,
}

impl Own {
    /// Reads it.
    pub fn read(
        tx: &mut Tx,
        codes: &CodeTable,
        school: &School,
        (pupil_id, case): (PupilId, Option<&CaseFile>),
    ) -> Result<Self> {
        let whose = (school.school_id, pupil_id);
        let rows: Vec<_> = case.iter().map(|told| &told.row).collect();
        let mut before = cases::elsewhere(tx, codes, (whose.0, &rows), &school.years)?;
        let before = before.remove(&pupil_id).unwrap_or_default();
        let stopped = letters::stopped(tx, &[pupil_id])?.contains(&pupil_id);
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
        let one = families.get(&pupil_id);
        let kin = families.iter().filter(|(kin, family)| **kin != pupil_id && Some(*family) == one);
        let kin: Vec<PupilId> = kin.map(|(kin, _)| *kin).collect();
        let all: Vec<PupilId> = kin.iter().copied().chain([pupil_id]).collect();
        let died = letters::died(tx, &all)?;
        let accepted = cases::accepted(tx, whose)?;
        Ok(Self { pupil_id, stopped, died, accepted, families, kin, left, before })
    }

    /// As it stood for the review of a day.
    fn beside(&self, review: &SchoolReview) -> Beside {
        let (day, pupil) = (review.review.day, self.pupil_id);
        let accepted = self.accepted.iter().any(|reason| reason.holds_on(day));
        let mitigations = accepted.then(|| (pupil, cases::said_of_accepted()));
        Beside {
            stopped: self.stopped.then_some(pupil).into_iter().collect(),
            died: self.died.clone(),
            mitigations: mitigations.into_iter().collect(),
            families: self.families.clone(),
            left: self.left.get(&day).map(|stage| (pupil, stage.clone())).into_iter().collect(),
            previous: review.previous,
            elsewhere: BTreeMap::from([(pupil, self.before.clone())]),
            ..Beside::default()
        }
    }
}

/// A review and a pupil, with everything but the marks and the case that the answer hangs on.
pub(super) struct ReviewAsked<'s> {
    pub of: &'s SchoolReview,
    school: &'s School,
    pupil_id: PupilId,
    /// Brothers and sisters: what is for the family stands with the first of the children.
    kin: Vec<PupilId>,
    beside: Beside,
}

impl<'s> ReviewAsked<'s> {
    pub fn new(school: &'s School, of: &'s SchoolReview, own: &Own) -> Self {
        let (pupil_id, kin) = (own.pupil_id, own.kin.clone());
        Self { of, school, pupil_id, kin, beside: own.beside(of) }
    }

    /// The pupils with whom something may stand that hangs on the pupil's marks.
    pub fn with_whom(&self) -> impl Iterator<Item = PupilId> {
        std::iter::once(self.pupil_id).chain(self.kin.iter().copied())
    }

    /// Whether something that stands with a pupil hangs on this one's marks: it is this pupil, or it is for the family.
    pub fn hangs_on(&self, pupil_id: Option<PupilId>, rule: &str) -> bool {
        let mut rows = self.of.pathway.policy.regular();
        let mut family =
            || rows.any(|(row, regular)| row.rule == rule && regular.whom == For::Families);
        let kin = pupil_id.is_some_and(|one| self.kin.contains(&one));
        pupil_id == Some(self.pupil_id) || kin && family()
    }

    /// What it proposes about the pupil, or the family, with these marks, and with the case as it stood.
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
        decisions.retain(|one| self.hangs_on(pupil_of(one), &one.rule));
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
