//! Figures counted from the marks, at every level, as they stand or as they were known.

mod compare;
mod completeness;
mod explain;
mod known;
mod register_checks;
mod trend;
