//! Who is on roll, and who their parents are.

mod after_a_move;
mod paging;
mod parents;
mod pupils;
mod visibility;
