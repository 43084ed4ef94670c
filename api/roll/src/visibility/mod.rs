//! Who may see and do what about a child, before, during and after the child's time at a school. `table.rs` says it;
//! `standing.rs` finds out how each school stands to a child today; `settle.rs` writes it where row-level security reads
//! it. Nobody else writes these columns but with what is asked for here.

mod beyond;
mod check;
mod destination;
mod freeze;
mod records;
mod release;
mod settle;
mod standing;
mod table;

pub use beyond::{goes_to, has_now, look_back, others_on_roll, standing_at, tell_schools};
pub use check::{
    Reach, check, check_parent, check_seen, mine, of_schools, permitted, seen_parents,
};
pub use destination::{Confirmed, Destination, NewDestination, confirm, confirmed};
pub use freeze::{freeze, tell_copies};
pub use records::{Record, lock_records, records};
pub use release::{Release, release, released};
pub use settle::{let_see, settle, settle_enrolments, settle_people, to_settle, unsettled};
pub use standing::{readers_of_parent, readers_of_pupils, schools_that_may};
pub use table::{Act, Standing};
