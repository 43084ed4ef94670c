//! Who a parent is and how to reach them, as it comes in and as it is kept.

use domain::ContactKind;

use base::prelude::*;

/// The most ways to reach somebody.
pub(super) const MOST_CONTACTS: usize = 20;

/// A parent, and how to reach them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// What comes before the name, such as Mrs or Dr; absent when it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Mrs")]
    pub title: Option<String>,
    /// Forename, 1 to 100 characters; absent when it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Ngozi")]
    pub forename: Option<String>,
    /// Surname, 1 to 100 characters.
    #[schema(example = "Okafor")]
    pub surname: String,
    /// The language to write and speak in, as a tag of BCP 47: `en`, `pl`, `pa-Guru`.
    #[schema(example = "en")]
    pub language: String,
    /// Whether an interpreter is needed.
    #[serde(default)]
    pub interpreter: bool,
    /// Ways to reach the parent, in the order in which they are tried.
    #[serde(default)]
    pub contacts: Vec<Contact>,
}

/// A way to reach somebody.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// What kind.
    #[schema(value_type = words::ContactKind)]
    pub kind: ContactKind,
    /// The number, the e-mail address, or the postal address with its postcode.
    #[schema(example = "07700 900123")]
    pub value: String,
}

impl Contact {
    /// What would have been right, when it is not.
    pub fn wrong(&self) -> Option<&'static str> {
        self.kind.wrong(&self.value)
    }
}

/// Ways to reach somebody as they are kept. `at` is where in the body their list stands. Errors: those that cannot be kept.
pub fn check_contacts(contacts: &[Contact], at: &str) -> Result<Vec<Contact>> {
    let problem = refuse_contacts(Problem::new(Kind::Invalid), contacts, at);
    if problem.errors().is_empty() { Ok(kept_contacts(contacts)) } else { Err(problem) }
}

fn kept_contacts(contacts: &[Contact]) -> Vec<Contact> {
    let kept =
        |contact: &Contact| Contact { kind: contact.kind, value: contact.value.trim().to_owned() };
    contacts.iter().map(kept).collect()
}

/// Adds to a problem what keeps ways to reach somebody from being kept.
fn refuse_contacts(mut problem: Problem, contacts: &[Contact], at: &str) -> Problem {
    if contacts.len() > MOST_CONTACTS {
        let expected = format!("at most {MOST_CONTACTS} ways to reach the parent");
        problem = problem.and(format!("{at}/contacts"), expected);
    }
    for (index, contact) in contacts.iter().enumerate() {
        if let Some(expected) = contact.wrong() {
            problem = problem.and(format!("{at}/contacts/{index}/value"), expected);
        }
    }
    problem
}

impl Person {
    /// The same as it is kept. `at` is where in the body it stands. Errors: every member that cannot be kept.
    pub(super) fn check(&self, at: &str) -> Result<Person> {
        let mut problem = Problem::new(Kind::Invalid);
        let mut kept = |member: &str, text: &str, most: usize| {
            name::kept(text, most).unwrap_or_else(|| {
                let whole = std::mem::replace(&mut problem, Problem::new(Kind::Invalid));
                problem = name::refuse(whole, &format!("{at}/{member}"), most);
                String::new()
            })
        };
        let surname = kept("surname", &self.surname, name::NAME);
        let forename = self.forename.as_ref().map(|name| kept("forename", name, name::NAME));
        let title = self.title.as_ref().map(|title| kept("title", title, name::TITLE));
        let language = self.language.trim().to_owned();
        let is_tag = language.split('-').all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        });
        if !is_tag || !(2..=35).contains(&language.len()) {
            problem = problem.and(format!("{at}/language"), "a language tag, such as en or pl");
        }
        problem = refuse_contacts(problem, &self.contacts, at);
        if !problem.errors().is_empty() {
            return Err(problem);
        }
        let contacts = kept_contacts(&self.contacts);
        Ok(Person { title, forename, surname, language, interpreter: self.interpreter, contacts })
    }
}
