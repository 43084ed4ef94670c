//! How a penalty notice stands.

use crate::words;

words! {
    /// How a penalty notice stands.
    NoticeState {
        Pending = "pending": "a person has to decide",
        Issued = "issued": "the local authority issued it",
        Waived = "waived": "a person decided against it",
        Withdrawn = "withdrawn": "the local authority took it back: it does not count",
        Paid = "paid": "the parent paid",
    }
}

impl NoticeState {
    /// What may follow. A state may follow itself: something is added to it.
    pub fn may_become(self, next: Self) -> bool {
        use NoticeState::{Issued, Paid, Pending, Waived, Withdrawn};
        let follows = matches!(
            (self, next),
            (Pending, Issued | Waived) | (Issued, Paid | Withdrawn) | (Paid, Withdrawn)
        );
        follows || self == next
    }

    /// Whether its sessions are used: no other notice to this parent may rest on them.
    pub fn uses_sessions(self) -> bool {
        matches!(self, Self::Pending | Self::Issued | Self::Paid)
    }
}
