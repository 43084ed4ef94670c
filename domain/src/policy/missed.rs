//! Meetings that nobody came to: when they count as "not attended".

use chrono::NaiveDate;

use crate::Calendar;
use crate::policy::model::{Next, Policy};
use crate::policy::moment::school_days_after;
use crate::policy::outcome::{Situation, answers};
use crate::policy::word::{Outcome, Waits};

/// So many offers have to have been missed, where a policy does not itself offer again.
const OFFERS: usize = 2;
/// The last of them so many school days after the first.
const APART: u32 = 5;

/// What a missed meeting means for the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missed {
    /// It counts as "not attended": the case goes on.
    Counts,
    /// Another meeting has to be offered first.
    OfferAgain {
        /// On this day or later; `None` before any was missed.
        from: Option<NaiveDate>,
    },
}

/// What the missed meetings of a case mean at its stage. `missed` are the days of those that were missed since the case
/// came to wait for one, in any order.
///
/// Where the policy answers by another meeting (a re-arranged one, an additional time), each missed meeting counts:
/// offering again is the policy's own step. Otherwise there have to be two offers, five school days apart.
pub fn missed(
    policy: &Policy,
    stage: &str,
    missed: &[NaiveDate],
    calendars: &[Calendar],
) -> Missed {
    if offers_again(policy, stage) {
        return Missed::Counts;
    }
    let (Some(first), Some(last)) = (missed.iter().min(), missed.iter().max()) else {
        return Missed::OfferAgain { from: None };
    };
    let from = school_days_after(*first, APART, calendars);
    if missed.len() >= OFFERS && *last >= from {
        return Missed::Counts;
    }
    Missed::OfferAgain { from: Some(from) }
}

/// Whether a missed meeting leads to another stage that waits for one.
fn offers_again(policy: &Policy, stage: &str) -> bool {
    let outcome = Outcome::NotAttended.text().to_owned();
    let situation = Situation { at: stage.to_owned(), outcome, band: None };
    answers(policy, &situation).iter().any(|(_, step)| match &step.then {
        Next::Stage(next) => policy.stage(next).is_some_and(|next| next.waits == Waits::Meeting),
        Next::Stay | Next::Closed | Next::PersonSays | Next::Left => false,
    })
}
