//! What runs by itself, and when: the clockwork.
//!
//! Every school's own calendar and time zone say what falls due ([`domain::schedule`]). The clockwork of each instance
//! looks, and puts what has fallen due into the queue, once: a run is unique by school, kind and period. Whatever was
//! missed while nothing was running is found at the next look, runs late, and says so. A run does its items one by one,
//! each in a transaction of its own, so that whoever takes it over goes on where it stopped.

mod carry_out;
mod clockwork;
mod close_period;
mod deadlines;
mod draws;
mod issue_rewards;
mod joiners;
mod judge_rewards;
mod late;
mod leavers;
mod list_runs;
mod list_schedules;
mod open_review;
mod read_run;
mod retry_run;
mod reviews;
mod rewarding;
mod rows;
mod run_events;
mod schools;

pub use carry_out::carry_out;
pub use clockwork::Clockwork;

/// The kind of job that a run is.
pub const KIND: &str = "run";

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(list_schedules::list_schedules)
        .service(list_runs::list_runs)
        .service(read_run::read_run)
        .service(run_events::run_events)
        .service(retry_run::retry_run)
        .service(issue_rewards::issue_rewards);
}
