//! Reviews: when they open, whom they list, who decides, and what a decision does.

mod clock;
mod decisions;
mod entry;
mod who;
