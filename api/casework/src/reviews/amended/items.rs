//! What a review listed or proposed and nobody has decided yet is as it would be with the marks as they are now.

use analytics::Block;
use domain::policy::Decision;

use super::super::open::{store, waits_for_a_person};
use super::super::rows::{self, ItemRow};
use super::asked::{ReviewAsked, alike, letters_of};
use super::consequence::ConsequenceKind;
use super::steps::lose;
use super::{Consequence, Rests};
use crate::cases::CaseFile;
use crate::reviews::state::ItemState;
use crate::{actions, letters};
use base::prelude::*;

impl Rests<'_> {
    /// Renews a review's items about the pupil. Something new waits for a person only where that person still looks:
    /// at the latest review, beside what waits already, or where a step was undone (`again`). A step of the review that
    /// was undone before (`lost`) comes back as a proposal, and not by itself: a person decides whether to send again.
    pub(super) fn renew_items(
        &self,
        tx: &mut Tx,
        asked: &ReviewAsked<'_>,
        after: &[Arc<Block>],
        (case, again, lost): (Option<&CaseFile>, bool, bool),
        why: &str,
    ) -> Result<Vec<Consequence>> {
        let was = asked.ask(tx, &self.before, self.case.as_ref())?;
        let now = asked.ask(tx, after, case)?;
        if was == now && !again {
            return Ok(Vec::new());
        }
        let items = items_of(tx, asked)?;
        let mut touched = Vec::new();
        let mut fresh = Vec::new();
        let mut there = Vec::new();
        for item in &items {
            let decision = item.decision()?;
            let like = |one: &&Decision| alike(one, &decision);
            let (then, still) = (was.iter().find(like), now.iter().find(like));
            match item.state {
                _ if then.is_some() && then == still => there.push(decision),
                ItemState::Listed | ItemState::Proposed if then.is_some() => {
                    self.withdraw(tx, item, &decision)?;
                    match still {
                        None => {
                            touched.push(of(asked, ConsequenceKind::ProposalWithdrawn, &decision));
                        }
                        Some(still) if waits_for_a_person(still) => {
                            touched.push(of(asked, ConsequenceKind::ProposalRecounted, still));
                        }
                        // Still on the list: its counts are renewed, and nobody needs to be told.
                        Some(_) => {}
                    }
                    fresh.extend(still.cloned());
                    there.push(decision);
                }
                ItemState::Sent
                    if then.is_some() && still.is_none() && decision.taking.is_none() =>
                {
                    touched.extend(self.lose_plain_letters(tx, asked, (item, &decision), why)?);
                }
                // A step that was undone may be proposed again.
                ItemState::Sent if again => {}
                ItemState::Sent if lost && decision.taking.is_some() => {}
                _ => there.push(decision),
            }
        }
        let waits = items.iter().any(|item| item.state == ItemState::Proposed);
        let looks = again || waits || self.school.latest() == Some(asked.of.review.review_id);
        for decision in now {
            let known = |others: &[Decision]| others.iter().any(|one| alike(one, &decision));
            let news = (again || !known(&was)) && !known(&there);
            if news && (looks || !waits_for_a_person(&decision)) {
                let mut added = of(asked, ConsequenceKind::ProposalAdded, &decision);
                added.says.push_str(&self.sent_before(tx, asked, &decision)?);
                touched.push(added);
                fresh.push(decision);
            }
        }
        store(tx, &asked.of.asking(), fresh)?;
        Ok(touched)
    }

    /// What has to be known before the same is sent again: what was sent, and lost its support since.
    fn sent_before(
        &self,
        tx: &mut Tx,
        asked: &ReviewAsked<'_>,
        decision: &Decision,
    ) -> Result<String> {
        let names = letters_of(decision);
        if names.is_empty() {
            return Ok(String::new());
        }
        let review_id = asked.of.review.review_id;
        let sent = letters::unsupported_of_review(tx, self.pupil_id, review_id)?;
        let sent = sent.iter().filter(|letter| names.contains(letter.name.as_str()));
        let says = sent.filter_map(|letter| {
            let on = letter.sent_on?;
            Some(format!(
                " (letter {:?} was sent on {on} already, and stands as not supported)",
                letter.name
            ))
        });
        Ok(says.collect())
    }

    fn withdraw(&self, tx: &mut Tx, item: &ItemRow, decision: &Decision) -> Result<()> {
        let rules = std::slice::from_ref(&decision.rule);
        let about = item.pupil_id.unwrap_or(self.pupil_id);
        actions::overtake(tx, (item.review_id, about), rules)?;
        rows::settle(tx, item, ItemState::MovedOn, Some("marks were amended"), "rollcall")
    }

    /// Letters that belong to no case: praise, thanks.
    fn lose_plain_letters(
        &self,
        tx: &mut Tx,
        asked: &ReviewAsked<'_>,
        (item, decision): (&ItemRow, &Decision),
        why: &str,
    ) -> Result<Vec<Consequence>> {
        let names = letters_of(decision);
        let review_id = asked.of.review.review_id;
        let about = item.pupil_id.unwrap_or(self.pupil_id);
        let mut letters = letters::counting_of_review(tx, about, review_id)?;
        letters.retain(|one| one.case_id.is_none() && names.contains(one.name.as_str()));
        letters.iter().map(|letter| lose(tx, letter, why)).collect()
    }
}

/// What the review listed or proposed and that hangs on the pupil's marks, to be changed.
fn items_of(tx: &mut Tx, asked: &ReviewAsked<'_>) -> Result<Vec<ItemRow>> {
    let mut items = Vec::new();
    for pupil_id in asked.with_whom() {
        for item in rows::items_to_change(tx, asked.of.review.review_id, pupil_id)? {
            if asked.hangs_on(item.pupil_id, &item.decision()?.rule) {
                items.push(item);
            }
        }
    }
    Ok(items)
}

fn of(asked: &ReviewAsked<'_>, what: ConsequenceKind, decision: &Decision) -> Consequence {
    let day = asked.of.review.day;
    let lines = decision.lines().join("; ");
    let says = match what {
        ConsequenceKind::ProposalWithdrawn => format!("at the review of {day} no longer: {lines}"),
        ConsequenceKind::ProposalRecounted => format!("at the review of {day} still: {lines}"),
        _ => format!("at the review of {day} now: {lines}"),
    };
    Consequence {
        what,
        rule: decision.rule.clone(),
        says,
        review_id: Some(asked.of.review.review_id),
        letter_id: None,
        case_id: None,
        notice_id: None,
    }
}
