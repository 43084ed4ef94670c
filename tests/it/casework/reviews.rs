//! Reviews: when they open, whom they list, who decides, and what a decision does.

mod adds_up;
mod clock;
mod decisions;
mod entry;
mod late_marks;
mod who;
