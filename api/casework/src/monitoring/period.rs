//! A monitoring period as it is kept.

use crate::records::{RecordDetails, RecordKind};
use base::prelude::*;
use figures::Check;

/// A monitoring period.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Period {
    /// Whom the school asked, in its own words.
    #[schema(example = "LAAO")]
    pub asked: String,
    /// Why, and what was discussed.
    pub why: String,
    /// The evidence as it stood when the school asked.
    pub evidence: Vec<Check>,
    /// What was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub granted: Option<Granted>,
    /// What was missing when it was refused.
    pub gaps: Vec<String>,
}

/// From when to when a period was granted.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Granted {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

impl RecordDetails for Period {
    const KIND: RecordKind = RecordKind::Monitoring;
}
