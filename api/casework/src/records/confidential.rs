//! What is confidential in a record: child protection, court orders, health.

use base::prelude::*;

/// What is visible only with `safeguarding:read`. Everybody else sees that there is something.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Confidential {
    /// What concerns child protection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    child_protection: Option<String>,
    /// What a court has ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    court_order: Option<String>,
    /// What concerns the health of the child or a parent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    health: Option<String>,
}

impl Confidential {
    /// As it is kept. Errors: 422 at the first text that cannot be kept.
    pub fn check(self) -> Result<Self> {
        self.check_at("/confidential")
    }

    /// As [`Confidential::check`], where it stands at `pointer`. Errors: 422 at the first text that cannot be kept.
    pub fn check_at(self, pointer: &str) -> Result<Self> {
        let kept = |text: Option<String>, at: &str| {
            let pointer = format!("{pointer}/{at}");
            text.map(|text| name::words(&text, &pointer, name::NOTE)).transpose()
        };
        Ok(Self {
            child_protection: kept(self.child_protection, "child_protection")?,
            court_order: kept(self.court_order, "court_order")?,
            health: kept(self.health, "health")?,
        })
    }

    /// Together with what was recorded before: what is said anew replaces, nothing gets lost.
    pub(super) fn beside(&self, known: Option<&Value>) -> Result<Value> {
        let known = match known {
            Some(known) => serde_json::from_value(known.clone()).map_err(Problem::internal)?,
            None => Self::default(),
        };
        let both = Self {
            child_protection: self.child_protection.clone().or(known.child_protection),
            court_order: self.court_order.clone().or(known.court_order),
            health: self.health.clone().or(known.health),
        };
        serde_json::to_value(both).map_err(Problem::internal)
    }
}
