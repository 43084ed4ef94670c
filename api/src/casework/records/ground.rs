//! The pupil, case and action that a record belongs to.

/// The pupil at a school whom a record is about, and the case and action that it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Ground {
    /// The school.
    pub school_id: i32,
    /// The pupil.
    pub pupil_id: i32,
    /// The case, and the step at which it stands.
    pub case: Option<(i32, i32)>,
    /// The action.
    pub action_id: Option<i32>,
}
