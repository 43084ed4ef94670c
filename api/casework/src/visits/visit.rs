//! A home visit as it is kept.

use crate::records::{RecordDetails, RecordKind, RecordState};
use base::prelude::*;

/// A home visit.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Visit {
    /// Whether somebody went.
    pub made: bool,
    /// Who went, in the school's own words; two people go.
    #[serde(default)]
    pub went: Vec<String>,
    /// The parents who were seen.
    #[serde(default)]
    pub parents_seen: Vec<ParentId>,
    /// Whether the child was seen.
    #[serde(default)]
    pub child_seen: bool,
    /// Others who were seen.
    #[serde(default)]
    pub others_seen: Vec<String>,
    /// What came of it; or why no visit was made.
    #[schema(example = "Nobody answered; a card was left")]
    pub says: String,
}

impl RecordDetails for Visit {
    const KIND: RecordKind = RecordKind::Visit;
}

impl Visit {
    /// Whether anybody was seen.
    pub(super) fn anybody(&self) -> bool {
        self.child_seen || !self.parents_seen.is_empty() || !self.others_seen.is_empty()
    }

    /// How it stands.
    pub(super) fn state(&self) -> RecordState {
        match (self.made, self.anybody()) {
            (false, _) => RecordState::NotMade,
            (true, true) => RecordState::SomebodySeen,
            (true, false) => RecordState::NobodySeen,
        }
    }
}
