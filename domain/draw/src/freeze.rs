//! The freeze: who is in, fixed under one root, and which round of the beacon decides.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::beacon::{first_round_from, time_of};
use crate::fault::{Fault, Wrong};
use crate::hash::{Hash, hash};
use crate::json::{Node, canonical, instant, parse};
use crate::opening::{Mode, Opening, id};
use crate::tree;

/// What is published at the cut-off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freeze {
    /// The draw.
    pub id: Uuid,
    /// The hash of the opening.
    pub opening: Hash,
    /// The root over all tickets.
    pub root: Hash,
    /// The beacon's round that decides; `None` for a draw by two secrets.
    pub round: Option<u64>,
    /// How many tickets there are.
    pub tickets: u64,
    /// How many pupils hold them.
    pub holders: u64,
    /// When entries were frozen.
    pub frozen_at: DateTime<Utc>,
}

impl Freeze {
    pub(crate) fn text(&self) -> String {
        canonical(&json!({
            "frozen_at": instant(self.frozen_at),
            "holders": self.holders,
            "id": self.id.hyphenated().to_string(),
            "opening": self.opening.to_string(),
            "root": self.root.to_string(),
            "round": self.round,
            "tickets": self.tickets,
        }))
    }

    /// Reads a published text. Errors: it is not a freeze of this protocol, or holders, tickets and root do not fit each
    /// other. Whether it follows from an opening is another question.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let value = parse("freeze", text)?;
        let names = ["frozen_at", "holders", "id", "opening", "root", "round", "tickets"];
        let [frozen_at, holders, id, opening, root, round, tickets] =
            Node::whole("freeze", &value).members(names)?;
        let freeze = Self {
            frozen_at: frozen_at.instant()?,
            holders: holders.number()?,
            id: self::id(&id)?,
            opening: opening.hash()?,
            root: root.hash()?,
            round: round.maybe().map(|round| round.number()).transpose()?,
            tickets: tickets.number()?,
        };
        let fit = freeze.holders <= freeze.tickets && (freeze.holders > 0 || freeze.tickets == 0);
        if !fit {
            return Err(Fault::at("freeze.holders", Wrong::Holders));
        }
        if freeze.tickets == 0 && freeze.root != tree::of_nothing() {
            return Err(Fault::at("freeze.root", Wrong::EmptyRoot));
        }
        Ok(freeze)
    }

    /// What goes to the governor, onto every slip and onto the school's page: the hash of the text. Whoever writes it
    /// down before the round appears can prove afterwards when the entries were frozen.
    pub fn hash_of(text: &str) -> Hash {
        hash(&[text.as_bytes()])
    }
}

/// A draw that nothing can change any more: its opening and its freeze, which fit each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    /// The opening.
    pub opening: Opening,
    /// The freeze.
    pub freeze: Freeze,
    pub(crate) opening_text: String,
    pub(crate) freeze_text: String,
}

impl Frozen {
    /// Reads both texts. Errors: one is not of this protocol, or the freeze does not follow from the opening.
    pub fn read(opening_text: &str, freeze_text: &str) -> Result<Self, Fault> {
        let opening = Opening::read(opening_text)?;
        let freeze = Freeze::read(freeze_text)?;
        let hash = Opening::hash_of(opening_text);
        if freeze.id != opening.id {
            return Err(Fault::at("freeze.id", Wrong::OtherDraw));
        }
        if freeze.opening != hash {
            return Err(Fault::at("freeze.opening", Wrong::OtherOpening(hash)));
        }
        if freeze.frozen_at < opening.opened_at {
            return Err(Fault::at("freeze.frozen_at", Wrong::FrozenBeforeOpened));
        }
        let round = round(&opening, freeze.frozen_at);
        if freeze.round != round {
            return Err(Fault::at("freeze.round", Wrong::OtherRound(round)));
        }
        let (opening_text, freeze_text) = (opening_text.to_owned(), freeze_text.to_owned());
        Ok(Self { opening, freeze, opening_text, freeze_text })
    }

    /// The hash of the freeze.
    pub fn hash(&self) -> Hash {
        Freeze::hash_of(&self.freeze_text)
    }

    /// When it can be drawn: once the beacon's round has appeared, or two secrets have waited as long. A party to two
    /// secrets who stays away then voids the draw.
    pub fn drawn_from(&self) -> DateTime<Utc> {
        let waited = || after_wait(&self.opening, self.freeze.frozen_at);
        self.freeze.round.and_then(time_of).unwrap_or_else(waited)
    }

    /// Whether nobody has a ticket, so that there is nothing to draw.
    pub const fn is_empty(&self) -> bool {
        self.freeze.tickets == 0
    }
}

/// The round that decides a draw which is frozen then; `None` for two secrets.
pub(crate) fn round(opening: &Opening, frozen_at: DateTime<Utc>) -> Option<u64> {
    let Mode::Beacon(_) = opening.mode else { return None };
    Some(first_round_from(after_wait(opening, frozen_at)))
}

fn after_wait(opening: &Opening, frozen_at: DateTime<Utc>) -> DateTime<Utc> {
    let wait = i64::try_from(opening.wait_seconds).ok().and_then(TimeDelta::try_seconds);
    let from = wait.and_then(|wait| frozen_at.checked_add_signed(wait));
    from.unwrap_or(DateTime::<Utc>::MAX_UTC)
}
