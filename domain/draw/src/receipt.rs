//! Drawing, and the receipt: everything by which anybody can draw again and find the same.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::FORMAT;
use crate::beacon::{Chain, is_signature, randomness, test_randomness};
use crate::fault::{Fault, Wrong};
use crate::freeze::Frozen;
use crate::hash::{BYTES, Hash, commit, hex};
use crate::json::{canonical, instant};
use crate::opening::Mode;
use crate::picking::{Event, Next, Outcome, Picking, seed};
use crate::pool::Pool;

/// How many bytes a governor's secret may have.
pub const GOVERNOR: RangeInclusive<usize> = 16..=64;

/// What is opened when a draw is drawn.
#[derive(Clone, PartialEq, Eq)]
pub enum Opened {
    /// The signature of the beacon's round.
    Signature(Vec<u8>),
    /// Nothing: the chain `test` is known to everybody.
    Nothing,
    /// Both secrets.
    Secrets {
        /// The trust's.
        trust: Vec<u8>,
        /// The governor's.
        governor: Vec<u8>,
    },
}

/// Says nothing of a secret.
impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Signature(_) => "Signature",
            Self::Nothing => "Nothing",
            Self::Secrets { .. } => "Secrets",
        })
    }
}

impl Opened {
    /// The seed that follows. Errors: a secret does not open its commitment, the signature is not the round's, or
    /// something else was opened than the mode has.
    pub(crate) fn seed(&self, frozen: &Frozen) -> Result<Hash, Fault> {
        let round = frozen.freeze.round.unwrap_or_default();
        match (&frozen.opening.mode, self) {
            (Mode::Beacon(Chain::Quicknet), Self::Signature(signature)) => {
                if is_signature(round, signature) {
                    Ok(seed(frozen, b"", b"", &randomness(signature).0))
                } else {
                    Err(Fault::at("opened.signature", Wrong::OtherSignature(round)))
                }
            }
            (Mode::Beacon(Chain::Test), Self::Nothing) => {
                Ok(seed(frozen, b"", b"", &test_randomness(round).0))
            }
            (
                Mode::TwoSecrets { trust, governor },
                Self::Secrets { trust: ours, governor: theirs },
            ) => {
                if ours.len() != BYTES {
                    return Err(Fault::expected("opened.trust", format!("{BYTES} bytes")));
                }
                if !GOVERNOR.contains(&theirs.len()) {
                    let (least, most) = (GOVERNOR.start(), GOVERNOR.end());
                    let expected = format!("{least} to {most} bytes");
                    return Err(Fault::expected("opened.governor", expected));
                }
                for (place, commitment, secret) in
                    [("opened.trust", trust, ours), ("opened.governor", governor, theirs)]
                {
                    if commit(secret) != *commitment {
                        return Err(Fault::at(place, Wrong::OtherSecret));
                    }
                }
                Ok(seed(frozen, ours, theirs, b""))
            }
            (Mode::Beacon(Chain::Quicknet), _) => {
                Err(Fault::expected("opened.signature", "the beacon's signature, and no secret"))
            }
            (Mode::Beacon(Chain::Test), _) => {
                Err(Fault::expected("opened", "nothing: the chain `test` has no signature"))
            }
            (Mode::TwoSecrets { .. }, _) => {
                Err(Fault::expected("opened", "both secrets, and no signature"))
            }
        }
    }
}

/// A draw that is being drawn.
pub struct Drawing<'a> {
    frozen: &'a Frozen,
    pool: &'a Pool,
    opened: Opened,
    picking: Picking,
    events: Vec<Event>,
}

impl<'a> Drawing<'a> {
    /// Draws, until no prize is free or nobody is left. Errors: the pool is not the frozen one, or what was opened does
    /// not fit.
    pub fn begin(frozen: &'a Frozen, pool: &'a Pool, opened: Opened) -> Result<Self, Fault> {
        if pool.root() != frozen.freeze.root || pool.id() != frozen.freeze.id {
            return Err(Fault::at("freeze.root", Wrong::OtherPool));
        }
        let picking = Picking::new(frozen, opened.seed(frozen)?);
        let mut drawing = Self { frozen, pool, opened, picking, events: Vec::new() };
        drawing.go_on()?;
        Ok(drawing)
    }

    /// Draws on after a winner has given the prize back. Errors: the ticket has no prize.
    pub fn decline(&mut self, ticket: u64, at: DateTime<Utc>) -> Result<(), Fault> {
        let place = || format!("events.{}.declined", self.events.len());
        self.picking.decline(ticket).map_err(|wrong| Fault::at(place(), wrong))?;
        self.events.push(Event::Declined { at, ticket });
        self.go_on()
    }

    fn go_on(&mut self) -> Result<(), Fault> {
        loop {
            let event = match self.picking.look() {
                Next::Stopped => return Ok(()),
                Next::Rejected => self.picking.reject(),
                Next::Ticket(ticket) => {
                    let holder = self.pool.holder(ticket);
                    let holder =
                        holder.ok_or_else(|| Fault::at("freeze.tickets", Wrong::OtherPool))?;
                    self.picking.take(ticket, holder)
                }
            };
            self.events.push(event);
        }
    }

    /// What has happened.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The tickets that have a prize now, each with the prize's place in the opening.
    pub fn winners(&self) -> Vec<(u64, u64)> {
        self.picking.winners().collect()
    }

    /// The receipt's text.
    pub fn receipt(&self, drawn_at: DateTime<Utc>) -> String {
        let (signature, trust, governor) = match &self.opened {
            Opened::Signature(signature) => (Some(hex(signature)), None, None),
            Opened::Nothing => (None, None, None),
            Opened::Secrets { trust, governor } => (None, Some(hex(trust)), Some(hex(governor))),
        };
        let named: BTreeMap<u64, Hash> = self
            .events
            .iter()
            .filter_map(|event| event.ticket())
            .filter_map(|ticket| Some((ticket, self.pool.holder(ticket)?)))
            .collect();
        let shown = |(ticket, holder): (u64, Hash)| {
            let shown = json!({
                "holder": holder.to_string(),
                "proof": hashes(&self.pool.proof(ticket)),
                "salt": self.pool.salt(ticket).to_string(),
            });
            (ticket.to_string(), shown)
        };
        let tickets: Map<String, Value> = named.into_iter().map(shown).collect();
        canonical(&json!({
            "drawn_at": instant(drawn_at),
            "events": self.events.iter().map(event).collect::<Vec<Value>>(),
            "format": FORMAT,
            "freeze": self.frozen.freeze_text,
            "opened": {"governor": governor, "signature": signature, "trust": trust},
            "opening": self.frozen.opening_text,
            "tickets": tickets,
        }))
    }
}

/// Hashes as texts.
pub(crate) fn hashes(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(Hash::to_string).collect()
}

fn event(event: &Event) -> Value {
    match event {
        Event::Rejected { pick } => json!({"outcome": Outcome::Rejected.text(), "pick": pick}),
        Event::Passed { pick, ticket } => {
            json!({"outcome": Outcome::Passed.text(), "pick": pick, "ticket": ticket})
        }
        Event::Won { pick, prize, ticket } => {
            json!({"outcome": Outcome::Won.text(), "pick": pick, "prize": prize, "ticket": ticket})
        }
        Event::Declined { at, ticket } => json!({"at": instant(*at), "declined": ticket}),
    }
}
