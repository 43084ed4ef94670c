//! The store below cases: what is recorded beside a case's events, all in one form, and penalty notices.
//!
//! A record is never changed: each write adds how it stands from then on, so that its rows are its history and its
//! lines on the case's timeline. What is confidential is visible only with `safeguarding:read`.

mod confidential;
mod ground;
pub mod notices;
mod rows;
mod state;

pub use confidential::Confidential;
pub use ground::RecordSubject;
pub use rows::{
    RecordDetails, RecordEntry, RecordFilter, RecordRow, add, carry, case_of, change, history,
    of_case, record_to_change, records,
};
pub use state::{RecordKind, RecordState};
