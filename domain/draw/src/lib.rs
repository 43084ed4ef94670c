//! Prize draws that anybody can verify: the protocol `rollcall-draw/1`, without input, output, clock or chance.
//!
//! What is published counts to the byte: an opening, a freeze, a receipt or a void, and a slip for each family. How a
//! draw goes through this crate:
//!
//! 1. [`Opening::publish`] gives the opening's text, with [`commit`]ments to the secrets and to the entries key.
//! 2. [`Pool::new`] puts the tickets in their order, and [`Pool::freeze`] gives the freeze's text: the root over all
//!    tickets, and the round of the beacon that decides. [`Frozen::read`] takes both texts back.
//! 3. [`Drawing::begin`] draws, [`Drawing::decline`] draws on, [`Drawing::receipt`] gives the receipt's text. All of it
//!    follows from what was fixed, so that nothing but the texts, the secrets and the declines need be kept.
//! 4. [`Pool::slip`] gives a family the proof that its child's tickets are in.
//! 5. [`verify()`] and [`verify_slip`] believe nothing: they read a text from outside, and a [`Fault`] names the first place
//!    that does not hold.
//!
//! Texts are JSON in the form of RFC 8785, the tree over the tickets is that of RFC 9162, and the beacon is drand's
//! quicknet, or the chain `test` of sandboxes, which every verifier refuses unless it is told otherwise.

mod beacon;
mod fault;
mod freeze;
mod hash;
mod json;
mod opening;
mod picking;
mod pool;
mod receipt;
mod slip;
#[cfg(test)]
mod tests;
mod tree;
mod verify;
mod void;

pub use beacon::{Chain, first_round_from, time_of};
pub use fault::{Fault, Wrong};
pub use freeze::{Freeze, Frozen};
pub use hash::{Hash, Key, NotHex, commit, from_hex, hex};
pub use opening::{LEAST_WAIT, Mode, Opening, Prize};
pub use picking::{Event, Outcome, PICKS};
pub use pool::{Entry, Pool, PoolError};
pub use receipt::{Drawing, GOVERNOR, Opened};
pub use slip::{Slip, verify_slip};
pub use verify::{Checks, Finding, Unproven, Winner, verify};
pub use void::void;

/// What every text of the protocol says it is.
pub const FORMAT: &str = "rollcall-draw/1";

/// Under so many holders no link to a draw is public: a family would be too easily guessed.
pub const FEWEST_IN_PUBLIC: u64 = 10;
