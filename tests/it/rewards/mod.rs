//! Rewards: earned, drawn and handed over.
