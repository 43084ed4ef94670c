//! The table: what a school may do about a child, by how it stands to the child.

use Standing::{Former, Joining, Keeping, OnRoll, Previous, Subsidiary};

/// How a school stands to a child on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The child has left, or another school has the child that this one once added: it keeps what it knew.
    Former,
    /// The same, and no other school of the trust has had the child between: the last one before.
    Previous,
    /// The child is to come.
    Joining,
    /// On roll, and another school of the trust is the main one.
    Subsidiary,
    /// On no school's roll: the last school until it is confirmed where the child went, or, of a child who is new, the one
    /// to come. So that nobody who is taught at home or missing is left with nobody.
    Keeping,
    /// On roll, at the main or only school.
    OnRoll,
}

/// What is done about a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// To see what is recorded of child and parents from now on. Whoever may not sees what was recorded before.
    See,
    /// To be told what a court has ordered, not only that there is something. The lead of a former school is told what
    /// was recorded before.
    SeeOrders,
    /// To be told the same once the school before has released it. For the safeguarding lead alone.
    SeeReleasedOrders,
    /// To release it to the school that the child goes to. For the safeguarding lead alone.
    ReleaseOrders,
    /// To have at hand, as it is recorded from now on, whom to ask first and which penalty notices there are: from the
    /// first day on.
    Protect,
    /// To look back at what earlier schools of the trust recorded of attendance: how much the child was absent, and, for
    /// whoever leads, the marks.
    LookBack,
    /// To correct names, number, date of birth and sex.
    Correct,
    /// To change parents, how they are reached and in which order.
    ChangeParents,
    /// To add parents and ways to reach them.
    AddParents,
    /// To record an order of a court, or that there is to be no contact.
    AddOrders,
    /// To lift such an order, shorten it or put it otherwise.
    LiftOrders,
    /// To stop all letters about the child.
    StopLetters,
    /// To let letters go on.
    ResumeLetters,
    /// To begin something: a meeting, a plan, a visit, a referral, a penalty notice. What has begun is finished anyway.
    Begin,
    /// To keep a draft of what one was told, which becomes part of the record on the first day.
    Draft,
    /// To put the child on roll, or to let the child stay on it for longer.
    Enrol,
    /// To say of one's own school that it is not the subsidiary one.
    BeMain,
}

/// A row an act: the schools that may.
const TABLE: [(Act, &[Standing]); 17] = [
    (Act::See, &[OnRoll, Subsidiary, Keeping, Joining]),
    (Act::SeeOrders, &[OnRoll, Subsidiary, Keeping, Previous, Former]),
    (Act::SeeReleasedOrders, &[Joining]),
    (Act::ReleaseOrders, &[OnRoll, Keeping, Previous]),
    (Act::Protect, &[OnRoll, Subsidiary, Keeping]),
    (Act::LookBack, &[OnRoll, Subsidiary, Keeping]),
    (Act::Correct, &[OnRoll, Keeping]),
    (Act::ChangeParents, &[OnRoll, Keeping]),
    (Act::AddParents, &[OnRoll, Subsidiary, Keeping]),
    (Act::AddOrders, &[OnRoll, Subsidiary, Keeping]),
    (Act::LiftOrders, &[OnRoll, Keeping]),
    (Act::StopLetters, &[OnRoll, Subsidiary, Keeping]),
    (Act::ResumeLetters, &[OnRoll, Keeping]),
    (Act::Begin, &[OnRoll, Subsidiary, Keeping]),
    (Act::Draft, &[Joining, Keeping]),
    (Act::Enrol, &[OnRoll, Subsidiary, Keeping, Joining]),
    (Act::BeMain, &[OnRoll, Keeping, Previous, Former]),
];

impl Standing {
    /// Whether the child is on the school's roll.
    pub(super) fn is_on_roll(self) -> bool {
        matches!(self, OnRoll | Subsidiary)
    }

    /// Whether the child has left the school: it keeps what it knew.
    pub fn has_left(self) -> bool {
        matches!(self, Former | Previous)
    }

    /// Whether a school that stands so to a child may do that.
    pub fn may(self, act: Act) -> bool {
        TABLE.iter().any(|(row, who)| *row == act && who.contains(&self))
    }

    /// Why it may not, to be told.
    pub(super) fn why_not(self) -> &'static str {
        match self {
            Former | Previous => {
                "The pupil is no longer your school's: it keeps what it knew. The school that has the pupil now, or the \
                 trust, does this."
            }
            Joining => {
                "The pupil comes to your school later and is another school's until then. That school, or the trust, \
                 does this."
            }
            Subsidiary => {
                "Your school is the pupil's subsidiary one. The main school, or the trust, does this."
            }
            Keeping | OnRoll => "Another school, or the trust, does this.",
        }
    }
}
