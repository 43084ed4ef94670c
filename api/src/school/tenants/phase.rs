//! The phase of education of a school: comparisons stay within it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The phase of education.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Reception or infants to Year 6.
    Primary,
    /// Year 7 to Year 11 or 13.
    Secondary,
    /// A special school.
    Special,
    /// Both primary and secondary.
    AllThrough,
    /// A pupil referral unit or other alternative provision.
    AlternativeProvision,
}

impl Phase {
    /// Every phase.
    pub const ALL: [Phase; 5] = [
        Phase::Primary,
        Phase::Secondary,
        Phase::Special,
        Phase::AllThrough,
        Phase::AlternativeProvision,
    ];

    /// As it stands in the database and over the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Primary => "primary",
            Phase::Secondary => "secondary",
            Phase::Special => "special",
            Phase::AllThrough => "all_through",
            Phase::AlternativeProvision => "alternative_provision",
        }
    }

    /// The opposite of [`Phase::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.as_str() == text)
    }

    /// The number under which blocks of counts keep it.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The opposite of [`Phase::number`].
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.number() == number)
    }
}
