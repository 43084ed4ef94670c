//! The phase of education of a school.

/// The phase of education.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
