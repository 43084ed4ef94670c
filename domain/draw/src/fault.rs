//! What may be wrong with a text of a draw, and where.

use crate::Hash;

/// The first place of a text that does not hold: `tickets.17.proof`, `events.3.ticket`, `opening.prizes.0.number`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {wrong}")]
pub struct Fault {
    /// The place.
    pub place: String,
    /// What is wrong there.
    pub wrong: Wrong,
}

/// What is wrong at a place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// The bytes are no text.
    #[error("the bytes are not UTF-8")]
    NotUtf8,
    /// The text is no JSON.
    #[error("this is not JSON: {0}")]
    NotJson(String),
    /// It is JSON, but written in another way than the only one there is.
    #[error(
        "this is not JSON in the form of RFC 8785, which every text of a draw has to the byte; it differs from byte {0} on"
    )]
    NotCanonical(usize),
    /// Members are missing, or there are others.
    #[error("expected exactly the members {0}")]
    Members(String),
    /// Another kind of value.
    #[error("expected {0}")]
    Expected(String),

    /// A sandbox's draw is no draw.
    #[error(
        "this is a sandbox's draw: its chain `test` is known to everybody beforehand. Only --test-beacon lets it pass"
    )]
    TestChain,
    /// The freeze is of another draw.
    #[error("the freeze is of another draw than the opening")]
    OtherDraw,
    /// The freeze follows another opening.
    #[error("the opening's hash is {0}")]
    OtherOpening(Hash),
    /// The freeze lies before the opening.
    #[error("entries cannot be frozen before the draw is opened")]
    FrozenBeforeOpened,
    /// Holders and tickets do not fit.
    #[error("each holder has a ticket at least, and each ticket a holder")]
    Holders,
    /// No ticket has a root of its own.
    #[error("without a ticket the root is the hash of nothing")]
    EmptyRoot,
    /// The beacon's round is not the one that the wait leads to.
    #[error("the first round after the wait is {}", .0.map_or("none: this draw has no beacon".to_owned(), |round| round.to_string()))]
    OtherRound(Option<u64>),
    /// Somebody wrote down another hash of the freeze.
    #[error("the freeze's hash is {0}, not the one that was noted: this is not what was frozen")]
    OtherFreeze(Hash),
    /// A secret is not the one that was committed to.
    #[error("this does not open its commitment in the opening")]
    OtherSecret,
    /// The signature is not the beacon's.
    #[error("this is not the beacon's signature of round {0}")]
    OtherSignature(u64),
    /// The pool is not the frozen one.
    #[error("the tickets at hand are not those that were frozen")]
    OtherPool,

    /// A number that no ticket has.
    #[error("there is no such ticket: they are numbered from 0 to {0}")]
    NoSuchTicket(u64),
    /// The proof does not lead to the root.
    #[error("salt, holder and proof do not lead to the root")]
    NotUnderRoot,
    /// An event names it, but it is not shown.
    #[error("an event names this ticket, but it is not shown")]
    NotShown,
    /// It is shown, but no event names it.
    #[error("no event names this ticket")]
    NotNamed,

    /// The events end too early.
    #[error("they stop where picking goes on: a prize is free and a holder is left")]
    StopsEarly,
    /// The events end too late.
    #[error("picking had stopped before: no prize is free, no holder is left, or no redraw is")]
    GoesOn,
    /// A prize is declined while prizes are still being picked for.
    #[error("picking goes on here, before anybody can decline")]
    DeclinedEarly,
    /// Nobody can decline what they have not won.
    #[error("this ticket has no prize that could be declined")]
    HasNoPrize,
    /// Another pick comes next.
    #[error("the next pick is {0}")]
    OtherPick(u64),
    /// The seed gives another ticket.
    #[error("the seed gives ticket {0}")]
    OtherTicket(u64),
    /// The pick comes to something else.
    #[error("this pick is {0}")]
    OtherOutcome(&'static str),
    /// The prize is not the free one of the lowest index.
    #[error("the free prize of the lowest index is {0}")]
    OtherPrize(u64),
}

impl Fault {
    /// Something wrong at a place.
    pub(crate) fn at(place: impl Into<String>, wrong: Wrong) -> Self {
        Self { place: place.into(), wrong }
    }

    /// A value of another kind than the one expected.
    pub(crate) fn expected(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self::at(place, Wrong::Expected(what.into()))
    }

    /// Whether the text is none of the protocol's at all, so that it claims nothing that could be refuted.
    pub const fn is_unreadable(&self) -> bool {
        matches!(
            self.wrong,
            Wrong::NotUtf8
                | Wrong::NotJson(_)
                | Wrong::NotCanonical(_)
                | Wrong::Members(_)
                | Wrong::Expected(_)
        )
    }
}
