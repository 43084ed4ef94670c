//! Owns: ticket_event, ticket_pool_closed.

use diesel::prelude::*;

use super::{Ticket, TicketPool, TicketSource, TicketState, TicketsBy};
use base::prelude::*;
use schema::{pupil_known, ticket, ticket_event, ticket_pool_closed};

/// Rows that one statement adds: a statement can bind only so many values.
const AT_ONCE: usize = 1_000;

/// A ticket as it stands.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = ticket)]
pub struct TicketRow {
    /// The school at which it was earned.
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// The pupil.
    #[schema(example = 4711)]
    pub pupil_id: PupilId,
    /// The row of the policy that it was earned by.
    #[schema(example = "S-06")]
    pub policy_row: String,
    /// The period that it was earned for.
    #[schema(example = "2026/2026-W47")]
    pub period: String,
    /// What is won in the draw that it is for, as the policy has it.
    #[schema(example = "the termly prize")]
    pub draw: String,
    /// The period that the draw is held for.
    #[schema(example = "2026/term-1")]
    pub draw_period: String,
    /// How it stands.
    pub state: TicketState,
    /// Why it was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The draw that it was entered into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draw_id: Option<DrawId>,
    /// Because of what it stands so.
    pub source: TicketSource,
    /// Since when (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    #[schema(example = "clockwork")]
    pub recorded_by: String,
}

/// What is written of a ticket.
pub(super) struct NewEvent {
    pub ticket: Ticket,
    pub seq: i32,
    pub state: TicketState,
    pub reason: Option<String>,
    pub draw_id: Option<DrawId>,
}

/// Until the transaction ends nobody else changes the tickets of a pool, or closes it.
pub(super) fn alone(tx: &mut Tx, pool: &TicketPool) -> Result<()> {
    tx.take_turns(&format!("tickets/{}/{}/{}", pool.school_id, pool.period, pool.draw))
}

/// When a pool was closed.
pub(super) fn closed_at(tx: &mut Tx, pool: &TicketPool) -> Result<Option<DateTime<Utc>>> {
    Ok(tx
        .of(ticket_pool_closed::table)
        .filter(ticket_pool_closed::school_id.eq(pool.school_id))
        .filter(ticket_pool_closed::draw.eq(&pool.draw))
        .filter(ticket_pool_closed::draw_period.eq(&pool.period))
        .select(ticket_pool_closed::closed_at)
        .first(tx.conn)
        .optional()?)
}

/// Closes a pool. The caller takes turns and has seen that it is open.
pub(super) fn close(tx: &mut Tx, pool: &TicketPool, by: &str) -> Result<()> {
    diesel::insert_into(ticket_pool_closed::table)
        .values((
            ticket_pool_closed::trust_id.eq(tx.trust()),
            ticket_pool_closed::school_id.eq(pool.school_id),
            ticket_pool_closed::draw.eq(&pool.draw),
            ticket_pool_closed::draw_period.eq(&pool.period),
            ticket_pool_closed::closed_at.eq(tx.now()),
            ticket_pool_closed::closed_by.eq(by),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// How those of these tickets stand that were ever earned, each with the number of its last event.
pub(super) fn stand(
    tx: &mut Tx,
    school_id: SchoolId,
    tickets: &[Ticket],
) -> Result<BTreeMap<Ticket, (i32, TicketState)>> {
    let pupils: BTreeSet<PupilId> = tickets.iter().map(|ticket| ticket.pupil_id).collect();
    let periods: BTreeSet<&str> = tickets.iter().map(|ticket| ticket.period.as_str()).collect();
    let rows: Vec<(PupilId, String, String, i32, TicketState)> = tx
        .of(ticket::table)
        .filter(ticket::school_id.eq(school_id))
        .filter(ticket::pupil_id.eq_any(pupils).and(ticket::period.eq_any(periods)))
        .select((ticket::pupil_id, ticket::policy_row, ticket::period, ticket::seq, ticket::state))
        .load(tx.conn)?;
    let keyed = |(pupil_id, policy_row, period, seq, state)| {
        (Ticket { pupil_id, policy_row, period }, (seq, state))
    };
    Ok(rows.into_iter().map(keyed).collect())
}

/// The tickets of a pool that pupils have, or that are in a draw already, each with the number of its last event.
pub(super) fn held(tx: &mut Tx, pool: &TicketPool) -> Result<Vec<(Ticket, i32)>> {
    let rows: Vec<(PupilId, String, String, i32)> = tx
        .of(ticket::table)
        .filter(ticket::school_id.eq(pool.school_id))
        .filter(ticket::draw.eq(&pool.draw).and(ticket::draw_period.eq(&pool.period)))
        .filter(ticket::state.ne(TicketState::TakenBack))
        .order((ticket::pupil_id, ticket::policy_row, ticket::period))
        .select((ticket::pupil_id, ticket::policy_row, ticket::period, ticket::seq))
        .load(tx.conn)?;
    let keyed =
        |(pupil_id, policy_row, period, seq)| (Ticket { pupil_id, policy_row, period }, seq);
    Ok(rows.into_iter().map(keyed).collect())
}

/// Which of these records were merged into another, and into which in the end.
pub(super) fn merged(tx: &mut Tx, pupils: BTreeSet<PupilId>) -> Result<BTreeMap<PupilId, PupilId>> {
    let rows: Vec<(PupilId, Option<PupilId>)> = tx
        .of(pupil_known::table)
        .filter(pupil_known::merged_into.is_not_null())
        .select((pupil_known::pupil_id, pupil_known::merged_into))
        .load(tx.conn)?;
    let into: BTreeMap<PupilId, PupilId> =
        rows.into_iter().filter_map(|(pupil, into)| Some((pupil, into?))).collect();
    let last = |pupil: PupilId| {
        // A record is merged only once, so that no way is longer than there are records.
        let way = std::iter::successors(into.get(&pupil), |next| into.get(next));
        Some((pupil, *way.take(into.len()).last()?))
    };
    Ok(pupils.into_iter().filter_map(last).collect())
}

/// Adds events to the ledger. The caller takes turns.
pub(super) fn append(
    tx: &mut Tx,
    pool: &TicketPool,
    new: &[NewEvent],
    by: TicketsBy<'_>,
) -> Result<()> {
    let (trust, now) = (tx.trust(), tx.now());
    for some in new.chunks(AT_ONCE) {
        let row = |event: &NewEvent| {
            (
                ticket_event::trust_id.eq(trust),
                ticket_event::school_id.eq(pool.school_id),
                ticket_event::pupil_id.eq(event.ticket.pupil_id),
                ticket_event::policy_row.eq(event.ticket.policy_row.clone()),
                ticket_event::period.eq(event.ticket.period.clone()),
                ticket_event::seq.eq(event.seq),
                ticket_event::state.eq(event.state),
                ticket_event::draw.eq(pool.draw.clone()),
                ticket_event::draw_period.eq(pool.period.clone()),
                ticket_event::reason.eq(event.reason.clone()),
                ticket_event::draw_id.eq(event.draw_id),
                ticket_event::source.eq(by.source),
                ticket_event::recorded_at.eq(now),
                ticket_event::recorded_by.eq(by.by.to_owned()),
            )
        };
        let rows: Vec<_> = some.iter().map(row).collect();
        diesel::insert_into(ticket_event::table).values(rows).execute(tx.conn)?;
    }
    Ok(())
}
