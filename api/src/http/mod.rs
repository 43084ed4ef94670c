//! The conventions that every operation shares, each in one place.

pub mod email;
pub mod etag;
pub mod events;
pub mod idempotency;
pub mod json;
pub mod kind;
pub mod limit;
pub mod name;
pub mod page;
pub mod path;
pub mod problem;
pub mod trace;
pub mod wrong_method;

pub use kind::refusal;
