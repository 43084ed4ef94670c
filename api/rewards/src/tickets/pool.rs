//! A pool: what a draw is drawn from, and the moment from which nothing changes it.

use super::rows::{self, NewEvent};
use super::{Ticket, TicketPool, TicketState, TicketsBy};
use base::prelude::*;

/// A pupil's part of a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolEntry {
    /// The pupil, by the pupil's own record.
    pub pupil_id: PupilId,
    /// How many tickets the pupil has in it.
    pub tickets: u64,
}

/// Who has how many tickets in a pool, in the order of the pupils. Records that were merged are one pupil.
pub fn of_pool(tx: &mut Tx, pool: &TicketPool) -> Result<Vec<PoolEntry>> {
    let held = rows::held(tx, pool)?;
    let merged = rows::merged(tx, held.iter().map(|(ticket, _)| ticket.pupil_id).collect())?;
    let own = |(ticket, _): (Ticket, i32)| {
        let pupil_id = merged.get(&ticket.pupil_id).copied().unwrap_or(ticket.pupil_id);
        Ticket { pupil_id, ..ticket }
    };
    let mut entries: BTreeMap<PupilId, u64> = BTreeMap::new();
    for ticket in held.into_iter().map(own).collect::<BTreeSet<Ticket>>() {
        *entries.entry(ticket.pupil_id).or_default() += 1;
    }
    let entry = |(pupil_id, tickets)| PoolEntry { pupil_id, tickets };
    Ok(entries.into_iter().map(entry).collect())
}

/// Whether a pool is closed: nothing is earned or taken back in it any more.
pub fn is_closed(tx: &mut Tx, pool: &TicketPool) -> Result<bool> {
    Ok(rows::closed_at(tx, pool)?.is_some())
}

/// Closes a pool, unless it is closed, and writes beside each of its tickets that this draw has it; who has how many. A
/// draw that follows a void one is given the same.
pub fn close(
    tx: &mut Tx,
    pool: &TicketPool,
    draw_id: DrawId,
    by: TicketsBy<'_>,
) -> Result<Vec<PoolEntry>> {
    rows::alone(tx, pool)?;
    if rows::closed_at(tx, pool)?.is_none() {
        rows::close(tx, pool, by.by)?;
    }
    let entered = |(ticket, seq): (Ticket, i32)| NewEvent {
        ticket,
        seq: seq + 1,
        state: TicketState::Entered,
        reason: None,
        draw_id: Some(draw_id),
    };
    let events: Vec<NewEvent> = rows::held(tx, pool)?.into_iter().map(entered).collect();
    rows::append(tx, pool, &events, by)?;
    of_pool(tx, pool)
}
