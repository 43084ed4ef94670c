//! What is known of a pupil beside class and year group, and changes with time.
//!
//! The kinds are those of the school census (Department for Education, *Complete the school census: pupil
//! characteristics*), as far as attendance is compared by them. A kind's first value is what holds while nothing is
//! recorded. Values are numbered in the order of the list: a number is never reused.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A kind of characteristic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Characteristic {
    /// Eligible for free school meals.
    Fsm,
    /// Special educational needs: none, SEN support, or an education, health and care plan.
    Sen,
    /// English as an additional language.
    Eal,
    /// In the care of a local authority.
    LookedAfter,
    /// A child in need (Children Act 1989, section 17).
    ChildInNeed,
    /// A parent serves in the armed forces.
    ServiceChild,
    /// Boards at the school: boarders are not in the attendance register (School Attendance (Pupil Registration)
    /// (England) Regulations 2024, regulation 10), so no mark of theirs is expected or counted.
    Boarder,
    /// Registered at this school alone, or at two: here as the main or as the subsidiary school.
    Registration,
}

/// One value of a characteristic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CharacteristicValue {
    /// On the wire and in the database.
    pub name: &'static str,
    /// For people.
    pub label: &'static str,
}

/// The text is not the name of a characteristic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the characteristic must be fsm, sen, eal, looked_after, child_in_need, service_child, boarder or registration"
)]
pub struct CharacteristicError;

const fn value(name: &'static str, label: &'static str) -> CharacteristicValue {
    CharacteristicValue { name, label }
}

impl Characteristic {
    /// All kinds.
    pub const ALL: [Characteristic; 8] = [
        Characteristic::Fsm,
        Characteristic::Sen,
        Characteristic::Eal,
        Characteristic::LookedAfter,
        Characteristic::ChildInNeed,
        Characteristic::ServiceChild,
        Characteristic::Boarder,
        Characteristic::Registration,
    ];

    /// Its name on the wire and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Characteristic::Fsm => "fsm",
            Characteristic::Sen => "sen",
            Characteristic::Eal => "eal",
            Characteristic::LookedAfter => "looked_after",
            Characteristic::ChildInNeed => "child_in_need",
            Characteristic::ServiceChild => "service_child",
            Characteristic::Boarder => "boarder",
            Characteristic::Registration => "registration",
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Characteristic::Fsm => "Free school meals",
            Characteristic::Sen => "Special educational needs",
            Characteristic::Eal => "English as an additional language",
            Characteristic::LookedAfter => "Looked-after child",
            Characteristic::ChildInNeed => "Child in need",
            Characteristic::ServiceChild => "Service child",
            Characteristic::Boarder => "Boarder",
            Characteristic::Registration => "Registration",
        }
    }

    /// Its values, in the order of their numbers. The first holds while nothing is recorded.
    #[must_use]
    pub const fn values(self) -> &'static [CharacteristicValue] {
        const fn yes_no(no: &'static str, yes: &'static str) -> [CharacteristicValue; 2] {
            [value("no", no), value("yes", yes)]
        }
        const FSM: [CharacteristicValue; 2] =
            yes_no("Not eligible for free school meals", "Eligible for free school meals");
        const SEN: [CharacteristicValue; 3] = [
            value("none", "No special educational needs"),
            value("support", "SEN support"),
            value("ehcp", "Education, health and care plan"),
        ];
        const EAL: [CharacteristicValue; 2] =
            yes_no("English as first language", "English as an additional language");
        const LOOKED_AFTER: [CharacteristicValue; 2] = yes_no("Not looked after", "Looked after");
        const IN_NEED: [CharacteristicValue; 2] = yes_no("Not a child in need", "Child in need");
        const SERVICE: [CharacteristicValue; 2] = yes_no("Not a service child", "Service child");
        const BOARDER: [CharacteristicValue; 2] = yes_no("Day pupil", "Boarder");
        const REGISTRATION: [CharacteristicValue; 3] = [
            value("single", "Registered here alone"),
            value("main", "Main school of two"),
            value("subsidiary", "Subsidiary school of two"),
        ];
        match self {
            Characteristic::Fsm => &FSM,
            Characteristic::Sen => &SEN,
            Characteristic::Eal => &EAL,
            Characteristic::LookedAfter => &LOOKED_AFTER,
            Characteristic::ChildInNeed => &IN_NEED,
            Characteristic::ServiceChild => &SERVICE,
            Characteristic::Boarder => &BOARDER,
            Characteristic::Registration => &REGISTRATION,
        }
    }

    /// The number of a value by its name.
    #[must_use]
    pub fn number(self, name: &str) -> Option<u8> {
        let at = self.values().iter().position(|value| value.name == name)?;
        u8::try_from(at).ok()
    }

    /// The value with a number.
    #[must_use]
    pub fn value(self, number: u8) -> Option<CharacteristicValue> {
        self.values().get(usize::from(number)).copied()
    }
}

impl FromStr for Characteristic {
    type Err = CharacteristicError;

    fn from_str(text: &str) -> Result<Self, CharacteristicError> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or(CharacteristicError)
    }
}

impl fmt::Display for Characteristic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_and_value_has_one_name() {
        for kind in Characteristic::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{kind}\""));
            assert!(CharacteristicError.to_string().contains(kind.name()));
            for (number, value) in (0..).zip(kind.values()) {
                assert_eq!(kind.number(value.name), Some(number));
                assert_eq!(kind.value(number), Some(*value));
            }
        }
        assert_eq!("height".parse::<Characteristic>(), Err(CharacteristicError));
        assert_eq!(Characteristic::Sen.number("yes"), None);
    }
}
