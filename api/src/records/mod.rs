//! What is kept beside a case's events: meetings, plans, visits, monitoring periods, referrals, all in one form.
//!
//! A thing is never changed: each write adds how it stands from then on, so that its rows are its history and its lines
//! on the case's timeline. What is confidential is shown to those alone who lead on safeguarding.

mod about;
mod answer;
mod confidential;
mod forward;
mod people;
mod rows;

pub use about::{About, Ground};
pub use answer::{Record, Told, Which, list, one};
pub use confidential::Confidential;
pub use forward::{CaseMoved, Forward, evidence};
pub use people::{check_others, check_parents};
pub use rows::{
    RecordRow, Standing, Thing, Wanted, add, carry, case_of, change, of_case, record_to_change,
    records,
};
