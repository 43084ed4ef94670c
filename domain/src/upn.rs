//! The unique pupil number (UPN): its form and its check letter.
//!
//! Thirteen characters: a check letter, eleven digits, and a last digit, or a letter when the
//! number is temporary (Department for Education, UPN guide). A UPN is confidential and says
//! nothing about where a pupil is now; local authority codes in it may be old, so they are not
//! checked.

use std::fmt;
use std::str::FromStr;

/// The letters of a UPN in the order of their values, A = 0 to Z = 22: I, O and S are left out.
const LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";

/// A well-formed UPN with the right check letter.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Upn(String);

/// Why a text is not a UPN. The messages never repeat the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UpnError {
    /// It has not the form of a UPN.
    #[error(
        "a UPN has 13 characters: a letter, then 12 digits, or 11 digits and a letter if it is temporary"
    )]
    Format,
    /// The first letter does not fit the other twelve characters.
    #[error("the UPN's check letter does not fit its other characters: it should be {expected}")]
    CheckLetter {
        /// The letter that would fit.
        expected: char,
    },
}

impl Upn {
    /// Reads a UPN; lower case and spaces around it are accepted. Errors: when it has not the form of a UPN, or its
    /// check letter is wrong.
    pub fn parse(text: &str) -> Result<Self, UpnError> {
        let text = text.trim().to_ascii_uppercase();
        let (letter, rest) = text.split_at_checked(1).ok_or(UpnError::Format)?;
        if !letter.bytes().all(|byte| LETTERS.contains(&byte)) {
            return Err(UpnError::Format);
        }
        let expected = Self::check_letter(rest).ok_or(UpnError::Format)?;
        if letter.starts_with(expected) {
            Ok(Self(text))
        } else {
            Err(UpnError::CheckLetter { expected })
        }
    }

    /// The number as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a temporary number, which ends in a letter.
    pub fn is_temporary(&self) -> bool {
        self.0.ends_with(|last: char| last.is_ascii_alphabetic())
    }

    /// The check letter for the other twelve characters; `None` when they have not the form of
    /// a UPN's.
    ///
    /// Each value is multiplied by its position in the UPN, from 2 to 13, and the sum modulo 23
    /// is the letter's value.
    pub fn check_letter(rest: &str) -> Option<char> {
        if rest.len() != 12 {
            return None;
        }
        let mut sum = 0;
        for (place, byte) in rest.bytes().enumerate() {
            let value = match byte {
                b'0'..=b'9' => usize::from(byte - b'0'),
                _ if place == 11 => LETTERS.iter().position(|letter| *letter == byte)?,
                _ => return None,
            };
            sum += (place + 2) * value;
        }
        LETTERS.get(sum % LETTERS.len()).map(|letter| char::from(*letter))
    }
}

impl FromStr for Upn {
    type Err = UpnError;

    fn from_str(text: &str) -> Result<Self, UpnError> {
        Self::parse(text)
    }
}

impl fmt::Display for Upn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Hides the number, so that it cannot reach a log by way of a debug print.
impl fmt::Debug for Upn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Upn(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The Department for Education's UPN guide (first two) and the tests of public
    /// implementations: the number, and the check letter it should have.
    const KNOWN: [(&str, char); 10] = [
        ("H801200001001", 'H'),
        ("X00180001701A", 'X'),
        ("B801200005001", 'B'),
        ("A801200005001", 'B'),
        ("A950000178301", 'A'),
        ("H243278544154", 'H'),
        ("R247962919251", 'Q'),
        ("Z421036468685", 'M'),
        ("E938218618008", 'E'),
        ("T69759857681R", 'T'),
    ];

    #[test]
    fn known_numbers_have_the_known_check_letters() {
        for (number, expected) in KNOWN {
            let right = number.starts_with(expected);
            let parsed = Upn::parse(number);
            assert_eq!(parsed.is_ok(), right, "{number}");
            if !right {
                assert_eq!(parsed, Err(UpnError::CheckLetter { expected }));
            }
        }
    }

    #[test]
    fn a_temporary_number_ends_in_a_letter() {
        assert!(Upn::parse("X00180001701A").unwrap().is_temporary());
        assert!(!Upn::parse("H801200001001").unwrap().is_temporary());
    }

    #[test]
    fn what_has_not_the_form_is_refused() {
        for text in [
            "",
            "H",
            "H80120000100",
            "H8012000010011",
            "8801200001001",
            "I801200001001",
            "H80120000A001",
            "H80120000100I",
            "H80120000100é",
            "é801200001001",
            "H 01200001001",
        ] {
            assert_eq!(Upn::parse(text), Err(UpnError::Format), "{text}");
        }
        assert_eq!(Upn::check_letter("80120000100é"), None);
    }

    #[test]
    fn lower_case_and_spaces_around_it_are_accepted() {
        let number: Upn = " x00180001701a ".parse().unwrap();
        assert_eq!(number.as_str(), "X00180001701A");
        assert_eq!(number.to_string(), "X00180001701A");
    }

    #[test]
    fn neither_debug_nor_an_error_shows_the_number() {
        let number = Upn::parse("H801200001001").unwrap();
        assert_eq!(format!("{number:?}"), "Upn(hidden)");
        let error = Upn::parse("A801200005001").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("801200005001"));
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_noticed(
            rest in "[0-9]{11}[0-9A-HJ-NP-RT-Z]", place in 0..11_usize, shift in 1..10_u8,
        ) {
            let letter = Upn::check_letter(&rest).unwrap();
            let reads = |rest: &str| Upn::parse(&format!("{letter}{rest}")).is_ok();
            prop_assert!(reads(&rest));
            let mut wrong = rest.into_bytes();
            wrong[place] = b'0' + (wrong[place] - b'0' + shift) % 10;
            prop_assert!(!reads(&String::from_utf8(wrong).unwrap()));
        }

        #[test]
        fn any_text_is_read_without_panic(text in any::<String>()) {
            let _either_way_is_fine = Upn::parse(&text);
        }
    }
}
