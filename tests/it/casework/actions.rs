//! Actions: what somebody is to do, by a day, and who.

mod never_offered;
mod reassign;
