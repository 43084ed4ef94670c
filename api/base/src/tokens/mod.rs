//! Access tokens: what they say, the keys that sign them, and the check of a signature.

pub mod keys;
pub mod token;
