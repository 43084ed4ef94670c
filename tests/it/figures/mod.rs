//! Figures counted from the marks, at every level, as they stand or as they were known.

mod compare;
mod completeness;
mod evidence;
mod explain;
mod known;
mod trend;
