//! What somebody is to a pupil.

use serde::{Deserialize, Serialize};

/// The kinds of relationship.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relationship {
    /// Mother.
    Mother,
    /// Father.
    Father,
    /// Step-parent.
    StepParent,
    /// Grandparent.
    Grandparent,
    /// Foster carer.
    FosterCarer,
    /// Guardian.
    Guardian,
    /// Another relative with care of the child.
    Relative,
    /// The social worker of a child in care or in need.
    SocialWorker,
    /// The virtual school of a child in care.
    VirtualSchool,
    /// Anybody else with care of the child.
    Other,
}

impl Relationship {
    /// Every kind.
    pub const ALL: [Relationship; 10] = [
        Relationship::Mother,
        Relationship::Father,
        Relationship::StepParent,
        Relationship::Grandparent,
        Relationship::FosterCarer,
        Relationship::Guardian,
        Relationship::Relative,
        Relationship::SocialWorker,
        Relationship::VirtualSchool,
        Relationship::Other,
    ];

    /// Its name on the wire and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Relationship::Mother => "mother",
            Relationship::Father => "father",
            Relationship::StepParent => "step_parent",
            Relationship::Grandparent => "grandparent",
            Relationship::FosterCarer => "foster_carer",
            Relationship::Guardian => "guardian",
            Relationship::Relative => "relative",
            Relationship::SocialWorker => "social_worker",
            Relationship::VirtualSchool => "virtual_school",
            Relationship::Other => "other",
        }
    }

    /// The kind of that name; `other` for none.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.name() == name).unwrap_or(Relationship::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relationship_has_one_name_on_the_wire_and_in_the_database() {
        for kind in Relationship::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
            assert_eq!(Relationship::named(kind.name()), kind);
        }
    }
}
