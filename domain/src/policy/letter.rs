//! Letters: a subject, perhaps the law they cite, and a text with named fields.

use std::collections::{BTreeMap, BTreeSet};

use crate::policy::problem::Problem;
use crate::policy::word::or;

/// The fields a letter may use, each with what stands there.
pub const FIELDS: &[(&str, &str)] = &[
    ("parent", "how the parent is addressed"),
    ("pupil", "the pupil's first name"),
    ("school", "the school's name"),
    ("rate", "attendance, as a percentage cut to one decimal"),
    ("attended", "sessions attended"),
    ("possible", "possible sessions"),
    ("absent", "sessions missed"),
    ("period", "the days the figures are taken over"),
    ("previous_rate", "attendance at the last decision"),
    ("year_rate", "attendance for the school year so far"),
    ("band", "the band's name"),
    ("target_rate", "the target's rate"),
    ("target_from", "the target's first day"),
    ("target_to", "the target's last day"),
    ("meeting", "when and where the meeting is, or how to agree a time"),
    ("support", "the support that the school offers"),
    ("contact", "whom to ring or write to"),
    ("signed", "who signs"),
    ("date", "the date of the letter"),
];

/// Words of the law: a letter that uses one must cite it.
const LEGAL: &[&str] =
    &["penalty notice", "prosecut", "magistrate", "a fine of", "fined", "criminal"];

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
    #[must_use]
    pub fn read(name: &str, text: &str) -> (Self, Vec<Problem>) {
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
        if letter.body.is_empty() {
            report(0, "after an empty line a letter has its text".to_owned());
        }
        for (line, text) in text.lines().enumerate() {
            for field in fields(text).filter(|field| !FIELDS.iter().any(|(name, _)| name == field))
            {
                let known = or(FIELDS.iter().map(|(name, _)| *name));
                report(line + 1, format!("there is no field {{{field}}}; the fields are {known}"));
            }
        }
        let lower = letter.body.to_lowercase();
        if let Some(word) = LEGAL.iter().find(|word| lower.contains(**word))
            && letter.law.is_none()
        {
            let says = format!("the letter says {word:?}, so a line \"Law:\" must cite the law");
            report(1, says);
        }
        (letter, problems)
    }

    /// The fields the letter uses.
    #[must_use]
    pub fn uses(&self) -> BTreeSet<&str> {
        fields(&self.subject).chain(fields(&self.body)).collect()
    }

    /// The text with its fields filled in.
    ///
    /// # Errors
    /// The fields that have no value: a letter never goes out with a gap.
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

/// What stands in braces.
fn fields(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(field, _)| field)
}
