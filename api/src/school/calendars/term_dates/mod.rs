//! Term dates as councils and schools publish them, read to a calendar that a person may then put. Pure: no database,
//! no clock.
//!
//! A file is read to entries (`ics.rs`, `json.rs`), each of which is of a kind (`label.rs`); `propose.rs` makes a
//! calendar of them, with the holidays that `breaks.rs` finds. Whatever is not understood, or had to be assumed, is said with its place.

mod breaks;
mod ics;
mod json;
mod label;
mod lines;
mod moment;
mod propose;
mod published;
#[cfg(test)]
mod tests;

pub(super) use ics::read as read_ics;
pub(super) use json::{TermDates, read as read_json};
pub(super) use propose::{ProposedCalendar, propose};
pub(super) use published::Published;
