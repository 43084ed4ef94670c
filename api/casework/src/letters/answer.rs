//! A letter as it goes over the wire, with the text for each parent.

use super::copies::{self, CopyRow};
use super::rows::{LetterDecisionRow, LetterRow, decisions};
use base::auth::permission::{Permission, ReadParent};
use base::prelude::*;

/// A letter with the text for each parent.
#[derive(Debug, Serialize, ToSchema)]
pub struct LetterAnswer {
    /// What names it and what has become of it.
    #[serde(flatten)]
    pub letter: LetterRow,
    /// As each parent is to read it, in their order, or why one gets none; visible only with `parent:read`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    copies: Vec<CopyRow>,
    /// What people decided about it while it was held.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    decisions: Vec<LetterDecisionRow>,
}

/// Letters as this caller is shown them.
pub fn answers(
    tx: &mut Tx,
    app: &App,
    caller: &Caller,
    rows: Vec<LetterRow>,
) -> Result<Vec<LetterAnswer>> {
    let ids: Vec<LetterId> = rows.iter().map(|row| row.letter_id).collect();
    let may = app.roles.allows(caller.role(), ReadParent::NAME);
    let mut copies = if may { copies::of_letters(tx, &ids)? } else { Default::default() };
    let mut decisions = decisions(tx, &ids)?;
    if !caller.sees_confidential(app) {
        decisions.values_mut().flatten().for_each(|one| one.reason = None);
    }
    let answer = |letter: LetterRow| {
        let copies = copies.remove(&letter.letter_id).unwrap_or_default();
        let decisions = decisions.remove(&letter.letter_id).unwrap_or_default();
        LetterAnswer { letter, copies, decisions }
    };
    Ok(rows.into_iter().map(answer).collect())
}
