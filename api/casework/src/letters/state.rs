//! How a letter stands, and what a person decides about one that is held.

use base::words;

words! {
    /// How a letter stands.
    LetterState {
        Waiting = "waiting": "it waits to be sent",
        Held = "held": "it waits for a person, who releases or withdraws it",
        Sent = "sent": "it has left the school",
        TakenBack = "taken_back": "it was taken back before it was sent, and stays on record",
    }
}

impl LetterState {
    /// The state as it stands in a sentence about a letter.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Waiting => "waiting to be sent",
            Self::Held => "held",
            Self::Sent => "sent",
            Self::TakenBack => "taken back before it was sent",
        }
    }
}

words! {
    /// What is decided about a letter that is held.
    Verdict {
        Release = "release": "it waits to be sent",
        Withdraw = "withdraw": "it is taken back, and stays on record",
    }
}

impl Verdict {
    /// How the letter stands once it is carried out.
    pub fn state(self) -> LetterState {
        match self {
            Self::Release => LetterState::Waiting,
            Self::Withdraw => LetterState::TakenBack,
        }
    }
}
