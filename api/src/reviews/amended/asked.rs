//! A review that is asked again about one pupil.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use analytics::Block;
use domain::Calendar;
use domain::policy::word::Do;
use domain::policy::{Decision, Subject};

use super::super::figures::{Beside, Figures};
use super::super::open::tickets_held;
use super::super::question::Question;
use super::super::rows::{self, ReviewRow};
use crate::cases::{self, Told};
use crate::db::Tx;
use crate::http::problem::Problem;
use crate::policies::{self, Follows, Part};
use crate::{letters, tenants};

/// A review with everything but the marks that its answer hangs on.
pub struct Asked {
    /// The review.
    pub review: ReviewRow,
    /// The school's calendars around its day, in order.
    pub calendars: Vec<Calendar>,
    pupil_id: i32,
    pathway: Follows,
    rewards: Option<Follows>,
    beside: Beside,
}

impl Asked {
    /// Reads what a review hung on beside the marks; `None` when the school followed no policy.
    ///
    /// # Errors
    /// The database's.
    pub fn read(
        tx: &mut Tx<'_>,
        review: ReviewRow,
        pupil_id: i32,
    ) -> Result<Option<Self>, Problem> {
        let (school_id, day) = (review.school_id, review.day);
        let Some(pathway) = policies::assigned(tx, school_id, Part::Pathway, day)? else {
            return Ok(None);
        };
        let rewards = policies::assigned(tx, school_id, Part::Rewards, day)?;
        let calendars = tenants::calendars_around(tx, school_id, day)?;
        let beside = Beside {
            tickets: tickets_held(tx, school_id, rewards.as_ref(), &calendars, day)?,
            stopped: letters::stopped(tx, &[pupil_id])?,
            mitigations: cases::mitigations(tx, school_id, day)?,
            previous: rows::reviews(tx, school_id, Some(day), 1)?.first().map(|before| before.day),
            ..Beside::default()
        };
        Ok(Some(Self { calendars, rewards, review, pupil_id, pathway, beside }))
    }

    /// What it proposes about the pupil with these marks, and with the case as it stood.
    ///
    /// # Errors
    /// The database's.
    pub fn ask(
        &self,
        tx: &mut Tx<'_>,
        blocks: &[Arc<Block>],
        case: Option<&Told>,
    ) -> Result<Vec<Decision>, Problem> {
        let day = self.review.day;
        let open: Vec<Told> =
            case.filter(|told| told.case.stage().is_some()).cloned().into_iter().collect();
        let beside = Beside {
            cases: BTreeMap::from_iter(open.iter().map(|told| (self.pupil_id, told.case.clone()))),
            ..self.beside.clone()
        };
        let figures = Figures::new(blocks, &self.calendars, day);
        let question =
            Question { day, calendars: &self.calendars, figures: &figures, beside: &beside };
        let mut decisions = question.ask(tx, &self.pathway, self.rewards.as_ref(), &open)?;
        decisions.retain(|one| one.subject == Subject::Pupil(i64::from(self.pupil_id)));
        Ok(decisions)
    }

    /// Who decides the school's reviews, in its own words.
    pub fn decides(&self) -> Option<&str> {
        self.pathway.policy.regular().find_map(|(_, regular)| regular.decides.as_deref())
    }
}

/// The letters that a decision sends, or holds for a person.
pub fn letters_of(decision: &Decision) -> BTreeSet<&str> {
    let letters = decision.actions.iter().filter(|action| action.kind == Do::Letter);
    let held = decision.held.iter().map(|(name, _)| name.as_str());
    letters.map(|action| action.what.as_str()).chain(held).collect()
}

/// Whether two decisions come to the same, whatever the counts behind them, and whether or not a letter is held.
pub fn alike(one: &Decision, other: &Decision) -> bool {
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
