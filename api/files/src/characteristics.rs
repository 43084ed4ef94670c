//! What a file of pupils says beside name, class and dates: free school meals, special needs and the
//! like, in the words of the big school systems.

use domain::Characteristic;

use super::problem::{Fault, RowProblemKind};

/// A characteristic and one of its values.
pub type Known = (Characteristic, &'static str);

/// The names that a characteristic's column goes by, folded; the first is ours.
pub(super) const fn names(kind: Characteristic) -> &'static [&'static str] {
    match kind {
        Characteristic::Fsm => &[
            "fsm",
            "free school meals",
            "fsm eligible",
            "fsm eligibility",
            "eligible for free meals",
            "eligible for free school meals",
            "eligible for fsm",
            "free meals",
        ],
        Characteristic::Sen => &[
            "sen",
            "sen status",
            "sen provision",
            "sen code",
            "send",
            "send status",
            "special educational needs",
            "special educational needs status",
        ],
        Characteristic::Eal => {
            &["eal", "eal status", "english as an additional language", "additional language"]
        }
        Characteristic::LookedAfter => &[
            "looked after",
            "lac",
            "cla",
            "in care",
            "in lea care",
            "in la care",
            "looked after child",
            "child looked after",
            "children looked after",
        ],
        Characteristic::ChildInNeed => &["child in need", "cin", "children in need"],
        Characteristic::ServiceChild => &[
            "service child",
            "service children",
            "service child indicator",
            "service children in education",
            "parent in armed forces",
        ],
        Characteristic::Boarder => &["boarder", "boarder status", "boarding status", "boarding"],
        Characteristic::Registration => {
            &["registration", "enrolment status", "registration status", "dual registration"]
        }
    }
}

/// Reads a value of a characteristic, as the school census or a school system writes it.
pub(super) fn value(kind: Characteristic, text: &str) -> Result<&'static str, Fault> {
    let said = text.to_lowercase();
    let said = said.trim();
    let name = match kind {
        Characteristic::Sen => match said {
            "n" | "no" | "none" | "f" | "false" | "no special educational need" => "none",
            "k" | "sen support" | "support" | "s" | "a" | "p" => "support",
            "e" | "ehcp" | "ehc plan" | "education health and care plan" => "ehcp",
            "education, health and care plan" => "ehcp",
            _ => said,
        },
        Characteristic::Registration => match said {
            "c" | "single" | "current" | "single registration" => "single",
            "m" | "main" | "current main" | "main - dual registration" => "main",
            "s" | "subsidiary" | "current subsidiary" => "subsidiary",
            "subsidiary - dual registration" => "subsidiary",
            _ => said,
        },
        // 6, 7 and B are the census's: six nights or less, seven, not specified.
        Characteristic::Boarder if matches!(said, "b" | "6" | "7" | "boarder") => "yes",
        Characteristic::Boarder if matches!(said, "day" | "day pupil" | "not a boarder") => "no",
        _ => match said {
            "y" | "yes" | "t" | "true" | "1" => "yes",
            "n" | "no" | "f" | "false" | "0" => "no",
            _ => said,
        },
    };
    let known = kind.values().iter().find(|value| value.name == name);
    known.map(|value| value.name).ok_or_else(|| {
        let expected = match kind {
            Characteristic::Sen => "N (none), K (SEN support) or E (EHC plan)",
            Characteristic::Registration => {
                "C (here alone), M (main school of two) or S (subsidiary school of two)"
            }
            Characteristic::Boarder => "N, B, 6 or 7, or Y or N",
            _ => "Y or N (T or F, 1 or 0)",
        };
        Fault::new(RowProblemKind::BadCharacteristic, expected)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_the_census_and_the_school_systems_write_them() {
        for (kind, text, name) in [
            (Characteristic::Fsm, "T", "yes"),
            (Characteristic::Fsm, "No", "no"),
            (Characteristic::Sen, "K", "support"),
            (Characteristic::Sen, "E", "ehcp"),
            (Characteristic::Sen, "N", "none"),
            (Characteristic::Eal, "TRUE", "yes"),
            (Characteristic::Boarder, "6", "yes"),
            (Characteristic::Boarder, "N", "no"),
            (Characteristic::Registration, "M", "main"),
        ] {
            assert_eq!(value(kind, text), Ok(name), "{kind} {text}");
        }
        for (kind, text) in [(Characteristic::Sen, "Y"), (Characteristic::Fsm, "maybe")] {
            assert_eq!(value(kind, text).unwrap_err().kind, RowProblemKind::BadCharacteristic);
        }
    }

    #[test]
    fn every_value_may_be_written_by_its_own_name() {
        for kind in Characteristic::ALL {
            for known in kind.values() {
                assert_eq!(value(kind, known.name), Ok(known.name));
            }
        }
    }
}
