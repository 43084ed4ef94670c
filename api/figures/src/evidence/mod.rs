//! Gaps in the evidence: what the registers leave open about a pupil, and what was done to find out.

mod attempts;
mod check;
mod explained;
mod registers;

pub use attempts::attempts_since;
pub use check::{Check, Light, light};
pub use registers::register_checks;
