//! The demonstration: an invented trust (the crate `demo`), loaded through the API like anybody's.
//!
//! A production build (`--no-default-features`) cannot make one: it only knows a demonstration that is there.

#[cfg(feature = "demo")]
mod clients;
#[cfg(feature = "demo")]
mod go_on;
#[cfg(feature = "demo")]
mod load;
mod notes;
#[cfg(feature = "demo")]
mod policies;
#[cfg(feature = "demo")]
mod recorded;
#[cfg(feature = "demo")]
mod staff;
#[cfg(feature = "demo")]
mod table;

#[cfg(feature = "demo")]
pub use clients::add_clients;
#[cfg(feature = "demo")]
pub use go_on::go_on;
#[cfg(feature = "demo")]
pub use load::load;
pub use notes::{Notes, SchoolNote};
#[cfg(feature = "demo")]
pub use table::absence_table;

/// Everything invented follows from this number.
#[cfg(feature = "demo")]
pub const SEED: u64 = 1;
