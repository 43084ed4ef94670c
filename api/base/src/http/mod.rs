//! The conventions that every operation shares, each in one place.

pub mod body;
pub mod etag;
pub mod guard;
pub mod header;
pub mod idempotency;
pub mod json;
pub mod name;
pub mod page;
pub mod path;
pub mod texts;
pub mod trace;
