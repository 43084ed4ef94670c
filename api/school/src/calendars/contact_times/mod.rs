//! By when a school rings, decides and visits when nobody has accounted for a child, from which day on.

pub mod put_contact_times;
pub mod read_contact_times;
mod rows;

pub use rows::contact_times;
