//! What somebody is to a pupil.

use crate::words;

words! {
    /// What somebody is to a pupil.
    Relationship {
        Mother = "mother": "the mother",
        Father = "father": "the father",
        StepParent = "step_parent": "a step-parent",
        Grandparent = "grandparent": "a grandparent",
        FosterCarer = "foster_carer": "a foster carer",
        Guardian = "guardian": "a guardian",
        Relative = "relative": "another relative with care of the child",
        SocialWorker = "social_worker": "the social worker of a child in care or in need",
        VirtualSchool = "virtual_school": "the virtual school of a child in care",
        Other = "other": "anybody else with care of the child",
        EmergencyContact = "emergency_contact": "somebody to ring in an emergency who is no parent",
        Childminder = "childminder": "who minds the child for the parents, and is no parent",
    }
}

impl Relationship {
    /// Whether somebody is a parent in the sense of the Education Act 1996, section 576, or stands in for one: letters,
    /// meetings and notices are for parents alone. The others are there to be rung when a child is missing.
    pub const fn is_parent(self) -> bool {
        !matches!(self, Self::EmergencyContact | Self::Childminder)
    }

    /// Whether somebody works for the local authority: they are told that a child is missing, and are not asked where the
    /// child is.
    pub const fn is_of_authority(self) -> bool {
        matches!(self, Self::SocialWorker | Self::VirtualSchool)
    }
}
