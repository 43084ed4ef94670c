//! Marks as they are kept, and what is looked at again when they change.

mod recheck;
mod store;
