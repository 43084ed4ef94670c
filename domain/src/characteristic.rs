//! What is known of a pupil beside class and year group, and changes with time.
//!
//! The kinds are those of the school census (Department for Education, *Complete the school census: pupil
//! characteristics*), as far as attendance is compared by them. While nothing is recorded of a kind, nothing is known:
//! that a pupil is not eligible is a value like the others, and somebody has to have said so. Values are numbered in the
//! order of the list: a number is never reused.

use crate::words;

words! {
    /// A kind of characteristic.
    Characteristic {
        Fsm = "fsm": "eligible for free school meals",
        Sen = "sen": "special educational needs",
        Eal = "eal": "English as an additional language",
        LookedAfter = "looked_after": "in the care of a local authority",
        ChildInNeed = "child_in_need": "a child in need (Children Act 1989, section 17)",
        ServiceChild = "service_child": "a parent serves in the armed forces",
        Boarder = "boarder": "boards at the school, and is not in the attendance register",
        Registration = "registration": "registered at this school alone, or at two",
    }
}

/// One value of a characteristic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CharacteristicValue {
    /// On the wire and in the database.
    pub name: &'static str,
    /// For people.
    pub label: &'static str,
}

const fn value(name: &'static str, label: &'static str) -> CharacteristicValue {
    CharacteristicValue { name, label }
}

impl Characteristic {
    /// What people call it.
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

    /// The number that stands for no value: nothing is recorded.
    pub const UNRECORDED: u8 = u8::MAX;

    /// The values that can be recorded, in the order of their numbers.
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
    pub fn number(self, name: &str) -> Option<u8> {
        let at = self.values().iter().position(|value| value.name == name)?;
        u8::try_from(at).ok()
    }

    /// The value with a number; `None` where nothing is recorded.
    pub fn value(self, number: u8) -> Option<CharacteristicValue> {
        self.values().get(usize::from(number)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_and_value_has_one_name() {
        for kind in Characteristic::ALL {
            for (number, value) in (0..).zip(kind.values()) {
                assert_eq!(kind.number(value.name), Some(number));
                assert_eq!(kind.value(number), Some(*value));
            }
        }
        assert_eq!(Characteristic::Sen.number("yes"), None);
        assert!(
            Characteristic::ALL.iter().all(|kind| kind.value(Characteristic::UNRECORDED).is_none())
        );
    }
}
