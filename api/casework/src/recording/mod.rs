//! How something beside a case is recorded and answered: whom it is about, who took part, and how it moves the case.

mod about;
mod answer;
mod forward;
mod people;

pub use about::About;
pub use answer::{Record, Told, Which, list, one};
pub use forward::{CaseMoved, Forward, evidence};
pub use people::{check_others, check_parents};
