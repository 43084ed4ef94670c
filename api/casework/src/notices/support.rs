//! Whether the register still supports a child's notices: asked before and after marks are amended.

use domain::{CodeTable, NoticeState};

use super::limits::Counted;
use crate::records::notices::{self as store, NoticeEntry, NoticeRow};
use base::prelude::*;

/// A notice whose sessions are used, and how many of them have a mark that counts.
pub struct Supported {
    /// The notice as it stands.
    pub notice: NoticeRow,
    /// Its sessions.
    pub sessions: usize,
    /// Those of them that count.
    pub counting: usize,
    /// Whether the sessions of unauthorised absence still reach the national threshold.
    pub reached: bool,
}

impl Supported {
    /// Whether nobody outside the school knows of it yet; it then falls with its sessions.
    pub fn falls(&self) -> Result<bool> {
        let rested_on_the_threshold = self.notice.read()?.reached;
        let pending = self.notice.state == NoticeState::Pending;
        Ok(pending && rested_on_the_threshold && !self.reached)
    }
}

/// The notices about a child whose sessions are used, with what the marks as `known` on an instant (`None`: now) say of
/// them. Nobody else decides about them until this transaction has ended.
pub fn supported(
    tx: &mut Tx,
    codes: &CodeTable,
    pupil_id: PupilId,
    known: Option<DateTime<Utc>>,
) -> Result<Vec<Supported>> {
    let child = store::own_record(tx, pupil_id)?;
    store::hold(tx, child)?;
    let all = store::of_child(tx, child)?;
    let mut using = Vec::new();
    for row in &all {
        if row.state.uses_sessions() && !row.read()?.sessions.is_empty() {
            using.push(row.clone());
        }
    }
    if using.is_empty() {
        return Ok(Vec::new());
    }
    let counted = Counted::read(tx, codes, child, known)?;
    let mut found = Vec::with_capacity(using.len());
    for notice in using {
        let sessions = notice.read()?.sessions;
        let watch = counted.watch(&all, notice.parent_id, Some(notice.notice_id))?;
        found.push(Supported {
            sessions: sessions.len(),
            counting: counted.still_supported(&sessions),
            reached: watch.is_some_and(|watch| watch.reached),
            notice,
        });
    }
    Ok(found)
}

/// A pending notice falls: its sessions are free again.
pub fn let_fall(tx: &mut Tx, notice: &NoticeRow, why: &str, caller: &Caller) -> Result<()> {
    let details = notice.read()?;
    let says = format!("the register does not support it any more: marks were amended ({why})");
    let day = tx.clock().today();
    let standing = NoticeEntry { state: NoticeState::Waived, day, says, details: &details };
    store::keep(tx, notice.whom(), Some(notice), &standing, caller).map(|_| ())
}
