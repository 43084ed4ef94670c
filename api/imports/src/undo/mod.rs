//! A whole import is taken back: asked for, done by a worker, and what came of it.
//!
//! Nothing is rubbed out. What the import recorded stays in the history, and what stood before it is recorded again.
//! What anybody changed since is left as it is and listed.

mod ask;
mod cases;
mod marks;
mod parents;
mod read;
mod roll;
mod rows;
mod run;

pub(super) use ask::undo_import;
pub(super) use read::read_undo;
pub use run::run;
