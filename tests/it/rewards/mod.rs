//! Rewards: earned, drawn and handed over.

pub mod draws;
mod term;
mod tickets;
