//! What an import came to.

use files::{Notice, RowProblem};

use base::prelude::*;
use casework::reviews::TouchedByMarks;

/// What an import came to.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct Outcome {
    /// Rows below the header.
    #[schema(example = 1250)]
    pub rows: u64,
    /// The number of problems. With any at all, nothing was applied.
    #[schema(example = 0)]
    pub problem_count: u64,
    /// The first 1,000 of them, by line.
    pub problems: Vec<RowProblem>,
    /// What the sender should know although nothing is wrong.
    pub notices: Vec<Notice>,
    /// What was added and changed, or would be.
    pub counts: Counts,
    /// Of a dry run of marks: how much rests on marks that the file would change. Of an import that was applied it stands
    /// with the import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touched: Option<TouchedByMarks>,
    /// The instant at which its facts are recorded, if it wrote any.
    #[serde(skip)]
    pub applied_at: Option<DateTime<Utc>>,
}

/// What an import added and changed, or would.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Counts {
    /// Schools that were new to the trust.
    pub schools_added: u64,
    /// Schools whose name or phase changed.
    pub schools_changed: u64,
    /// Schools whose URN changed; they keep their keys.
    pub urns_changed: u64,
    /// Pupils who were new to the trust.
    pub pupils_added: u64,
    /// Classes that were new.
    pub classes_added: u64,
    /// Enrolments that were new.
    pub enrolments_added: u64,
    /// Enrolments whose days changed.
    pub enrolments_changed: u64,
    /// Enrolments that ended because a file of the whole roll does not name the pupil.
    pub enrolments_ended: u64,
    /// Placements in a class and year group that were new or changed.
    pub placements_added: u64,
    /// Characteristics that were new or changed.
    pub characteristics_added: u64,
    /// Parents who were new to the trust.
    pub parents_added: u64,
    /// Parents whose name, language or contacts changed.
    pub parents_changed: u64,
    /// Parents and pupils who were new to each other.
    pub parent_links_added: u64,
    /// What parents are to pupils, changed.
    pub parent_links_changed: u64,
    /// Court orders and no contact, new or changed.
    pub safeguards_added: u64,
    /// Cases that were open before the school came here.
    pub cases_carried_in: u64,
    /// Letters that were sent before.
    pub letters_carried_in: u64,
    /// Targets that were running.
    pub targets_carried_in: u64,
    /// Penalty notices that were given before.
    pub notices_carried_in: u64,
    /// Marks on half days that had none.
    pub marks_added: u64,
    /// Marks that replaced another; the old ones stand in the history.
    pub marks_changed: u64,
    /// Marks that were there already.
    pub marks_unchanged: u64,
}
