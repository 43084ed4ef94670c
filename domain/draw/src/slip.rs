//! A family's slip: the proof that its child's tickets were in. A winner proves itself by it.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::fault::{Fault, Wrong};
use crate::freeze::{Freeze, Frozen};
use crate::hash::Hash;
use crate::json::{Node, canonical, parse};
use crate::opening::Opening;
use crate::pool::{Pool, holder, text};
use crate::receipt::hashes;
use crate::tree::{leads_to, leaf};
use crate::verify::utf8;

/// What a slip says it is.
const FORMAT: &str = "rollcall-draw/1 slip";

/// What a slip proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// The child's surname.
    pub surname: String,
    /// The child's forename.
    pub forename: String,
    /// The child's date of birth.
    pub birth_date: NaiveDate,
    /// The numbers of the child's tickets.
    pub tickets: Vec<u64>,
    /// The freeze they are under.
    pub freeze: Freeze,
    /// The freeze's hash, as the school's page has it.
    pub noted: Hash,
    /// What stands for the child in a receipt.
    pub holder: Hash,
}

impl Pool {
    /// The slip of a pupil; `None` for a pupil without a ticket. Errors: the pool is not the frozen one.
    pub fn slip(&self, frozen: &Frozen, pupil: u64) -> Result<Option<String>, Fault> {
        if self.root() != frozen.freeze.root || self.id() != frozen.freeze.id {
            return Err(Fault::at("freeze.root", Wrong::OtherPool));
        }
        let ticket = |number: u64| {
            json!({
                "number": number,
                "proof": hashes(&self.proof(number)),
                "salt": self.salt(number).to_string(),
            })
        };
        Ok(self.person(pupil).map(|person| {
            let tickets: Vec<Value> = self.tickets_of(pupil).into_iter().map(ticket).collect();
            canonical(&json!({
                "blind": self.blind(pupil).to_string(),
                "format": FORMAT,
                "freeze": frozen.freeze_text,
                "holder_text": {
                    "birth_date": person.birth_date.format("%Y-%m-%d").to_string(),
                    "forename": person.forename,
                    "surname": person.surname,
                },
                "opening": Opening::hash_of(&frozen.opening_text).to_string(),
                "tickets": tickets,
            }))
        }))
    }
}

/// Checks that these tickets, held by this child, are under the root, and that the freeze is the one whose hash somebody
/// noted. Errors: the first thing that does not hold.
pub fn verify_slip(bytes: &[u8], noted: Option<Hash>) -> Result<Slip, Fault> {
    let value = parse("slip", utf8("slip", bytes)?)?;
    let names = ["blind", "format", "freeze", "holder_text", "opening", "tickets"];
    let [blind, format, freeze, person, opening, tickets] =
        Node::whole("", &value).members(names)?;
    format.exactly(FORMAT)?;
    let blind = blind.hash()?;
    let [birth_date, forename, surname] = person.members(["birth_date", "forename", "surname"])?;
    let (birth_date, forename, surname) = (birth_date.date()?, forename.text()?, surname.text()?);
    let opening_hash = opening.hash()?;
    let tickets = self::tickets(&tickets)?;
    let freeze_text = freeze.text()?;
    let freeze = Freeze::read(freeze_text)?;
    if freeze.opening != opening_hash {
        return Err(Fault::at("opening", Wrong::OtherOpening(freeze.opening)));
    }
    let hash = Freeze::hash_of(freeze_text);
    if noted.is_some_and(|noted| noted != hash) {
        return Err(Fault::at("freeze", Wrong::OtherFreeze(hash)));
    }
    let holder = holder(&blind, &text(surname, forename, birth_date));
    for Ticket { number, salt, proof, place } in &tickets {
        if *number >= freeze.tickets {
            return Err(Fault::at(place, Wrong::NoSuchTicket(freeze.tickets.saturating_sub(1))));
        }
        if !leads_to(&freeze.root, leaf(salt, *number, &holder), *number, freeze.tickets, proof) {
            return Err(Fault::at(format!("{place}.proof"), Wrong::NotUnderRoot));
        }
    }
    let tickets = tickets.into_iter().map(|ticket| ticket.number).collect();
    let (surname, forename) = (surname.to_owned(), forename.to_owned());
    Ok(Slip { surname, forename, birth_date, tickets, freeze, noted: hash, holder })
}

/// A ticket as a slip shows it.
struct Ticket {
    number: u64,
    salt: Hash,
    proof: Vec<Hash>,
    place: String,
}

/// The tickets, which stand in the order of their numbers.
fn tickets(node: &Node<'_>) -> Result<Vec<Ticket>, Fault> {
    let mut tickets: Vec<Ticket> = Vec::new();
    for item in node.items()? {
        let [number, proof, salt] = item.members(["number", "proof", "salt"])?;
        let (after, own) = (tickets.last().map(|last| last.number), number.number()?);
        if after.is_some_and(|after| own <= after) {
            return Err(Fault::expected(number.place, "a greater number than the one before"));
        }
        let (proof, salt, place) = (proof.hashes()?, salt.hash()?, item.place);
        tickets.push(Ticket { number: own, salt, proof, place });
    }
    if tickets.is_empty() {
        return Err(Fault::expected(&node.place, "at least one ticket"));
    }
    Ok(tickets)
}
