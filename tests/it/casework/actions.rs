//! Actions: what somebody is to do, by a day, and who.

mod lists;
mod never_offered;
mod reassign;
