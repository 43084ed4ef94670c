//! The table: what a school may do about a child, by how it stands to the child.

use Standing::{Former, Joining, Keeping, OnRoll, Subsidiary};

/// How a school stands to a child on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The child has left, or another school has the child that this one once added: it keeps what it knew.
    Former,
    /// The child is to come.
    Joining,
    /// On roll, and another school of the trust is the main one.
    Subsidiary,
    /// On no school's roll: the last school, or, of a child who is new, the one to come. So that nobody who is taught at
    /// home or missing is left with nobody.
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
    /// To put the child on roll.
    Enrol,
}

/// A row an act: the schools that may.
const TABLE: [(Act, &[Standing]); 11] = [
    (Act::See, &[OnRoll, Subsidiary, Keeping, Joining]),
    (Act::SeeOrders, &[OnRoll, Subsidiary, Keeping, Former]),
    (Act::Correct, &[OnRoll, Keeping]),
    (Act::ChangeParents, &[OnRoll, Keeping]),
    (Act::AddParents, &[OnRoll, Subsidiary, Keeping]),
    (Act::AddOrders, &[OnRoll, Subsidiary, Keeping]),
    (Act::LiftOrders, &[OnRoll, Keeping]),
    (Act::StopLetters, &[OnRoll, Subsidiary, Keeping]),
    (Act::ResumeLetters, &[OnRoll, Keeping]),
    (Act::Begin, &[OnRoll, Subsidiary, Keeping]),
    (Act::Enrol, &[OnRoll, Subsidiary, Keeping, Joining]),
];

impl Standing {
    /// Whether a school that stands so to a child may do that.
    pub fn may(self, act: Act) -> bool {
        TABLE.iter().any(|(row, who)| *row == act && who.contains(&self))
    }

    /// Why it may not, to be told.
    pub(super) fn why_not(self) -> &'static str {
        match self {
            Former => {
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
