//! What people write, in one form: two texts that look alike are one and the same.
//!
//! A text is kept composed (Unicode's normalization form C), so that an é is an é however it was typed. What cannot be
//! seen (control characters, and characters of no width) has no place in it: a name with such a one in it is found by
//! nobody.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// A text in the form in which it is kept.
pub fn in_one_form(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// Whether a character cannot be seen in a name: a control character, or one of no width.
pub fn is_invisible(c: char) -> bool {
    is_hidden(c) || matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

/// Whether a character cannot be seen in any text. The two joiners and the selectors of variants can stand in one, since
/// scripts and pictures are made with them; line ends and tabs are the caller's business.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// What the name of a class is compared by: case, form, width, spaces and what cannot be seen make no other class.
pub fn class_key(name: &str) -> String {
    let seen: String = name.nfkc().filter(|c| !is_invisible(*c)).collect();
    let words: Vec<&str> = seen.split_whitespace().collect();
    // Capitals first: ß and SS are one, and so are the two small sigmas.
    words.join(" ").to_uppercase().to_lowercase().nfkc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_alike_is_one_text() {
        assert_eq!(in_one_form("Zoe\u{308}"), "Zo\u{eb}");
        assert_eq!(in_one_form("Zo\u{eb}"), "Zo\u{eb}");
        for (one, other) in [
            ("6A", "6a"),
            ("6A", " 6\u{200b}A"),
            ("6A", "\u{ff16}\u{ff21}"),
            ("Stra\u{df}e", "STRASSE"),
            ("Caf\u{e9}", "CAFE\u{301}"),
            ("7  Oak", "7 oak"),
        ] {
            assert_eq!(class_key(one), class_key(other), "{one} {other}");
        }
        assert_ne!(class_key("6A"), class_key("6B"));
        assert_ne!(class_key("6 A"), class_key("6A"));
    }

    #[test]
    fn what_cannot_be_seen_is_told_from_what_can() {
        for c in "\u{200b}\u{200d}\u{feff}\u{ad}\u{202e}\n\u{7f}\u{e0041}".chars() {
            assert!(is_invisible(c), "{c:?}");
        }
        for c in "aé \u{a0}\u{301}\u{64b}-'\u{2019}\u{1f642}".chars() {
            assert!(!is_invisible(c), "{c:?}");
        }
        assert!(!is_hidden('\u{200d}'));
    }
}
