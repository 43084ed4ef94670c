//! Penalty notices whose sessions do not count any more.

use super::consequence::ConsequenceKind;
use super::{Amending, Consequence, Rests};
use crate::notices;
use base::prelude::*;

impl Rests<'_> {
    /// What became of the child's penalty notices. One that rests on marks which this caller does not see is left
    /// alone.
    pub(super) fn lose_notices(
        &self,
        tx: &mut Tx,
        amending: &Amending<'_>,
    ) -> Result<Vec<Consequence>> {
        let mut touched = Vec::new();
        if self.notices.is_empty() {
            return Ok(touched);
        }
        for now in notices::supported(tx, amending.codes, self.pupil_id, None)? {
            let id = now.notice.notice_id;
            let Some(was) = self.notices.iter().find(|was| was.notice.notice_id == id) else {
                continue;
            };
            if now.counting >= was.counting {
                continue;
            }
            let (state, count, sessions) = (&now.notice.state, now.counting, now.sessions);
            let (what, says) = if was.reached && now.falls()? {
                notices::let_fall(tx, &now.notice, amending.why, amending.caller)?;
                let says = format!(
                    "the penalty notice that was pending falls: the threshold is not reached any more; its \
                     {sessions} sessions are free again"
                );
                (ConsequenceKind::NoticeFallen, says)
            } else {
                let says = format!(
                    "the penalty notice ({state}) rests on {sessions} sessions, of which {count} still count"
                );
                (ConsequenceKind::NoticeInDoubt, says)
            };
            touched.push(Consequence {
                what,
                rule: notices::FRAMEWORK.to_owned(),
                says,
                review_id: None,
                letter_id: None,
                case_id: now.notice.case_id,
                notice_id: Some(id),
            });
        }
        Ok(touched)
    }
}
