//! Letters: a subject, perhaps the law they cite, and a text with named fields.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::national::National;
use crate::policy::problem::Problem;
use crate::word::or;
use crate::words;

/// The fields a letter may use, each with what stands there.
pub const FIELDS: &[(&str, &str)] = &[
    ("parent", "how the parent is addressed"),
    ("pupil", "the pupil's first name"),
    ("full_name", "the pupil's first name and surname"),
    ("class", "the pupil's class"),
    ("school", "the school's name"),
    ("rate", "attendance as a percentage cut to one decimal, without its sign: 89.9"),
    ("attended", "sessions attended"),
    ("possible", "possible sessions"),
    ("absent", "sessions missed"),
    ("period", "the days the figures are taken over"),
    ("previous_rate", "attendance at the last decision"),
    ("year_rate", "attendance for the school year so far"),
    ("band", "the band's name"),
    ("target_rate", "the target's rate with its sign: 96%"),
    ("target_from", "the target's first day"),
    ("target_to", "the target's last day"),
    ("meeting", "day, time and place of the meeting that is offered, or how to agree them"),
    ("plan", "the plan, an item a line; the letter waits until there is one"),
    ("support", "the support that the school offers"),
    ("contact", "the school's telephone number and e-mail address"),
    ("signed", "name and title of who signs, a line each"),
    ("signatory", "name and title of who signs, in a sentence"),
    ("date", "the date of the letter"),
    ("asked_on", "of leave that was refused: the day on which it was asked for"),
    ("leave_from", "its first day"),
    ("leave_to", "its last day"),
    ("reason", "why it was refused"),
    (
        "unauthorised",
        "of a Notice to Improve: the sessions of unauthorised absence that it rests on",
    ),
    ("unauthorised_period", "the days they lie in"),
    ("support_given", "the support that was given so far"),
    ("improve_from", "its first day"),
    ("improve_to", "its last day"),
    ("enough", "what enough improvement looks like for this family"),
    ("ends_early", "when it ends early"),
    ("sent_on", "of a correction: the day on which the letter was sent that does not hold"),
    ("sent_subject", "what that letter was about"),
];

words! {
    /// What happens and has a letter of its own, which no rule sends.
    LetterOccasion {
        LeaveRefused = "leave-refused": "a request for leave of absence was refused",
        Appointment = "appointment": "day, time and place of a meeting are confirmed",
        NoticeToImprove = "notice-to-improve": "a last chance, with support, before a penalty notice is asked for",
        Correction = "correction": "a letter that was sent has lost its support, and the school apologises",
    }
}

impl LetterOccasion {
    /// The fields that tell of it: in any other letter nothing ever stands there.
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            LetterOccasion::LeaveRefused => &["asked_on", "leave_from", "leave_to", "reason"],
            LetterOccasion::Appointment => &[],
            LetterOccasion::NoticeToImprove => &[
                "unauthorised",
                "unauthorised_period",
                "support_given",
                "improve_from",
                "improve_to",
                "enough",
                "ends_early",
            ],
            LetterOccasion::Correction => &["sent_on", "sent_subject"],
        }
    }

    /// The occasion that a field tells of.
    pub fn of_field(field: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|occasion| occasion.fields().contains(&field))
    }
}

/// The letter that a name in the folder stands for: `stage-1` of `stage-1.bn`, which is the same in another language.
pub fn letter_of(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// Words of the law, as they begin: a letter that uses one must cite it. A hyphen counts as a space.
const LEGAL: &[&str] = &[
    "penalty notice",
    "fixed penalty",
    "fpn ",
    "fpns ",
    "prosecut",
    "magistrate",
    "legal action",
    "criminal",
    "court ",
    "summons",
    "prison",
    "imprison",
    "fast track",
    "fined ",
    "fines ",
];

/// What comes after "a fine" or "the fine" where it means money: "a fine day" cites no law. A full stop stands for every
/// sign that ends a part of a sentence.
const AFTER_A_FINE: &[&str] =
    &["", ". ", "of ", "for ", "or ", "and ", "if ", "may ", "will ", "in "];

/// A letter of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// What it is about.
    pub subject: String,
    /// The law it cites; a letter with legal wording is never proposed for a pupil who is not of
    /// compulsory school age.
    pub law: Option<String>,
    /// The text with its fields in braces.
    pub body: String,
}

impl Letter {
    /// Reads a letter: `Subject:` and perhaps `Law:` on the first lines, an empty line, the text.
    pub fn read(name: &str, text: &str) -> (Self, Vec<Problem>) {
        let text = &text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let value = |key: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(key));
            line.map(|line| line.trim().to_owned()).filter(|line| !line.is_empty())
        };
        let letter = Self {
            subject: value("Subject:").unwrap_or_default(),
            law: value("Law:"),
            body: body.trim().to_owned(),
        };
        let mut problems = Vec::new();
        let mut report = |line: usize, says: String| {
            let file = format!("letters/{name}.md");
            problems.push(Problem { file, line, rule: None, says });
        };
        if letter.subject.is_empty() {
            report(1, "a letter begins with \"Subject:\" and its subject".to_owned());
        }
        for (line, text) in head.lines().enumerate() {
            if !text.starts_with("Subject:") && !text.starts_with("Law:") {
                let says = format!(
                    "{text:?} stands above the first empty line, where only \"Subject:\" and \"Law:\" stand"
                );
                report(line + 1, says);
            }
        }
        if letter.body.is_empty() {
            let says = "a letter has an empty line after \"Subject:\" and then its text";
            report(head.lines().count().max(1), says.to_owned());
        }
        for (line, text) in text.lines().enumerate() {
            for says in wrong_fields(text) {
                report(line + 1, says);
            }
        }
        if let Some((word, line)) = legal(text)
            && letter.law.is_none()
        {
            let says = format!(
                "the letter says {:?}, so its second line must cite the law: \"Law: section 444 of the Education Act 1996\", for example",
                word
            );
            report(line, says);
        }
        if letter.law.is_some() {
            for (amount, line) in wrong_amounts(text) {
                let known = or(AMOUNTS.iter().map(String::as_str));
                let says = format!(
                    "a letter that cites the law cannot name {amount:?}; a penalty notice is of {known}"
                );
                report(line, says);
            }
        }
        (letter, problems)
    }

    /// The fields the letter uses.
    pub fn uses(&self) -> BTreeSet<&str> {
        fields(&self.subject).chain(fields(&self.body)).collect()
    }

    /// The text with its fields filled in. Errors: the fields that have no value: a letter never goes out with a gap.
    pub fn fill(&self, values: &BTreeMap<&str, String>) -> Result<String, Vec<String>> {
        let missing: Vec<String> = self
            .uses()
            .into_iter()
            .filter(|field| !values.contains_key(field))
            .map(str::to_owned)
            .collect();
        if !missing.is_empty() {
            return Err(missing);
        }
        let mut filled = String::new();
        for (place, part) in self.body.split(['{', '}']).enumerate() {
            let value = values.get(part).filter(|_| place % 2 == 1);
            filled.push_str(value.map_or(part, String::as_str));
        }
        Ok(filled)
    }
}

/// A text in small letters, a space after each word, whatever its lines and hyphens are, and a full stop for each sign
/// that ends a part of a sentence; and the line that each byte of it stands on.
fn plain(text: &str) -> (String, Vec<usize>) {
    let (mut words, mut lines) = (String::from(" "), vec![1]);
    for (line, text) in text.lines().enumerate() {
        let text = text.to_lowercase().replace('\u{ad}', "");
        let text = text.replace(['.', ',', ';', ':', '!', '?', ')'], " . ");
        let parts = text.split(|one: char| one != '.' && !one.is_alphanumeric());
        for part in parts.filter(|part| !part.is_empty()) {
            words.push_str(part);
            words.push(' ');
            lines.resize(words.len(), line + 1);
        }
    }
    (words, lines)
}

/// The first words of the law in a text, and the line they stand on.
fn legal(text: &str) -> Option<(&'static str, usize)> {
    let (words, lines) = plain(text);
    let begins = |at: usize| words[..at].ends_with(' ');
    let of_law = LEGAL.iter().filter_map(|word| {
        let at = words.match_indices(word).map(|(at, _)| at).find(|at| begins(*at))?;
        Some((at, word.trim_end()))
    });
    let fines = ["a fine ", "the fine "].into_iter().filter_map(|fine| {
        let money = |at: usize| {
            let rest = &words[at + fine.len()..];
            AFTER_A_FINE
                .iter()
                .any(|next| if next.is_empty() { rest.is_empty() } else { rest.starts_with(next) })
        };
        let mut places = words.match_indices(fine).map(|(at, _)| at);
        Some((places.find(|at| begins(*at) && money(*at))?, fine.trim_end()))
    });
    let (at, word) = of_law.chain(fines).min()?;
    Some((word, lines[at]))
}

/// What a penalty notice is of.
static AMOUNTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let amounts = National::built_in().map(|law| law.amounts()).unwrap_or_default();
    amounts.iter().map(|pounds| format!("£{pounds}")).collect()
});

/// The amounts of money in a text that no penalty notice is of, with their lines.
fn wrong_amounts(text: &str) -> Vec<(String, usize)> {
    let amounts = text.lines().enumerate().flat_map(|(line, text)| {
        text.split('£').skip(1).map(move |rest| {
            let is_of_a_number = |one: &char| one.is_ascii_digit() || matches!(one, ',' | '.');
            let number: String = rest.trim_start().chars().take_while(is_of_a_number).collect();
            (format!("£{}", number.trim_end_matches([',', '.'])), line + 1)
        })
    });
    amounts.filter(|(amount, _)| !AMOUNTS.contains(amount)).collect()
}

/// What is wrong with the fields of a line: names there are not, and braces without their other.
fn wrong_fields(line: &str) -> Vec<String> {
    let unknown = |field: &&str| !FIELDS.iter().any(|(name, _)| name == field);
    let mut wrong: Vec<String> = fields(line)
        .filter(unknown)
        .map(|field| {
            let known = or(FIELDS.iter().map(|(name, _)| *name));
            format!("there is no field {{{field}}}; the fields are {known}")
        })
        .collect();
    let mut open = false;
    let paired = line.chars().filter(|one| matches!(one, '{' | '}')).all(|one| {
        let right = open == (one == '}');
        open = one == '{';
        right
    });
    if !paired || open {
        wrong
            .push("a field stands between \"{\" and \"}\" on one line, such as {pupil}".to_owned());
    }
    wrong
}

/// What stands in braces.
fn fields(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(field, _)| field)
}
