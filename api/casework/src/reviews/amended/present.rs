//! A letter is never sent on a mark that has since changed, whichever way the mark came in: before a proposal is
//! carried out, its review is asked again.

use analytics::Block;
use domain::CodeTable;
use domain::policy::{Decision, is_counted};

use super::super::open::store;
use super::super::rows::{self, ItemRow, ReviewRow};
use super::asked::{Own, ReviewAsked, alike};
use super::school::School;
use crate::reviews::state::ItemState;
use crate::{actions, cases};
use base::prelude::*;
use school::tenants;

/// What an item proposes, with the counts of now. `None` when the marks, as they are now, do not lead to it any more:
/// the item is withdrawn, and the review proposes what they lead to instead. `school` is read with
/// [`School::of_review`].
pub fn present(
    tx: &mut Tx,
    (codes, blocks): (&CodeTable, &[Arc<Block>]),
    (school, review): (&School, &ReviewRow),
    item: &ItemRow,
) -> Result<Option<Decision>> {
    let decision = item.decision()?;
    let outcome = decision.taking.as_ref().map(|taking| taking.outcome.as_str());
    let (Some(pupil_id), Some(year)) = (item.pupil_id, AcademicYear::of(review.day)) else {
        return Ok(Some(decision));
    };
    let version = tenants::current(tx, &[review.school_id], year.number())?;
    let unchanged = version.values().all(|version| version.at <= review.known_at);
    if unchanged || !outcome.is_none_or(is_counted) {
        return Ok(Some(decision));
    }
    let Some(of) = school.reviews.first() else {
        return Ok(Some(decision));
    };
    let case = cases::open_case_to_change(tx, review.school_id, pupil_id)?;
    let own = Own::read(tx, codes, school, (pupil_id, case.as_ref()))?;
    let asked = ReviewAsked::new(school, of, &own);
    let now = asked.ask(tx, blocks, case.as_ref())?;
    if let Some(same) = now.iter().find(|one| alike(one, &decision)) {
        return Ok(Some(same.clone()));
    }
    let there = rows::items_to_change(tx, review.review_id, pupil_id)?;
    let there = there.iter().map(ItemRow::decision).collect::<Result<Vec<_>, _>>()?;
    actions::overtake(tx, (review.review_id, pupil_id), std::slice::from_ref(&decision.rule))?;
    rows::settle(tx, item, ItemState::MovedOn, Some("the marks have changed"), "rollcall")?;
    let fresh = now.into_iter().filter(|one| !there.iter().any(|other| alike(one, other)));
    store(tx, &of.asking(), fresh.collect())?;
    Ok(None)
}
