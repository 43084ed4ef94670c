//! What the crate `analytics`, which knows plain numbers, tells of an enrolment, under its ids.

use analytics::EnrolmentYear;

use base::id::{EnrolmentId, PupilId};

/// Whose year it is.
pub trait Enrolled {
    /// The enrolment.
    fn enrolment_id(&self) -> EnrolmentId;

    /// The pupil.
    fn pupil_id(&self) -> PupilId;
}

impl Enrolled for EnrolmentYear {
    fn enrolment_id(&self) -> EnrolmentId {
        EnrolmentId::new(self.enrolment)
    }

    fn pupil_id(&self) -> PupilId {
        PupilId::new(self.pupil)
    }
}
