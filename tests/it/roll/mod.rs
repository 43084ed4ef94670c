//! Who is on roll, and who their parents are.

mod parents;
mod pupils;
mod visibility;
