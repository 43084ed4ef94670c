//! Term dates as councils and schools publish them, read to a calendar that a person may then put. Pure: no database,
//! no clock.
//!
//! A file is read to entries (`ics.rs`, `json.rs`), each of which is of a kind by its words (`words.rs`, `clause.rs`,
//! `label.rs`, `marker.rs`) and its hours (`hours.rs`); `propose.rs` makes a calendar of them, with the holidays that `breaks.rs`
//! finds and the first and last days that `edges.rs` does. Whatever is not understood, had to be assumed or has to be
//! asked is said with its place.

mod breaks;
mod clause;
mod edges;
mod hours;
mod ics;
mod json;
mod label;
mod lines;
mod marker;
mod moment;
mod propose;
mod published;
#[cfg(test)]
mod tests;
mod words;

pub(super) use hours::{HoursOverTime, SchoolHours};
pub(super) use ics::read as read_ics;
pub(super) use json::{TermDates, read as read_json};
pub(super) use propose::{ProposedCalendar, propose};
pub(super) use published::Published;
