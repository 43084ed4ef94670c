//! Who is on roll, and who their parents are.

mod after_a_move;
mod parents;
mod pupils;
mod visibility;
