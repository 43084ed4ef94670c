//! Who may see and do what about a child, before, during and after the child's time at a school. `table.rs` says it;
//! `standing.rs` finds out how each school stands to a child today; `settle.rs` writes it where row-level security reads
//! it. Nobody else writes these columns but with what is asked for here.

mod check;
mod settle;
mod standing;
mod table;

pub use check::{Reach, check, check_parent, mine, permitted};
pub use settle::{let_see, settle, settle_enrolments, settle_people};
pub use standing::{keepers_of_pupils, readers_of_parent, readers_of_pupils};
pub use table::{Act, Standing};
