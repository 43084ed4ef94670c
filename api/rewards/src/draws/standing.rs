//! A draw as it stands: what was prepared and all that happened since.

use ::draw::{Checks, FEWEST_IN_PUBLIC, Finding, Frozen, Hash, Pool, Prize};
use chrono::TimeDelta;
use serde_json::Value;

use super::rows::{self, DrawRow, EventRow, NewEvent, PrizeRow, Which};
use super::secrets;
use super::state::{DrawEventKind, DrawMode, DrawState};
use crate::tickets::TicketPool;
use base::envelope::Envelope;
use base::prelude::*;

/// So long after the hour at which a draw by two secrets can be drawn its parties may still open them. Whoever has stayed
/// away then voids it.
const PATIENCE: TimeDelta = TimeDelta::days(1);

/// A draw and what happened to it.
pub(super) struct Standing {
    pub row: DrawRow,
    pub events: Vec<EventRow>,
    /// The draw that was prepared in its place.
    pub replaced_by: Option<DrawId>,
}

/// Somebody who has won, for those who may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Won {
    pub ticket: u64,
    pub prize: u64,
    pub pupil_id: PupilId,
}

impl Standing {
    /// As it stands. Errors: 404.
    pub(super) fn read(tx: &mut Tx, draw_id: DrawId) -> Result<Self> {
        let row = rows::row(tx, draw_id)?;
        let events = rows::events_of(tx, &[draw_id])?;
        let replaced_by = rows::in_place_of(tx, &[draw_id])?.remove(&draw_id);
        Ok(Self { row, events, replaced_by })
    }

    /// Those of a list, as they stand.
    pub(super) fn list(tx: &mut Tx, which: &Which<'_>) -> Result<Vec<Self>> {
        let found = rows::draws(tx, which)?;
        let ids: Vec<DrawId> = found.iter().map(|(row, _)| row.draw_id).collect();
        let mut replaced = rows::in_place_of(tx, &ids)?;
        let whole = |(row, events): (DrawRow, Vec<EventRow>)| {
            let replaced_by = replaced.remove(&row.draw_id);
            Self { row, events, replaced_by }
        };
        Ok(found.into_iter().map(whole).collect())
    }

    /// As it stands, and nobody else does anything to it until the transaction ends. Errors: 404.
    pub(super) fn alone(tx: &mut Tx, draw_id: DrawId) -> Result<Self> {
        rows::alone(tx, draw_id)?;
        Self::read(tx, draw_id)
    }

    /// The last event of a kind.
    pub(super) fn last(&self, kind: DrawEventKind) -> Option<&EventRow> {
        self.events.iter().rev().find(|event| event.kind == kind)
    }

    /// What was published by the last event of a kind.
    pub(super) fn published(&self, kind: DrawEventKind) -> Option<&str> {
        self.last(kind)?.published.as_deref()
    }

    /// How it stands.
    pub(super) fn state(&self) -> DrawState {
        let has = |kind| self.last(kind).is_some();
        if has(DrawEventKind::Void) {
            DrawState::Void
        } else if has(DrawEventKind::Drawn) {
            DrawState::Drawn
        } else if let Ok(Some(frozen)) = self.frozen() {
            if frozen.is_empty() { DrawState::Empty } else { DrawState::Frozen }
        } else if has(DrawEventKind::Opened) {
            DrawState::Opened
        } else if self.replaced_by.is_some() {
            DrawState::Replaced
        } else {
            DrawState::Prepared
        }
    }

    /// The opening with the freeze; `None` before the freeze.
    pub(super) fn frozen(&self) -> Result<Option<Frozen>> {
        let (opening, freeze) =
            (self.published(DrawEventKind::Opened), self.published(DrawEventKind::Frozen));
        let texts = opening.zip(freeze);
        let read = |(opening, freeze)| Frozen::read(opening, freeze).map_err(Problem::internal);
        texts.map(read).transpose()
    }

    /// The opening with the freeze. Errors: 409 before the freeze.
    pub(super) fn needs_freeze(&self) -> Result<Frozen> {
        self.frozen()?.ok_or_else(|| {
            let day = self.row.freezes_on;
            Problem::new(Kind::DrawNotFrozen)
                .detail(format!("The entries are frozen on {day}; nothing can be drawn before."))
        })
    }

    /// Refuses what cannot happen any more once a draw is over. Errors: 409.
    pub(super) fn needs_no_end(&self) -> Result<()> {
        let says = match self.state() {
            DrawState::Void => "It was stopped.",
            DrawState::Empty => "It was frozen without a ticket, and is over.",
            DrawState::Replaced => "Another draw was prepared in its place.",
            DrawState::Drawn => return Err(Problem::new(Kind::DrawDrawn)),
            DrawState::Prepared | DrawState::Opened | DrawState::Frozen => return Ok(()),
        };
        Err(Problem::new(Kind::DrawOver).detail(says))
    }

    /// The receipt as it stands; `None` before it was drawn.
    pub(super) fn receipt(&self) -> Option<&str> {
        let drawn = |event: &&EventRow| {
            matches!(event.kind, DrawEventKind::Drawn | DrawEventKind::Declined)
        };
        self.events.iter().rev().find(drawn)?.published.as_deref()
    }

    /// Who has a prize now.
    pub(super) fn winners(&self) -> Vec<Won> {
        let drawn = |event: &&EventRow| {
            matches!(event.kind, DrawEventKind::Drawn | DrawEventKind::Declined)
        };
        let last = self.events.iter().rev().find(drawn);
        let won = last.and_then(|event| serde_json::from_value(event.body["winners"].clone()).ok());
        won.unwrap_or_default()
    }

    /// The governor's commitment.
    pub(super) fn commitment(&self) -> Option<Hash> {
        self.last(DrawEventKind::Committed)?.body["governor"].as_str()?.parse().ok()
    }

    /// Until when secrets are opened; `None` for a beacon, and before the freeze.
    pub(super) fn secrets_until(&self) -> Result<Option<DateTime<Utc>>> {
        let frozen = self.frozen()?.filter(|_| self.row.mode == DrawMode::TwoSecrets);
        Ok(frozen.map(|frozen| frozen.drawn_from() + PATIENCE))
    }

    /// Whether anything of it may be published. Before the freeze nothing is known of its holders.
    pub(super) fn is_public(&self) -> Result<bool> {
        let holders = self.frozen()?.map(|frozen| frozen.freeze.holders);
        Ok(holders.is_none_or(|holders| holders == 0 || holders >= FEWEST_IN_PUBLIC))
    }

    /// The tickets that go into it.
    pub(super) fn pool(&self) -> TicketPool {
        let DrawRow { school_id, prize, period, .. } = &self.row;
        TicketPool { school_id: *school_id, draw: prize.clone(), period: period.clone() }
    }

    /// The frozen tickets, in their order.
    pub(super) fn frozen_pool(&self, tx: &mut Tx, envelope: &Envelope) -> Result<Pool> {
        let key = secrets::entries_key(tx, envelope, self.row.draw_id)?;
        let entries = rows::entries(tx, self.row.draw_id)?;
        let entries = entries.into_iter().map(|(_, entry)| entry).collect();
        Pool::new(self.id()?, &key, entries).map_err(Problem::internal)
    }

    /// Its id in all that is published.
    pub(super) fn id(&self) -> Result<uuid::Uuid> {
        uuid::Uuid::try_parse(&self.row.uuid).map_err(Problem::internal)
    }

    /// What is won, the first prize first.
    pub(super) fn prizes(&self) -> Result<Vec<PrizeRow>> {
        serde_json::from_value(self.row.prizes.clone()).map_err(Problem::internal)
    }

    /// What is won, as the protocol has it.
    pub(super) fn protocol_prizes(&self) -> Result<Vec<Prize>> {
        Ok(self.prizes()?.iter().map(Prize::from).collect())
    }

    /// Adds what happens now, and stands so.
    pub(super) fn happen(
        &mut self,
        tx: &mut Tx,
        kind: DrawEventKind,
        published: Option<&str>,
        body: Value,
        by: &str,
    ) -> Result<()> {
        let new = NewEvent { kind, published, body };
        rows::add_event(tx, &self.row, &self.events, new, by)?;
        self.events = rows::events_of(tx, &[self.row.draw_id])?;
        Ok(())
    }
}

/// Refuses to publish a receipt that our own verifier does not find to hold.
pub(super) fn prove(receipt: &str) -> Result<()> {
    let checks = Checks { noted: None, test_beacon: true };
    match ::draw::verify(receipt.as_bytes(), &checks) {
        Ok(Finding::Drawn { .. }) => Ok(()),
        Ok(Finding::Void { .. }) => Err(Problem::internal("a receipt that reads as a void")),
        Err(fault) => Err(Problem::internal(format!("a receipt that does not hold: {fault}"))),
    }
}
