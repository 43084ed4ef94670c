//! The phase of education of a school: comparisons stay within it.

use crate::words;

words! {
    /// The phase of education.
    Phase {
        Primary = "primary": "reception or infants to Year 6",
        Secondary = "secondary": "Year 7 to Year 11 or 13",
        Special = "special": "a special school",
        AllThrough = "all_through": "both primary and secondary",
        AlternativeProvision = "alternative_provision": "a pupil referral unit or other alternative provision",
    }
}

impl Phase {
    /// The number under which blocks of counts keep it.
    pub fn number(self) -> u8 {
        match self {
            Self::Primary => 0,
            Self::Secondary => 1,
            Self::Special => 2,
            Self::AllThrough => 3,
            Self::AlternativeProvision => 4,
        }
    }

    /// The opposite of [`Phase::number`].
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.number() == number)
    }
}
