//! Picking: from a seed, pick after pick, which ticket is next and what it comes to.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::words;

use crate::fault::Wrong;
use crate::freeze::Frozen;
use crate::hash::{Hash, hash_of, length, u64_bytes};
use crate::opening::Opening;

/// Picks are counted up to here and no further.
pub const PICKS: u64 = 1_000_000;

words! {
    /// What a pick comes to.
    Outcome as "DrawOutcome" {
        Rejected = "rejected": "the number lies in the rest that would favour the first tickets; no ticket was picked",
        Passed = "passed": "the ticket's holder has won or declined already",
        Won = "won": "the ticket has won the free prize of the lowest index",
    }
}

/// Something that happens in a draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A pick that came to nothing.
    Rejected {
        /// The pick.
        pick: u64,
    },
    /// A ticket whose holder has won or declined already.
    Passed {
        /// The pick.
        pick: u64,
        /// The ticket.
        ticket: u64,
    },
    /// A ticket that has won.
    Won {
        /// The pick.
        pick: u64,
        /// The prize, by its place in the opening.
        prize: u64,
        /// The ticket.
        ticket: u64,
    },
    /// A winner gives the prize back.
    Declined {
        /// When.
        at: DateTime<Utc>,
        /// The ticket that had won.
        ticket: u64,
    },
}

impl Event {
    /// Which pick it is, and what that came to; `None` for a decline.
    pub const fn pick(self) -> Option<(u64, Outcome)> {
        match self {
            Self::Rejected { pick } => Some((pick, Outcome::Rejected)),
            Self::Passed { pick, .. } => Some((pick, Outcome::Passed)),
            Self::Won { pick, .. } => Some((pick, Outcome::Won)),
            Self::Declined { .. } => None,
        }
    }

    /// The ticket that it names.
    pub const fn ticket(self) -> Option<u64> {
        match self {
            Self::Rejected { .. } => None,
            Self::Passed { ticket, .. }
            | Self::Won { ticket, .. }
            | Self::Declined { ticket, .. } => Some(ticket),
        }
    }
}

/// What two secrets or a random value, together with all that was fixed, come to.
pub(crate) fn seed(frozen: &Frozen, trust: &[u8], governor: &[u8], randomness: &[u8]) -> Hash {
    let opening = Opening::hash_of(&frozen.opening_text);
    let freeze = frozen.hash();
    let parts: [&[u8]; 8] = [
        &opening.0,
        &freeze.0,
        &length(trust),
        trust,
        &length(governor),
        governor,
        &length(randomness),
        randomness,
    ];
    hash_of("seed", &parts)
}

/// Which ticket a pick gives: each of `tickets` with the same chance, or none, where the number lies in the rest that is
/// left when all numbers are shared out evenly. `None` without a ticket, too.
pub(crate) fn ticket(seed: &Hash, pick: u64, tickets: u64) -> Option<u64> {
    let Hash(bytes) = hash_of("pick", &[&seed.0, &u64_bytes(pick)]);
    let number = u64::from_be_bytes(*bytes.first_chunk()?);
    let all = u128::from(u64::MAX) + 1;
    let even = all - all.checked_rem(u128::from(tickets))?;
    if u128::from(number) < even { number.checked_rem(tickets) } else { None }
}

/// A draw as far as it has come.
pub(crate) struct Picking {
    seed: Hash,
    tickets: u64,
    /// The next pick.
    next: u64,
    /// By prize, how many are free.
    free: BTreeMap<u64, u64>,
    redraws: u64,
    /// Whether a prize that was given back has stayed free for good.
    over: bool,
    holders: u64,
    /// Holders who have won or declined.
    served: BTreeSet<Hash>,
    /// By ticket, the prize that it has.
    has: BTreeMap<u64, u64>,
}

/// What comes next.
pub(crate) enum Next {
    /// Nothing more is picked, unless somebody declines.
    Stopped,
    /// No ticket.
    Rejected,
    /// A ticket.
    Ticket(u64),
}

impl Picking {
    pub(crate) fn new(frozen: &Frozen, seed: Hash) -> Self {
        let prizes = (0..).zip(&frozen.opening.prizes);
        Self {
            seed,
            tickets: frozen.freeze.tickets,
            next: 0,
            free: prizes.map(|(place, prize)| (place, prize.number)).collect(),
            redraws: frozen.opening.redraws,
            over: false,
            holders: frozen.freeze.holders,
            served: BTreeSet::new(),
            has: BTreeMap::new(),
        }
    }

    /// What the next pick gives.
    pub(crate) fn look(&self) -> Next {
        let served = u64::try_from(self.served.len()).unwrap_or(u64::MAX);
        if self.over || self.free.is_empty() || served >= self.holders || self.next >= PICKS {
            return Next::Stopped;
        }
        match ticket(&self.seed, self.next, self.tickets) {
            Some(ticket) => Next::Ticket(ticket),
            None => Next::Rejected,
        }
    }

    /// Goes on after a pick that was rejected.
    pub(crate) fn reject(&mut self) -> Event {
        self.next += 1;
        Event::Rejected { pick: self.next - 1 }
    }

    /// Goes on after a pick that gave a ticket of this holder.
    pub(crate) fn take(&mut self, ticket: u64, holder: Hash) -> Event {
        let pick = self.next;
        self.next += 1;
        let Some(mut prize) = self.free.first_entry().filter(|_| self.served.insert(holder)) else {
            return Event::Passed { pick, ticket };
        };
        let place = *prize.key();
        *prize.get_mut() -= 1;
        if *prize.get() == 0 {
            prize.remove();
        }
        self.has.insert(ticket, place);
        Event::Won { pick, prize: place, ticket }
    }

    /// A winner gives the prize back. Errors: the ticket has none, or picking goes on first.
    pub(crate) fn decline(&mut self, ticket: u64) -> Result<(), Wrong> {
        if !matches!(self.look(), Next::Stopped) {
            return Err(Wrong::DeclinedEarly);
        }
        let prize = self.has.remove(&ticket).ok_or(Wrong::HasNoPrize)?;
        match self.redraws.checked_sub(1) {
            Some(left) => {
                self.redraws = left;
                *self.free.entry(prize).or_default() += 1;
            }
            None => self.over = true,
        }
        Ok(())
    }

    /// The tickets that have a prize, with the prize.
    pub(crate) fn winners(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.has.iter().map(|(ticket, prize)| (*ticket, *prize))
    }
}
