//! What somebody is to a pupil: the relationship, who is called first, with whom the child lives.

use domain::Relationship;

use base::prelude::*;

/// The most parents that are called in an order.
const LAST: i16 = 99;

/// What somebody is to a pupil.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// What they are to the pupil.
    #[schema(value_type = words::Relationship)]
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

impl Link {
    /// Refuses what cannot be kept. `at` is where in the body it stands. Errors: a priority out of range;
    /// parental responsibility of somebody who is no parent.
    pub(super) fn check(&self, at: &str) -> Result<()> {
        let mut problem = Problem::new(Kind::Invalid);
        if !(1..=LAST).contains(&self.priority) {
            let expected = format!("a number from 1 to {LAST}: 1 is called first");
            problem = problem.and(format!("{at}/priority"), expected);
        }
        if self.responsibility && !self.relationship.is_parent() {
            let expected = "what somebody with parental responsibility is to the pupil";
            problem = problem.and(format!("{at}/relationship"), expected);
        }
        if problem.errors().is_empty() { Ok(()) } else { Err(problem) }
    }
}
