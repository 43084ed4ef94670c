//! The demonstration: an invented trust, loaded through the API like anybody's.

pub mod generate;
mod load;
mod notes;
mod policies;
mod staff;
mod table;

pub use generate::Size;
pub use load::{go_on, load};
pub use notes::{Notes, SchoolNote};
pub use table::absence_table;

/// Everything invented follows from this number.
pub const SEED: u64 = 1;
