//! To whom letters about a pupil may go, in order; and why not to the others.

use domain::{Characteristic, ContactKind, Relationship};

use super::address;
use super::person::Contact;
use super::rows::{self, ParentRow};
use super::ties::{Tie, ties_of_pupil};
use crate::pupils;
use base::prelude::*;

/// A parent, in the sense of the Education Act, as letters address them.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// Who.
    pub parent_id: ParentId,
    /// How they are addressed: `Mrs Okafor`.
    pub addressed: String,
    /// Their whole name, as it stands above the address.
    pub name: String,
    /// Their own postal address, as far as the school may know it.
    pub address: Option<String>,
    /// The language to write to them in, as a tag of BCP 47.
    pub language: String,
    /// Why no letter goes to them; nothing of what a court has said stands here.
    pub why_not: Option<&'static str>,
}

const ASK_FIRST: &str = "not without asking whoever leads on safeguarding";
const IN_CARE: &str =
    "the child is in care: the carer, the social worker and the virtual school are written to";
const ASK_SOCIAL_WORKER: &str = "the child is in care: ask the social worker whether this parent is written to, and record the answer";
const SOCIAL_WORKER_SAYS: &str =
    "the child is in care, and the social worker says: not to this parent";
const AT_HOME: &str = "the child is not in care: the parents are written to";
const NO_PARENT: &str = "is rung when the child is missing, and is no parent";
const NO_CARE: &str = "has neither parental responsibility nor the child living with them";

/// Everybody who is a parent of a pupil of a school on a day, in the order in which they are called.
///
/// For a child who is looked after the carer, the social worker and the virtual school are written to, and a parent with
/// responsibility as the social worker says. What has to be respected always comes first.
pub fn recipients(
    tx: &mut Tx,
    (school_id, pupil_id): (SchoolId, PupilId),
    day: NaiveDate,
) -> Result<Vec<Recipient>> {
    let mut ties = ties_of_pupil(tx, pupil_id)?;
    ties.retain(|tie| tie.link.last_day.is_none_or(|last| day <= last));
    let whose = (school_id, pupil_id);
    let in_care = pupils::has_on(tx, whose, Characteristic::LookedAfter, day)?;
    let ids: Vec<ParentId> = ties.iter().map(|tie| tie.parent_id).collect();
    let elsewhere = address::elsewhere_of(tx, &[school_id], &ids)?;
    let all = rows::parents(tx, &ids)?;
    let mut people: BTreeMap<ParentId, ParentRow> =
        all.into_iter().map(|row| (row.parent_id, row)).collect();
    let recipient = |tie: Tie| {
        let person = people.remove(&tie.parent_id)?.person;
        let is_address = |contact: &&Contact| contact.kind == ContactKind::Address;
        let hidden = elsewhere.contains(&tie.parent_id);
        let address = person.contacts.iter().find(is_address).filter(|_| !hidden);
        let address = address.map(|contact| contact.value.clone());
        let whole = [person.title.clone(), person.forename.clone(), Some(person.surname.clone())];
        let name = whole.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let first = person.title.or(person.forename);
        let addressed = first.into_iter().chain([person.surname]).collect::<Vec<_>>().join(" ");
        let why_not = why_not(&tie, in_care, day);
        let (parent_id, language) = (tie.parent_id, person.language);
        Some(Recipient { parent_id, addressed, name, address, language, why_not })
    };
    Ok(ties.into_iter().filter_map(recipient).collect())
}

/// Why nobody writes to a parent about a child, who is in care or is not.
fn why_not(tie: &Tie, in_care: bool, day: NaiveDate) -> Option<&'static str> {
    use Relationship::FosterCarer;
    let Tie { link, safeguards, .. } = tie;
    let of_authority = link.relationship.is_of_authority();
    match (in_care, safeguards.letters_in_care) {
        _ if safeguards.silence(day) => Some(ASK_FIRST),
        _ if !link.relationship.is_parent() => Some(NO_PARENT),
        (true, _) if of_authority || link.relationship == FosterCarer => None,
        (true, _) if !link.responsibility => Some(IN_CARE),
        (true, None) => Some(ASK_SOCIAL_WORKER),
        (true, Some(false)) => Some(SOCIAL_WORKER_SAYS),
        (true, Some(true)) => None,
        (false, _) if of_authority => Some(AT_HOME),
        (false, _) if link.responsibility || link.lives_with => None,
        (false, _) => Some(NO_CARE),
    }
}
