//! How a penalty notice stands.

/// How a penalty notice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeState {
    /// A person has to decide.
    Pending,
    /// The local authority issued it.
    Issued,
    /// A person decided against it.
    Waived,
    /// The local authority took it back: it does not count.
    Withdrawn,
    /// The parent paid.
    Paid,
}

impl NoticeState {
    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::Pending, Self::Issued, Self::Waived, Self::Withdrawn, Self::Paid];

    /// Its name on the wire and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Issued => "issued",
            Self::Waived => "waived",
            Self::Withdrawn => "withdrawn",
            Self::Paid => "paid",
        }
    }

    /// The opposite of [`NoticeState::name`].
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}
