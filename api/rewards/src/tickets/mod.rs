//! The ledger of tickets: earned, taken back, entered into a draw.
//!
//! A pupil has one ticket for a row of the policy and a period. Whoever judges a period calls [`earn`] for those who reach
//! the row, and [`take_back`] for those who, as it turned out, did not. Once the pool is closed, which freezing a draw
//! does, neither changes anything any more: an amendment that comes later neither adds nor takes.

mod class_tickets;
mod list_tickets;
mod pool;
mod rows;

use base::prelude::*;
pub use pool::{PoolEntry, close, is_closed, of_pool};

/// The tickets that go into the draws of one school for one prize and one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketPool {
    /// The school.
    pub school_id: SchoolId,
    /// What is won, as the policy has it: its draws are told apart by that.
    pub draw: String,
    /// The period that the draw is held for, such as `2026/term-1`.
    pub period: String,
}

/// A pupil's ticket: there is one for a row of the policy and a period.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket {
    /// The pupil, by the pupil's own record.
    pub pupil_id: PupilId,
    /// The row of the policy, by whatever tells it from the policy's other rows, such as `S-06`.
    pub policy_row: String,
    /// The period that it was earned for, such as `2026/2026-W47`.
    pub period: String,
}

words! {
    /// How a ticket stands.
    TicketState {
        Earned = "earned": "the pupil has it",
        TakenBack = "taken back": "the pupil has not earned it after all",
        Entered = "entered": "it is in a draw, and nothing changes it any more",
    }
}

words! {
    /// What a change of a ticket came from.
    TicketSource {
        Run = "run": "a run judged the period, or froze a draw",
        Amendment = "amendment": "a mark was amended, or a register came in late",
        Person = "person": "somebody asked for it",
    }
}

words! {
    /// What became of a ticket that was to be earned or taken back.
    TicketChange {
        Made = "made": "it is so now",
        Stood = "stood": "it was so already",
        TooLate = "too late": "the pool is closed: nothing changed, and nothing will",
    }
}

/// Who changes tickets, and because of what.
#[derive(Debug, Clone, Copy)]
pub struct TicketsBy<'a> {
    /// Who.
    pub by: &'a str,
    /// Because of what.
    pub source: TicketSource,
}

/// Gives these pupils their tickets; what became of each, in the same order. A ticket that was taken back is earned anew.
pub fn earn(
    tx: &mut Tx,
    pool: &TicketPool,
    tickets: &[Ticket],
    by: TicketsBy<'_>,
) -> Result<Vec<TicketChange>> {
    let mut changes = Changes::begin(tx, pool, tickets)?;
    for ticket in tickets {
        changes.make(ticket, TicketState::Earned, None);
    }
    changes.end(tx, pool, by)
}

/// Takes tickets back, each with the reason; what became of each, in the same order. A ticket that was never earned stays
/// so.
pub fn take_back(
    tx: &mut Tx,
    pool: &TicketPool,
    tickets: &[(Ticket, String)],
    by: TicketsBy<'_>,
) -> Result<Vec<TicketChange>> {
    let keys: Vec<Ticket> = tickets.iter().map(|(ticket, _)| ticket.clone()).collect();
    let mut changes = Changes::begin(tx, pool, &keys)?;
    for (ticket, reason) in tickets {
        changes.make(ticket, TicketState::TakenBack, Some(reason.clone()));
    }
    changes.end(tx, pool, by)
}

/// Changes of tickets, while nobody else changes those of the pool.
struct Changes {
    closed: bool,
    stand: BTreeMap<Ticket, (i32, TicketState)>,
    new: Vec<rows::NewEvent>,
    came: Vec<TicketChange>,
}

impl Changes {
    fn begin(tx: &mut Tx, pool: &TicketPool, tickets: &[Ticket]) -> Result<Self> {
        rows::alone(tx, pool)?;
        let closed = rows::closed_at(tx, pool)?.is_some();
        let stand = rows::stand(tx, pool.school_id, tickets)?;
        Ok(Self { closed, stand, new: Vec::new(), came: Vec::new() })
    }

    fn make(&mut self, ticket: &Ticket, state: TicketState, reason: Option<String>) {
        let stands = self.stand.get(ticket).copied();
        let held = stands.is_some_and(|(_, stands)| stands != TicketState::TakenBack);
        let came = if held == (state == TicketState::Earned) {
            TicketChange::Stood
        } else if self.closed || stands.is_some_and(|(_, stands)| stands == TicketState::Entered) {
            TicketChange::TooLate
        } else {
            let seq = stands.map_or(0, |(seq, _)| seq) + 1;
            self.stand.insert(ticket.clone(), (seq, state));
            let ticket = ticket.clone();
            self.new.push(rows::NewEvent { ticket, seq, state, reason, draw_id: None });
            TicketChange::Made
        };
        self.came.push(came);
    }

    fn end(self, tx: &mut Tx, pool: &TicketPool, by: TicketsBy<'_>) -> Result<Vec<TicketChange>> {
        rows::append(tx, pool, &self.new, by)?;
        Ok(self.came)
    }
}

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config.service(list_tickets::list_tickets).service(class_tickets::class_tickets);
}
