//! The verifier: reads a receipt or a void from outside, draws again, and names the first place that does not hold.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::{Word, words};

use crate::FORMAT;
use crate::beacon::{Chain, SIGNATURE};
use crate::fault::{Fault, Wrong};
use crate::freeze::Frozen;
use crate::hash::{BYTES, Hash};
use crate::json::{Node, parse};
use crate::opening::{Mode, Opening};
use crate::picking::{Event, Next, Outcome, Picking};
use crate::receipt::{GOVERNOR, Opened};
use crate::tree::{leads_to, leaf};

/// What the verifier is told beside the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checks {
    /// The freeze's hash, as somebody wrote it down before the round appeared.
    pub noted: Option<Hash>,
    /// Whether a sandbox's draw passes.
    pub test_beacon: bool,
}

words! {
    /// What a receipt that holds does not prove by itself.
    Unproven as "DrawUnproven" {
        FreezeTime = "the time of the freeze is not proven": "nobody says that they noted the freeze's hash before the result could be known",
        TestBeacon = "a sandbox's beacon was known beforehand": "the chain `test` decides nothing real",
    }
}

/// What a text that holds says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A draw, and what follows from it.
    Drawn {
        /// The opening.
        opening: Opening,
        /// The freeze's hash.
        freeze: Hash,
        /// Who has a prize in the end.
        winners: Vec<Winner>,
        /// What is not proven: with nothing in it the draw is verified, else it is consistent.
        unproven: Vec<Unproven>,
        /// When it says that it was drawn. Nothing binds this, nor when somebody declined, nor who did of several winners
        /// of the same prize.
        drawn_at: DateTime<Utc>,
    },
    /// A draw that was stopped.
    Void {
        /// The opening.
        opening: Opening,
        /// When it says that it was stopped.
        at: DateTime<Utc>,
        /// Why.
        why: String,
    },
}

/// A ticket with a prize.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Winner {
    /// The ticket.
    pub ticket: u64,
    /// What stands for its holder; a slip shows whose it is.
    pub holder: Hash,
    /// The prize, by its place in the opening.
    pub prize: u64,
}

/// A ticket as a receipt shows it.
struct Shown {
    number: u64,
    holder: Hash,
    proof: Vec<Hash>,
    salt: Hash,
}

/// The text of some bytes.
pub(crate) fn utf8<'a>(place: &str, bytes: &'a [u8]) -> Result<&'a str, Fault> {
    std::str::from_utf8(bytes).map_err(|_not_utf8| Fault::at(place, Wrong::NotUtf8))
}

/// Verifies a receipt or a void. Errors: the first thing that does not hold, and where.
pub fn verify(bytes: &[u8], checks: &Checks) -> Result<Finding, Fault> {
    let value = parse("receipt", utf8("receipt", bytes)?)?;
    let whole = Node::whole("", &value);
    if whole.has("void") { verify_void(&whole, checks) } else { verify_receipt(&whole, checks) }
}

fn verify_void(whole: &Node<'_>, checks: &Checks) -> Result<Finding, Fault> {
    let [format, freeze, opening, void] = whole.members(["format", "freeze", "opening", "void"])?;
    format.exactly(FORMAT)?;
    let [at, why] = void.members(["at", "why"])?;
    let (at, why) = (at.instant()?, why.text()?.to_owned());
    let opening_text = opening.text()?;
    let opening = match freeze.maybe() {
        Some(freeze) => {
            let frozen = Frozen::read(opening_text, freeze.text()?)?;
            is_noted(&frozen, checks)?;
            frozen.opening
        }
        None => Opening::read(opening_text)?,
    };
    Ok(Finding::Void { opening, at, why })
}

fn verify_receipt(whole: &Node<'_>, checks: &Checks) -> Result<Finding, Fault> {
    let names = ["drawn_at", "events", "format", "freeze", "opened", "opening", "tickets"];
    let [drawn_at, events, format, freeze, opened, opening, tickets] = whole.members(names)?;
    format.exactly(FORMAT)?;
    let drawn_at = drawn_at.instant()?;
    let events = self::events(&events)?;
    let tickets = self::tickets(&tickets)?;
    let frozen = Frozen::read(opening.text()?, freeze.text()?)?;
    let opened = self::opened(&opened, &frozen.opening.mode)?;
    if frozen.opening.mode == Mode::Beacon(Chain::Test) && !checks.test_beacon {
        return Err(Fault::at("opening.chain", Wrong::TestChain));
    }
    is_noted(&frozen, checks)?;
    let seed = opened.seed(&frozen)?;
    for ticket in &tickets {
        is_under_root(ticket, &frozen)?;
    }
    let holders: BTreeMap<u64, Hash> =
        tickets.iter().map(|ticket| (ticket.number, ticket.holder)).collect();
    let picking = replay(Picking::new(&frozen, seed), &events, &holders)?;
    let named: BTreeSet<u64> = events.iter().filter_map(|event| event.ticket()).collect();
    if let Some(ticket) = holders.keys().find(|ticket| !named.contains(ticket)) {
        return Err(Fault::at(format!("tickets.{ticket}"), Wrong::NotNamed));
    }
    let winner = |(ticket, prize)| Some(Winner { ticket, holder: *holders.get(&ticket)?, prize });
    let winners = picking.winners().filter_map(winner).collect();
    let mut unproven = Vec::new();
    unproven.extend(checks.noted.is_none().then_some(Unproven::FreezeTime));
    let sandbox = frozen.opening.mode == Mode::Beacon(Chain::Test);
    unproven.extend(sandbox.then_some(Unproven::TestBeacon));
    let freeze = frozen.hash();
    Ok(Finding::Drawn { opening: frozen.opening, freeze, winners, unproven, drawn_at })
}

fn is_noted(frozen: &Frozen, checks: &Checks) -> Result<(), Fault> {
    match checks.noted {
        Some(noted) if noted != frozen.hash() => {
            Err(Fault::at("freeze", Wrong::OtherFreeze(frozen.hash())))
        }
        _ => Ok(()),
    }
}

/// What was opened, in the form that the mode has.
fn opened(node: &Node<'_>, mode: &Mode) -> Result<Opened, Fault> {
    let [governor, signature, trust] = node.members(["governor", "signature", "trust"])?;
    match mode {
        Mode::Beacon(chain) => {
            governor.null()?;
            trust.null()?;
            match chain {
                Chain::Quicknet => Ok(Opened::Signature(signature.bytes(SIGNATURE, SIGNATURE)?)),
                Chain::Test => signature.null().map(|()| Opened::Nothing),
            }
        }
        Mode::TwoSecrets { .. } => {
            let governor = governor.bytes(*GOVERNOR.start(), *GOVERNOR.end())?;
            signature.null()?;
            Ok(Opened::Secrets { trust: trust.bytes(BYTES, BYTES)?, governor })
        }
    }
}

fn events(node: &Node<'_>) -> Result<Vec<Event>, Fault> {
    let read = |node: Node<'_>| {
        if node.has("declined") {
            let [at, ticket] = node.members(["at", "declined"])?;
            return Ok(Event::Declined { at: at.instant()?, ticket: ticket.number()? });
        }
        let outcome = node.value.get("outcome").and_then(|outcome| outcome.as_str());
        match outcome.and_then(Outcome::read) {
            Some(Outcome::Rejected) => {
                let [_, pick] = node.members(["outcome", "pick"])?;
                Ok(Event::Rejected { pick: pick.number()? })
            }
            Some(Outcome::Passed) => {
                let [_, pick, ticket] = node.members(["outcome", "pick", "ticket"])?;
                Ok(Event::Passed { pick: pick.number()?, ticket: ticket.number()? })
            }
            Some(Outcome::Won) => {
                let [_, pick, prize, ticket] =
                    node.members(["outcome", "pick", "prize", "ticket"])?;
                let (pick, prize) = (pick.number()?, prize.number()?);
                Ok(Event::Won { pick, prize, ticket: ticket.number()? })
            }
            None => Err(Fault::expected(node.place, "a pick with its outcome, or a decline")),
        }
    };
    node.items()?.into_iter().map(read).collect()
}

/// The tickets in the order of their numbers.
fn tickets(node: &Node<'_>) -> Result<Vec<Shown>, Fault> {
    let mut tickets = Vec::new();
    for (name, node) in node.entries()? {
        let number = name.parse().ok().filter(|number: &u64| number.to_string() == name);
        let Some(number) = number else {
            return Err(Fault::expected(node.place, "a ticket's number as the name"));
        };
        let [holder, proof, salt] = node.members(["holder", "proof", "salt"])?;
        let (holder, proof) = (holder.hash()?, proof.hashes()?);
        tickets.push(Shown { number, holder, proof, salt: salt.hash()? });
    }
    tickets.sort_by_key(|ticket| ticket.number);
    Ok(tickets)
}

fn is_under_root(ticket: &Shown, frozen: &Frozen) -> Result<(), Fault> {
    let Shown { number, holder, proof, salt } = ticket;
    let freeze = &frozen.freeze;
    if *number >= freeze.tickets {
        let last = freeze.tickets.saturating_sub(1);
        return Err(Fault::at(format!("tickets.{number}"), Wrong::NoSuchTicket(last)));
    }
    if leads_to(&freeze.root, leaf(salt, *number, holder), *number, freeze.tickets, proof) {
        return Ok(());
    }
    Err(Fault::at(format!("tickets.{number}.proof"), Wrong::NotUnderRoot))
}

/// Draws again, event by event.
fn replay(
    mut picking: Picking,
    events: &[Event],
    holders: &BTreeMap<u64, Hash>,
) -> Result<Picking, Fault> {
    for (place, event) in events.iter().enumerate() {
        let place = format!("events.{place}");
        if let Event::Declined { ticket, .. } = event {
            let declined = picking.decline(*ticket);
            declined.map_err(|wrong| Fault::at(format!("{place}.declined"), wrong))?;
            continue;
        }
        let drawn = match picking.look() {
            Next::Stopped => return Err(Fault::at(place, Wrong::GoesOn)),
            Next::Rejected => picking.reject(),
            Next::Ticket(ticket) => {
                let hidden = || Fault::at(format!("tickets.{ticket}"), Wrong::NotShown);
                picking.take(ticket, *holders.get(&ticket).ok_or_else(hidden)?)
            }
        };
        if let Some((member, wrong)) = differs(&drawn, event) {
            return Err(Fault::at(format!("{place}.{member}"), wrong));
        }
    }
    match picking.look() {
        Next::Stopped => Ok(picking),
        Next::Rejected | Next::Ticket(_) => Err(Fault::at("events", Wrong::StopsEarly)),
    }
}

/// The first member in which what is shown of a pick differs from what was drawn.
fn differs(drawn: &Event, shown: &Event) -> Option<(&'static str, Wrong)> {
    let ((pick, is), (shown_pick, shown_is)) = (drawn.pick()?, shown.pick()?);
    if pick != shown_pick {
        return Some(("pick", Wrong::OtherPick(pick)));
    }
    if is != shown_is {
        return Some(("outcome", Wrong::OtherOutcome(is.text())));
    }
    if drawn.ticket() != shown.ticket() {
        return Some(("ticket", Wrong::OtherTicket(drawn.ticket()?)));
    }
    match (drawn, shown) {
        (Event::Won { prize, .. }, Event::Won { prize: other, .. }) if prize != other => {
            Some(("prize", Wrong::OtherPrize(*prize)))
        }
        _ => None,
    }
}
