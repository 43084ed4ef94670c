//! The folded form of a pupil's name that searches compare.
//!
//! It is compared by its beginning, byte by byte (`^@` with an index in the "C" collation), so it
//! must come out the same however a name was typed: with or without accents, apostrophes, hyphens
//! and capitals. Names outside the Latin alphabet keep their letters. The key is for finding only;
//! a name is always shown as it was recorded.

use unicode_normalization::UnicodeNormalization;

/// The letters of European alphabets that are no letter with a mark, with the plain letters that they are searched by.
/// Those with a mark lose it by themselves: they are taken apart first.
const PLAIN: [(&str, &str); 24] = [
    ("ae", "æǣǽ"),
    ("b", "ƀ"),
    ("c", "ƈ"),
    ("d", "ðđ"),
    ("dz", "ǆǳ"),
    ("e", "ǝɇ"),
    ("f", "ƒ"),
    ("g", "ǥ"),
    ("h", "ħ"),
    ("i", "ı"),
    ("ij", "ĳ"),
    ("j", "ɉ"),
    ("k", "ķĸƙ"),
    ("l", "ŀłƚ"),
    ("lj", "ǉ"),
    ("n", "ŉ"),
    ("ng", "ŋ"),
    ("nj", "ǌ"),
    ("o", "øǿ"),
    ("oe", "œ"),
    ("ss", "ß"),
    ("t", "ŧ"),
    ("th", "þ"),
    // The sigma at the end of a word is the same letter.
    ("σ", "ς"),
];
/// More of them, of one letter each.
const ALSO_PLAIN: [(&str, &str); 6] =
    [("p", "ƥ"), ("q", "ɋ"), ("r", "ɍ"), ("s", "ſẛ"), ("y", "ƴɏ"), ("z", "ƶ")];

/// The key a pupil is found by: surname, then forename, folded, so that typing the beginning of
/// "surname forename" finds the pupil: `O’Brien-Núñez`, `Zoë` gives `obrien nunez zoe`.
///
/// What someone types into a search is folded the same way, with an empty forename: `Smith, Jo`
/// then begins the key of John Smith.
pub fn folded_name_key(surname: &str, forename: &str) -> String {
    let mut key = String::with_capacity(surname.len() + forename.len() + 1);
    fold_into(&mut key, surname);
    fold_into(&mut key, forename);
    key
}

/// Adds the words of a text to the key, with one space between any two.
fn fold_into(key: &mut String, text: &str) {
    let mut between_words = true;
    // Apart from their accents, and together again what else was taken apart.
    let bare = text.nfd().filter(|c| !is_accent(*c)).nfc();
    for c in bare.flat_map(char::to_lowercase) {
        if separates(c) {
            between_words = true;
            continue;
        }
        let mut table = PLAIN.iter().chain(&ALSO_PLAIN);
        let plain = table.find(|(_, letters)| !c.is_ascii() && letters.contains(c));
        if plain.is_none() && (is_accent(c) || !c.is_alphanumeric()) {
            continue;
        }
        if between_words && !key.is_empty() {
            key.push(' ');
        }
        between_words = false;
        match plain {
            Some((plain, _)) => key.push_str(plain),
            None => key.push(c),
        }
    }
}

/// Whether a character stands between two words: white space, hyphens and dashes, a comma.
fn separates(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | ',' | '/' | '_')
}

/// Whether a character is an accent of its own, combined with the letter before it, or one of the
/// letter-like apostrophes and marks (Unicode's modifier letters).
fn is_accent(c: char) -> bool {
    matches!(
        c,
        '\u{2b0}'..='\u{2ff}'
            | '\u{300}'..='\u{36f}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe20}'..='\u{fe2f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_same_however_the_name_is_typed() {
        for (surname, forename) in [
            ("O'Brien-Núñez", "Zoë Anne"),
            ("O’BRIEN NÚÑEZ", " zoe  anne "),
            ("O\u{2bc}Brien Nun\u{303}ez".replace("Nu", "Nu\u{301}").as_str(), "Zoe\u{308}-Anne"),
        ] {
            assert_eq!(folded_name_key(surname, forename), "obrien nunez zoe anne");
        }
    }

    #[test]
    fn letters_with_a_usual_replacement_take_it() {
        assert_eq!(folded_name_key("Łukasiewicz", "Şeyma"), "lukasiewicz seyma");
        assert_eq!(folded_name_key("Nguyễn", "Đức"), "nguyen duc");
        assert_eq!(folded_name_key("Strauß", "Øyvind Þór"), "strauss oyvind thor");
        assert_eq!(folded_name_key("İnce", "Işık"), "ince isik");
    }

    #[test]
    fn other_alphabets_keep_their_letters() {
        assert_eq!(folded_name_key("田中", "さくら"), "田中 さくら");
        assert_eq!(folded_name_key("Иванов", "Андрей"), "иванов андреи");
        assert_eq!(folded_name_key("ΠΑΠΠΆΣ", "ΝΊΚΟΣ"), folded_name_key("Παππάς", "Νίκος"));
    }

    #[test]
    fn what_is_typed_begins_the_key_it_should_find() {
        let key = folded_name_key("St. John-Smythe", "D'Arcy");
        for typed in ["st john", "ST. JOHN-SMY", "st john smythe, d’a", "St  John–Smythe"] {
            assert!(key.starts_with(&folded_name_key(typed, "")), "{typed}");
        }
    }

    #[test]
    fn a_name_without_letters_gives_an_empty_key() {
        assert_eq!(folded_name_key("'--'", "…"), "");
        assert_eq!(folded_name_key("", "Cher"), "cher");
    }
}
