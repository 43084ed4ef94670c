//! What somebody is to a pupil: the relationship, who is called first, with whom the child lives.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::problem::{Kind, Problem};

/// The most parents that are called in an order.
const LAST: i16 = 99;

/// What somebody is to a pupil.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// `mother`, `father`, `step_parent`, `grandparent`, `foster_carer`, `guardian`, `relative`, `social_worker`,
    /// `virtual_school` or `other`.
    #[schema(value_type = String, example = "mother")]
    pub relationship: Relationship,
    /// Who is called first: 1, then 2, and so on.
    #[schema(example = 1)]
    pub priority: i16,
    /// Whether they have parental responsibility (Children Act 1989, section 3).
    #[serde(default)]
    pub responsibility: bool,
    /// Whether the child lives with them, all or part of the time.
    #[serde(default)]
    pub lives_with: bool,
    /// The last day on which this holds; absent while it does. A carer or social worker who has changed stays on record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_day: Option<NaiveDate>,
}

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
    const ALL: [Relationship; 10] = [
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
    pub fn name(self) -> &'static str {
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
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.name() == name).unwrap_or(Relationship::Other)
    }
}

impl Link {
    /// Refuses what cannot be kept. `at` is where in the body it stands.
    ///
    /// # Errors
    /// A priority out of range.
    pub(super) fn check(&self, at: &str) -> Result<(), Problem> {
        if (1..=LAST).contains(&self.priority) {
            return Ok(());
        }
        let expected = format!("a number from 1 to {LAST}: 1 is called first");
        Err(Problem::at(Kind::Invalid, format!("{at}/priority"), expected))
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
