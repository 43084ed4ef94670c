//! The languages of parents: by tag, by name, or by the code of the school census.

use super::problem::{Fault, RowProblemKind};

/// A language as it is kept, with its names and its codes of the school census, in small letters.
const LANGUAGES: [(&str, &[&str]); 44] = [
    ("en", &["english", "eng", "enb", "believed to be english"]),
    ("ak", &["akan", "twi", "aka", "akan twi", "twi fante"]),
    ("am", &["amharic", "amr"]),
    ("ar", &["arabic", "ara"]),
    ("bg", &["bulgarian", "bul"]),
    ("bn", &["bengali", "bangla", "sylheti", "bng"]),
    ("bs", &["bosnian"]),
    ("cs", &["czech", "cze"]),
    ("cy", &["welsh", "cymraeg", "cym"]),
    ("de", &["german", "ger"]),
    ("el", &["greek", "gre"]),
    ("es", &["spanish", "spa"]),
    ("et", &["estonian", "est"]),
    ("fa", &["persian", "farsi", "dari", "prs"]),
    ("fr", &["french", "frn"]),
    ("gu", &["gujarati", "guj"]),
    ("hi", &["hindi", "hin"]),
    ("hr", &["croatian"]),
    ("hu", &["hungarian", "hun"]),
    ("ig", &["igbo", "igb"]),
    ("it", &["italian", "ita"]),
    ("ku", &["kurdish", "kur"]),
    ("ln", &["lingala", "lin"]),
    ("lt", &["lithuanian", "lit"]),
    ("lv", &["latvian", "ltv"]),
    ("ml", &["malayalam", "mlm"]),
    ("ne", &["nepali", "nep"]),
    ("pa", &["panjabi", "punjabi", "pnj"]),
    ("pl", &["polish", "pol"]),
    ("ps", &["pashto", "pushto", "pat"]),
    ("pt", &["portuguese", "por"]),
    ("ro", &["romanian", "moldovan", "rom"]),
    ("ru", &["russian", "rus"]),
    ("si", &["sinhala", "sinhalese", "snh"]),
    ("sk", &["slovak", "slo"]),
    ("sn", &["shona", "sna"]),
    ("so", &["somali", "som"]),
    ("sq", &["albanian", "shqip", "alb"]),
    ("sw", &["swahili", "kiswahili", "swa"]),
    ("ta", &["tamil", "tam"]),
    ("tr", &["turkish", "tur"]),
    ("uk", &["ukrainian", "ukr"]),
    ("ur", &["urdu", "urd"]),
    ("zh", &["chinese", "mandarin", "cantonese", "chi"]),
];

/// Reads a language; `None` where the census says that it is not known.
pub(super) fn language(text: &str) -> Result<Option<String>, Fault> {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let said = words.join(" ");
    if matches!(
        said.as_str(),
        "nob" | "ref" | "zzz" | "not obtained" | "refused" | "unknown" | "not known"
    ) {
        return Ok(None);
    }
    let named =
        LANGUAGES.iter().find(|(tag, names)| *tag == said || names.contains(&said.as_str()));
    if let Some((tag, _)) = named {
        return Ok(Some((*tag).to_owned()));
    }
    // A tag of any other language: its first part has two or three letters, and it is told by its hyphen or its length.
    let (first, rest) = text.split_once('-').unwrap_or((text, ""));
    let parts = rest.is_empty() || rest.split('-').all(|part| is_part(part, 2..=8));
    if parts && is_part(first, 2..=2) && first.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Ok(Some(text.to_owned()));
    }
    let expected = "a language by its English name or its tag, such as Polish or pl";
    Err(Fault::new(RowProblemKind::BadLanguage, expected))
}

fn is_part(text: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_read_by_name_by_tag_and_by_the_census_code() {
        for (text, tag) in [
            ("English", "en"),
            ("Believed to be English", "en"),
            ("Panjabi", "pa"),
            ("PNJ", "pa"),
            ("pl", "pl"),
            ("pa-Guru", "pa-Guru"),
            ("yo", "yo"),
        ] {
            assert_eq!(language(text), Ok(Some(tag.to_owned())), "{text}");
        }
        assert_eq!(language("Not obtained"), Ok(None));
        for text in ["Klingonese", "p", "p-l", "12"] {
            assert_eq!(language(text).unwrap_err().kind, RowProblemKind::BadLanguage, "{text}");
        }
    }

    #[test]
    fn every_name_names_one_language() {
        let mut names: Vec<&str> =
            LANGUAGES.iter().flat_map(|(_, names)| *names).copied().collect();
        names.extend(LANGUAGES.iter().map(|(tag, _)| *tag));
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
