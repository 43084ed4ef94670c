//! The columns of a file of what was done before a school came here.

/// A column of a file of what was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoneColumn {
    /// What sort of thing it was.
    Record,
    /// Its name in the policy.
    Name,
    /// The day, or the first of several.
    Day,
    /// The last day.
    To,
    /// The rate of a target.
    Rate,
    /// Sessions attended at that decision.
    Attended,
    /// Possible sessions at that decision.
    Possible,
    /// How a penalty notice stands.
    State,
    /// The authority's number of it.
    Reference,
    /// The authority that issues it.
    Authority,
    /// The first day of the absence that a penalty notice was for.
    AbsentFrom,
    /// The last day of that absence.
    AbsentTo,
    /// The sessions that were missed.
    Sessions,
}

impl DoneColumn {
    /// Every column.
    pub const ALL: [Self; 13] = [
        Self::Record,
        Self::Name,
        Self::Day,
        Self::To,
        Self::Rate,
        Self::Attended,
        Self::Possible,
        Self::State,
        Self::Reference,
        Self::Authority,
        Self::AbsentFrom,
        Self::AbsentTo,
        Self::Sessions,
    ];

    /// The names it goes by, folded; the first is ours.
    pub(super) const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Record => &["record", "record type", "type", "kind", "entry", "what"],
            Self::Name => &[
                "name",
                "letter",
                "stage",
                "letter name",
                "stage name",
                "letter stage",
                "description",
            ],
            Self::Day => &[
                "date",
                "sent on",
                "date sent",
                "sent",
                "since",
                "from",
                "from date",
                "start date",
                "first day",
            ],
            Self::To => &["to", "until", "to date", "end date", "review date", "last day"],
            Self::Rate => {
                &["rate", "target", "target rate", "target percentage", "target attendance"]
            }
            Self::Attended => &["attended", "sessions attended", "present", "presents"],
            Self::Possible => &["possible", "possible sessions", "sessions possible"],
            Self::State => &["state", "outcome", "status", "notice state", "notice outcome"],
            Self::Reference => {
                &["reference", "notice reference", "reference number", "notice number"]
            }
            Self::Authority => &["authority", "local authority", "issued by"],
            Self::AbsentFrom => &["absent from", "absence from", "offence from", "period from"],
            Self::AbsentTo => &["absent to", "absence to", "offence to", "period to"],
            Self::Sessions => {
                &["sessions", "absent sessions", "sessions absent", "sessions missed", "absences"]
            }
        }
    }
}
