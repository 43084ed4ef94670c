//! Lines that offer help with a letter, each in a language that families speak, for a policy that has no letter in it.

/// What stands under a letter in English: the language's tag (BCP 47), and "If you would like help with this letter in
/// ..., please ask the school" in it.
const LINES: &[(&str, &str)] = &[
    ("ar", "إذا احتجتم إلى مساعدة في فهم هذه الرسالة بالعربية، فيرجى الاتصال بالمدرسة."),
    ("bn", "এই চিঠি বাংলায় বুঝতে সাহায্য চাইলে অনুগ্রহ করে স্কুলের সঙ্গে যোগাযোগ করুন।"),
    ("es", "Si desea ayuda con esta carta en español, póngase en contacto con la escuela."),
    (
        "fr",
        "Si vous souhaitez de l'aide en français pour comprendre cette lettre, contactez l'école.",
    ),
    ("pa", "ਜੇ ਤੁਹਾਨੂੰ ਇਹ ਚਿੱਠੀ ਪੰਜਾਬੀ ਵਿੱਚ ਸਮਝਣ ਲਈ ਮਦਦ ਚਾਹੀਦੀ ਹੈ, ਤਾਂ ਕਿਰਪਾ ਕਰਕੇ ਸਕੂਲ ਨਾਲ ਸੰਪਰਕ ਕਰੋ।"),
    (
        "pl",
        "Jeśli potrzebują Państwo pomocy w zrozumieniu tego listu po polsku, prosimy o kontakt ze szkołą.",
    ),
    ("pt", "Se precisar de ajuda com esta carta em português, contacte a escola."),
    (
        "ro",
        "Dacă doriți ajutor în limba română pentru a înțelege această scrisoare, vă rugăm să contactați școala.",
    ),
    (
        "so",
        "Haddii aad u baahan tahay in lagaa caawiyo warqaddan af Soomaali, fadlan la xiriir dugsiga.",
    ),
    ("tr", "Bu mektubu Türkçe anlamak için yardım isterseniz lütfen okulla iletişime geçin."),
    (
        "uk",
        "Якщо вам потрібна допомога з цим листом українською мовою, зверніться, будь ласка, до школи.",
    ),
    ("ur", "اگر آپ کو یہ خط اردو میں سمجھنے کے لیے مدد چاہیے تو براہ کرم اسکول سے رابطہ کریں۔"),
];

/// The language of a tag without its script and region: `pa` of `pa-Guru`.
pub fn language_of(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

/// The line that offers help in a language; `None` in English, and where there is no such line.
pub fn help_line(tag: &str) -> Option<&'static str> {
    LINES.iter().find(|(language, _)| *language == language_of(tag)).map(|(_, line)| *line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_that_of_the_language_whatever_its_script_or_region() {
        assert_eq!(help_line("pa-Guru"), help_line("pa"));
        assert!(help_line("bn").is_some_and(|line| line.starts_with("এই")));
        assert_eq!((help_line("en"), help_line("en-GB"), help_line("xx")), (None, None, None));
    }

    #[test]
    fn languages_stand_once_and_in_order() {
        assert!(LINES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
