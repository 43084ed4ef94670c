//! What is done about a child's attendance: reviews propose, people decide, cases follow through, and everything that is
//! recorded beside a case.

pub mod actions;
pub mod amendments;
pub mod cases;
pub mod conversations;
pub mod letters;
pub mod meetings;
pub mod monitoring;
pub mod notices;
mod one_of_many;
pub mod orders;
pub mod outbox;
pub mod plans;
pub mod received;
pub mod recording;
pub mod records;
pub mod referrals;
pub mod reviews;
pub mod targets;
pub mod visits;
