//! Cases, from the review that opens them to their last stage, told as the people of a school live through them.
//!
//! Each of the five policies has one long story in [`years`], a year at the school of the demonstration trust that follows
//! it, on which every rule of the policy is met. What else can happen is told at small schools made for it.

mod actions;
mod amendments;
mod cases;
mod letters;
mod meetings;
mod monitoring;
mod notices;
mod outbox;
mod plans;
mod records;
mod referrals;
mod reviews;
mod targets;
mod years;
