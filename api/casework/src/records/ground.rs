//! The pupil, case and action that a record belongs to.

use base::id::{ActionId, CaseId, PupilId, SchoolId};

/// The pupil at a school whom a record is about, and the case and action that it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct RecordSubject {
    /// The school.
    pub school_id: SchoolId,
    /// The pupil.
    pub pupil_id: PupilId,
    /// The case, and the step at which it stands.
    pub case: Option<(CaseId, i32)>,
    /// The action.
    pub action_id: Option<ActionId>,
}
