//! A conversation with a pupil as it is kept.

use crate::records::{RecordDetails, RecordKind};
use base::prelude::*;

/// A conversation with a pupil.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Conversation {
    /// Who spoke with the pupil, in the school's own words.
    #[schema(example = json!(["Attendance Lead"]))]
    pub who: Vec<String>,
    /// The parents who were there.
    #[serde(default)]
    pub parents_there: Vec<ParentId>,
    /// What the pupil said, in their own words where that is possible.
    #[schema(example = "I do not like the bus; the others take my bag")]
    pub pupil_said: String,
    /// What was agreed with the pupil.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "The learning mentor meets him at the gate")]
    pub agreed: Option<String>,
}

impl RecordDetails for Conversation {
    const KIND: RecordKind = RecordKind::Conversation;
}
