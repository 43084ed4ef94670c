//! Rewards that anyone can check: who has earned what, which tickets were entered, who has won.
//!
//! `analytics` says who reaches a row of the policy, and `draw` how a prize draw goes, byte by byte. This wing keeps what
//! came of them.

pub mod awards;
pub mod draws;
pub mod earning;
pub mod eligibility;
pub mod fairness;
pub mod tickets;
