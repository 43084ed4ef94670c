//! What goes on after the answer: the queue, its workers, and how far each job is.
//!
//! A job is a row in the queue (outside the tenants, ids only) and a row of its trust (what it is, who asked, how far
//! it is). A worker takes a lease that carries a rising number, the fence; whatever a job writes, it writes in
//! transactions that check the fence, so a worker that was thought dead can do no harm. Each kind of job lives beside
//! its capability and is idempotent: it may be started again after any crash.

mod job_events;
mod queue;
mod read_job;
mod rows;
mod state;
mod turns;
mod worker;

pub use queue::{Finished, Job, NewJob, enqueue, enqueue_all, enqueue_consequence, lost};
pub use rows::JobRow;
pub use state::JobState;
pub use turns::Turns;
pub use worker::{Handlers, Tick, Worker, start};

/// The operations of this capability.
pub fn mount(config: &mut crate::Operations) {
    config.service(read_job::read_job).service(job_events::job_events);
}
