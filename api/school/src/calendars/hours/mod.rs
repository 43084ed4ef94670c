//! The hours of a school: when pupils come and go, from which day on.

pub mod put_hours;
pub mod read_hours;
mod rows;

pub use rows::closing_times;
pub(super) use rows::over_time;
