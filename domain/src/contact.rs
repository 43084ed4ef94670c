//! Ways to reach somebody, and what each of them looks like.

use crate::email::is_email;
use crate::words;

/// The most characters of a postal address.
const LONGEST_ADDRESS: usize = 300;

words! {
    /// A way to reach somebody.
    ContactKind {
        Mobile = "mobile": "a mobile telephone, which takes text messages",
        Home = "home": "the telephone at home",
        Work = "work": "the telephone at work",
        Email = "email": "an e-mail address",
        Address = "address": "a postal address",
    }
}

impl ContactKind {
    /// What would have been right, when a text is no contact of this kind.
    pub fn wrong(self, value: &str) -> Option<&'static str> {
        let value = value.trim();
        let fits = match self {
            Self::Mobile | Self::Home | Self::Work => is_telephone(value),
            Self::Email => is_email(value),
            Self::Address => {
                let lines = value.lines().all(|line| !line.chars().any(char::is_control));
                lines && (1..=LONGEST_ADDRESS).contains(&value.chars().count())
            }
        };
        let expected = match self {
            Self::Mobile | Self::Home | Self::Work => {
                "a telephone number: 6 to 20 digits, with spaces, brackets, hyphens or + if wanted"
            }
            Self::Email => "an e-mail address",
            Self::Address => "a postal address of 1 to 300 characters",
        };
        (!fits).then_some(expected)
    }
}

fn is_telephone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let plain = text.chars().all(|c| c.is_ascii_digit() || " ()+-".contains(c));
    plain && (6..=20).contains(&digits) && text.len() <= 40
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_number_is_digits_however_they_are_grouped() {
        for good in ["07700 900123", "+44 (0)20 7946-0123", "999999"] {
            assert!(is_telephone(good), "{good}");
        }
        for bad in ["", "12345", "call her mother", "07700 900123 ext 4", &"1".repeat(21)] {
            assert!(!is_telephone(bad), "{bad:?}");
        }
    }
}
