//! Who is on roll, and who their parents are.

mod paging;
mod parents;
mod pupils;
mod visibility;
