//! Rewards: earned, drawn and handed over.

mod term;
