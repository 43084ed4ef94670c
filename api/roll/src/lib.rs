//! Who is this child, where and when enrolled, and whom do we call about them?

pub mod joining;
pub mod name_keys;
pub mod parents;
pub mod pupils;
pub mod visibility;
