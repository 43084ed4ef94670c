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
    }
}
