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

/// The operations of this wing.
pub fn mount(config: &mut base::Operations) {
    config
        .configure(tickets::mount)
        .configure(eligibility::mount)
        .configure(awards::mount)
        .configure(fairness::mount)
        .configure(draws::mount);
}
