//! A letter whose fields are known becomes a page for each parent who may read it; or it is held, and says what nobody has
//! recorded yet.

use domain::policy::word::Do;
use domain::policy::{FIELDS, Letter, Policy};
use domain::{help_line, language_of};

use super::copies::{self, NewCopy, Written};
use super::gap::Gap;
use super::of_case::of_case;
use super::page::{Page, long};
use super::rows::{self, LetterRow};
use base::prelude::*;
use roll::parents::{self, Recipient};
use school::letterheads::{self, Letterhead, LetterheadRow};
use school::policies::Follows;
use school::tenants;

/// What stands in a letter's fields.
pub type Fields = BTreeMap<String, String>;

/// Writes a letter for each parent who may read it. What it lacks holds it; a letter that was held for nothing else waits
/// to be sent again.
pub fn compose(tx: &mut Tx, letter: &LetterRow, follows: &Follows) -> Result<()> {
    let day = tenants::today(tx, letter.school_id)?;
    let whose = (letter.school_id, letter.pupil_id);
    let recipients = parents::recipients(tx, whose, day)?;
    let Some(text) = follows.letters.get(&letter.name) else {
        return copies::add(tx, letter, &[to_nobody("the policy has no such letter any more")]);
    };
    if recipients.is_empty() {
        return copies::add(tx, letter, &[to_nobody("no parent is recorded for the pupil")]);
    }
    let letterhead = letterheads::latest(tx, letter.school_id)?;
    let head = letterhead.as_ref().map(|row| row.letterhead.clone()).unwrap_or_default();
    let mut fields = letter.fields()?;
    fields.extend(of_case(tx, letter, day)?);
    let fields = with_letterhead(fields, &head, signs(&follows.policy, letter), day);
    let mut gaps = of_letterhead(&head);
    gaps.extend(of_fields(text, &fields, &head));
    gaps.extend(of_parents(&recipients));
    if !gaps.is_empty() {
        return rows::lack(tx, letter, &gaps);
    }
    rows::lack_nothing(tx, letter)?;
    let sheet = Sheet { letter, text, follows, fields, head, letterhead, day };
    let new: Vec<NewCopy> = recipients.iter().map(|one| sheet.copy(one)).collect();
    copies::add(tx, letter, &new)
}

/// A letter that lacks nothing, before it is addressed.
struct Sheet<'a> {
    letter: &'a LetterRow,
    text: &'a Letter,
    follows: &'a Follows,
    fields: Fields,
    head: Letterhead,
    letterhead: Option<LetterheadRow>,
    day: NaiveDate,
}

impl Sheet<'_> {
    /// As one parent is to read it, or why none goes to them.
    fn copy(&self, to: &Recipient) -> NewCopy {
        let why_not = to.why_not.or(to.address.is_none().then_some(NO_ADDRESS));
        NewCopy {
            parent_id: Some(to.parent_id),
            addressed: to.addressed.clone(),
            language: Some(to.language.clone()),
            text: why_not.map_or_else(|| self.written(to), |why| Err(why.to_owned())),
        }
    }

    /// In the parent's language where the policy has the letter in it; else in English, with a line that offers help.
    fn written(&self, to: &Recipient) -> Result<Written, String> {
        let own = [to.language.as_str(), language_of(&to.language)].into_iter().find_map(|tag| {
            let name = format!("{}.{tag}", self.letter.name);
            Some((tag, self.follows.letters.get(&name)?))
        });
        let (language, text) = own.unwrap_or(("en", self.text));
        let help = if own.is_some() { None } else { help_line(&to.language) };
        let mut fields = self.fields.clone();
        fields.insert("parent".to_owned(), to.addressed.clone());
        let values = fields.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let gap = |missing: Vec<String>| format!("nothing is known for {}", missing.join(", "));
        let subject = Letter { body: text.subject.clone(), ..text.clone() };
        let subject = subject.fill(&values).map_err(gap)?;
        let (text, about) = (text.fill(&values).map_err(gap)?, self.about());
        let (letterhead, day) = (&self.head, self.day);
        let page =
            Page { letterhead, day, to, about: &about, subject: &subject, text: &text, help };
        Ok(Written {
            body: page.laid_out(),
            subject,
            language: language.to_owned(),
            address: to.address.clone(),
            dated: day,
            letterhead: self.letterhead.as_ref().map(|row| row.version),
        })
    }

    /// The child's full name and class.
    fn about(&self) -> String {
        let field = |name: &str| self.fields.get(name).cloned();
        let class = field("class").map(|class| format!("class {class}"));
        let parts: Vec<String> = [field("full_name"), class].into_iter().flatten().collect();
        parts.join(", ")
    }
}

const NO_ADDRESS: &str = "no postal address is recorded for them";

fn to_nobody(why: &str) -> NewCopy {
    let (addressed, text) = ("nobody".to_owned(), Err(why.to_owned()));
    NewCopy { parent_id: None, addressed, language: None, text }
}

/// The role that sends a letter, in the policy's words.
fn signs<'a>(policy: &'a Policy, letter: &LetterRow) -> Option<&'a str> {
    let rows = policy.rows.iter().filter(|row| row.rule == letter.rule);
    let mut letters = rows
        .flat_map(|row| row.body.actions())
        .filter(|action| action.kind == Do::Letter && action.what == letter.name);
    letters.next()?.by.as_deref()
}

/// The fields, with those that the letterhead fills as it stands today.
fn with_letterhead(
    mut fields: Fields,
    head: &Letterhead,
    role: Option<&str>,
    day: NaiveDate,
) -> Fields {
    let contact = head.telephone.as_ref().zip(head.email.as_ref());
    let contact = contact.map(|(telephone, email)| format!("{telephone} or {email}"));
    let signs = head.signs(role);
    let agreed = contact.as_ref().zip(head.meeting_place.as_ref()).map(|(contact, place)| {
        format!("Please ring or write to us ({contact}) to agree a day and a time that suit you. We meet in {place}.")
    });
    let support = listed(&head.support).map(|offers| format!("We can offer {offers}."));
    let of_school = [
        ("school", head.name.clone()),
        ("date", Some(long(day))),
        ("contact", contact),
        ("support", support),
        ("signed", signs.map(|one| format!("{}\n{}", one.name, one.title))),
        ("signatory", signs.map(|one| format!("{}, {}", one.name, one.title))),
    ];
    fields
        .extend(of_school.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    if let Some(agreed) = agreed {
        fields.entry("meeting".to_owned()).or_insert(agreed);
    }
    fields
}

/// `a`, `a and b`, `a, b and c`; `None` of none.
fn listed(all: &[String]) -> Option<String> {
    match all {
        [] => None,
        [one] => Some(one.clone()),
        [others @ .., last] => Some(format!("{} and {last}", others.join(", "))),
    }
}

/// What every letter needs of the school and is not on its letterhead.
fn of_letterhead(head: &Letterhead) -> Vec<Gap> {
    let needed = [
        ("name", "the school's name as it is printed", &head.name),
        ("address", "the school's postal address", &head.address),
        ("telephone", "the school's telephone number", &head.telephone),
        ("email", "the school's e-mail address", &head.email),
    ];
    let missing = needed.into_iter().filter(|(_, _, value)| value.is_none());
    missing.map(|(member, says, _)| Gap::new(format!("/letterhead/{member}"), says)).collect()
}

/// The fields that a letter uses and that have no value, each where it is to be recorded.
fn of_fields(text: &Letter, fields: &Fields, head: &Letterhead) -> Vec<Gap> {
    let missing =
        text.uses().into_iter().filter(|name| *name != "parent" && !fields.contains_key(*name));
    let gap = |field: &str| match field {
        // The letterhead's own gaps say it already.
        "school" | "contact" => None,
        "meeting" if head.meeting_place.is_some() => None,
        "support" => Some(Gap::new("/letterhead/support", "what help the school offers")),
        "meeting" => Some(Gap::new("/letterhead/meeting_place", "where meetings take place")),
        "signed" | "signatory" => Some(Gap::new("/letterhead/signatories", "who signs the letter")),
        "plan" => Some(Gap::new("/fields/plan", "the plan, which is not made yet")),
        other => {
            let means = FIELDS.iter().find(|(name, _)| *name == other).map(|(_, means)| *means);
            Some(Gap::new(format!("/fields/{other}"), means.unwrap_or(other)))
        }
    };
    let mut gaps: Vec<Gap> = missing.filter_map(gap).collect();
    gaps.dedup();
    gaps
}

/// Nobody can be posted the letter: those who may read it have no postal address.
fn of_parents(recipients: &[Recipient]) -> Vec<Gap> {
    let mut readers = recipients.iter().filter(|one| one.why_not.is_none()).peekable();
    if readers.peek().is_none() || readers.clone().any(|one| one.address.is_some()) {
        return Vec::new();
    }
    // Without the name: not everybody who sees the letter may see the parents.
    let gap = |one: &Recipient| {
        Gap::new(format!("/parents/{}/address", one.parent_id), "a parent's postal address")
    };
    readers.map(gap).collect()
}
