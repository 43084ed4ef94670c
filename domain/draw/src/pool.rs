//! The pool: the tickets in their order, and the tree over them. Who holds them cannot be seen from outside.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{in_one_form, is_hidden};
use uuid::Uuid;

use crate::fault::{Fault, Wrong};
use crate::freeze::{Freeze, Frozen, round};
use crate::hash::{Hash, Key, commit, hash_of, hmac, length, u64_bytes};
use crate::opening::Opening;
use crate::tree::{Tree, leaf};

/// Between the parts of a holder's text.
const BETWEEN: char = '\u{1f}';

/// A pupil's tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The pupil.
    pub pupil: u64,
    /// The pupil's surname.
    pub surname: String,
    /// The pupil's forename.
    pub forename: String,
    /// The pupil's date of birth.
    pub birth_date: NaiveDate,
    /// How many tickets the pupil has.
    pub tickets: u64,
}

/// What is wrong with the entries.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    /// A pupil stands there twice.
    #[error("pupil {0} is entered twice; expected one entry, with all of the pupil's tickets")]
    Twice(u64),
    /// A name cannot be written on a slip.
    #[error(
        "the name of pupil {0} holds a character that cannot be seen; expected a name to be read"
    )]
    Name(u64),
}

/// All tickets of a draw.
pub struct Pool {
    id: Uuid,
    key: Key,
    entries: Vec<Entry>,
    /// By entry, what stands for the pupil in public.
    holders: Vec<Hash>,
    /// By ticket, the place of its entry.
    tickets: Vec<usize>,
    tree: Tree,
}

impl Pool {
    /// Puts the tickets of a draw in order. Who has none is not in it. Errors: a pupil is there twice, or has a name that
    /// no slip can show.
    pub fn new(id: Uuid, key: &Key, mut entries: Vec<Entry>) -> Result<Self, PoolError> {
        entries.retain(|entry| entry.tickets > 0);
        entries.sort_by_key(|entry| entry.pupil);
        if let Some([one, _]) = entries.array_windows().find(|[one, next]| one.pupil == next.pupil)
        {
            return Err(PoolError::Twice(one.pupil));
        }
        for entry in &mut entries {
            for name in [&mut entry.surname, &mut entry.forename] {
                if name.chars().any(is_hidden) {
                    return Err(PoolError::Name(entry.pupil));
                }
                *name = in_one_form(name).into_owned();
            }
        }
        let mut order: BTreeMap<Hash, usize> = BTreeMap::new();
        for (place, entry) in entries.iter().enumerate() {
            let own = |ticket| {
                hmac(key, &[b"order", id.as_bytes(), &u64_bytes(entry.pupil), &u64_bytes(ticket)])
            };
            order.extend((0..entry.tickets).map(|ticket| (own(ticket), place)));
        }
        let holder = |entry: &Entry| {
            holder(
                &blind(key, id, entry.pupil),
                &text(&entry.surname, &entry.forename, entry.birth_date),
            )
        };
        let holders: Vec<Hash> = entries.iter().map(holder).collect();
        let tickets: Vec<usize> = order.into_values().collect();
        let numbered = (0..).zip(&tickets);
        let leaves = numbered.filter_map(|(ticket, place)| {
            Some(leaf(&salt(key, id, ticket), ticket, holders.get(*place)?))
        });
        let tree = Tree::over(leaves.collect());
        Ok(Self { id, key: key.clone(), entries, holders, tickets, tree })
    }

    /// The freeze's text. Errors: the pool is of another draw, the key is not the one that the opening commits to, or
    /// the freeze lies before the opening.
    pub fn freeze(&self, opening_text: &str, frozen_at: DateTime<Utc>) -> Result<String, Fault> {
        let opening = Opening::read(opening_text)?;
        if commit(&self.key.0) != opening.entries_key {
            return Err(Fault::at("opening.commitments.entries_key", Wrong::OtherSecret));
        }
        let freeze = Freeze {
            id: self.id,
            opening: Opening::hash_of(opening_text),
            root: self.tree.root(),
            round: round(&opening, frozen_at),
            tickets: count(self.tickets.len()),
            holders: count(self.entries.len()),
            frozen_at,
        };
        let text = freeze.text();
        Frozen::read(opening_text, &text)?;
        Ok(text)
    }

    /// The root over all tickets.
    pub fn root(&self) -> Hash {
        self.tree.root()
    }

    /// Whose a ticket is.
    pub fn pupil(&self, ticket: u64) -> Option<u64> {
        Some(self.entry(ticket)?.1.pupil)
    }

    /// The numbers of a pupil's tickets, in order.
    pub fn tickets_of(&self, pupil: u64) -> Vec<u64> {
        let Ok(own) = self.entries.binary_search_by_key(&pupil, |entry| entry.pupil) else {
            return Vec::new();
        };
        let numbered = (0..).zip(&self.tickets);
        numbered.filter(|(_, place)| **place == own).map(|(ticket, _)| ticket).collect()
    }

    pub(crate) const fn id(&self) -> Uuid {
        self.id
    }

    pub(crate) fn person(&self, pupil: u64) -> Option<&Entry> {
        let own = self.entries.binary_search_by_key(&pupil, |entry| entry.pupil).ok()?;
        self.entries.get(own)
    }

    pub(crate) fn blind(&self, pupil: u64) -> Hash {
        blind(&self.key, self.id, pupil)
    }

    pub(crate) fn salt(&self, ticket: u64) -> Hash {
        salt(&self.key, self.id, ticket)
    }

    pub(crate) fn holder(&self, ticket: u64) -> Option<Hash> {
        Some(*self.entry(ticket)?.0)
    }

    pub(crate) fn proof(&self, ticket: u64) -> Vec<Hash> {
        usize::try_from(ticket).map(|leaf| self.tree.proof(leaf)).unwrap_or_default()
    }

    fn entry(&self, ticket: u64) -> Option<(&Hash, &Entry)> {
        let place = *self.tickets.get(usize::try_from(ticket).ok()?)?;
        Some((self.holders.get(place)?, self.entries.get(place)?))
    }
}

fn count(of: usize) -> u64 {
    u64::try_from(of).unwrap_or(u64::MAX)
}

fn blind(key: &Key, id: Uuid, pupil: u64) -> Hash {
    hmac(key, &[b"blind", id.as_bytes(), &u64_bytes(pupil)])
}

fn salt(key: &Key, id: Uuid, ticket: u64) -> Hash {
    hmac(key, &[b"salt", id.as_bytes(), &u64_bytes(ticket)])
}

/// What a holder is known by, before it is hidden.
pub(crate) fn text(surname: &str, forename: &str, birth_date: NaiveDate) -> String {
    format!("{surname}{BETWEEN}{forename}{BETWEEN}{}", birth_date.format("%Y-%m-%d"))
}

/// What stands for a holder in public.
pub(crate) fn holder(blind: &Hash, text: &str) -> Hash {
    hash_of("holder", &[&blind.0, &length(text.as_bytes()), text.as_bytes()])
}
