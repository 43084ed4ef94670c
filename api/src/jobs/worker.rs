//! Workers: threads that take what is due, do it, and try again later what failed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::web;
use chrono::TimeDelta;

use super::queue::{self, Finished, Job};
use crate::app::App;
use crate::http::problem::{Kind, Problem};
use crate::platform::{self, Lease};
use crate::{imports, reviews, runs};

/// How often an idle worker looks for work.
const LOOK: Duration = Duration::from_millis(150);
/// How often the clockwork looks what has fallen due.
const TICK: Duration = Duration::from_secs(1);
/// After so many attempts a job has failed for good.
const ATTEMPTS: i32 = 8;

/// Running workers; dropping it tells them to stop after the job they are at.
pub struct Worker {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

/// Starts so many worker threads, and one for the clockwork if there are any.
///
/// # Errors
/// The system gives no thread.
pub fn start(app: &web::Data<App>, threads: usize) -> std::io::Result<Worker> {
    start_with(app, threads, threads > 0)
}

/// As [`start`]; without the clockwork nothing falls due by itself here.
///
/// # Errors
/// As [`start`].
pub fn start_with(
    app: &web::Data<App>,
    threads: usize,
    clockwork: bool,
) -> std::io::Result<Worker> {
    let stop = Arc::new(AtomicBool::new(false));
    let spawn = |name: String, work: fn(&App, &AtomicBool)| {
        let (app, stop) = (app.clone(), stop.clone());
        std::thread::Builder::new().name(name).spawn(move || work(&app, &stop))
    };
    let workers = (0..threads).map(|number| spawn(format!("worker-{number}"), work));
    let clockwork = clockwork.then(|| spawn("clockwork".to_owned(), tick));
    let threads = workers.chain(clockwork).collect::<std::io::Result<Vec<_>>>()?;
    Ok(Worker { stop, threads })
}

impl Worker {
    /// Tells the workers to stop and waits for the jobs they are at.
    pub fn stop(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn work(app: &App, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        let now = app.clock.now();
        match platform::lease(&app.db, now, queue::lease_end(now)) {
            Ok(Some(lease)) => attempt(app, &lease),
            Ok(None) => std::thread::sleep(LOOK),
            Err(problem) => {
                tracing::warn!(why = problem.internal_text(), "the queue cannot be read");
                std::thread::sleep(LOOK * 4);
            }
        }
    }
}

/// Puts what falls due into the queue. Every instance does, and each run is there once.
fn tick(app: &App, stop: &AtomicBool) {
    let mut clockwork = runs::Clockwork::default();
    while !stop.load(Ordering::Relaxed) {
        let looked = catch_unwind(AssertUnwindSafe(|| clockwork.tick(app)));
        let looked = looked.unwrap_or_else(|_| Err(Problem::internal("the clockwork panicked")));
        if let Err(problem) = looked {
            tracing::warn!(why = problem.internal_text(), "the clockwork cannot look");
        }
        std::thread::sleep(TICK);
    }
}

/// One attempt. A panic counts as a failure of the job, not of the worker.
fn attempt(app: &App, lease: &Lease) {
    let outcome = catch_unwind(AssertUnwindSafe(|| run(app, lease)));
    let problem = match outcome {
        Ok(Ok(())) => return,
        Ok(Err(problem)) => problem,
        Err(_) => Problem::internal("the job panicked"),
    };
    tracing::warn!(
        job = lease.job_id,
        attempt = lease.attempt,
        why = problem.internal_text(),
        "job failed"
    );
    let passing = problem.kind() == Kind::Unavailable;
    let settled = if !passing && lease.attempt >= ATTEMPTS {
        let scope = platform::lease_scope(lease);
        app.db.run_job(&scope, |tx| {
            queue::finish(tx, lease, Finished::Failed, "failed on our side; it has been logged")
        })
    } else {
        let pause = TimeDelta::seconds(1_i64 << lease.attempt.clamp(0, 6));
        platform::postpone(&app.db, lease, app.clock.now() + pause)
    };
    if let Err(problem) = settled {
        // The lease runs out by itself, and another attempt follows.
        tracing::warn!(
            job = lease.job_id,
            why = problem.internal_text(),
            "the job could not be put back"
        );
    }
}

/// Each kind of job lives beside its capability.
fn run(app: &App, lease: &Lease) -> Result<(), Problem> {
    let job = Job::begin(&app.db, lease)?;
    match lease.kind.as_str() {
        imports::KIND => imports::run(app, &job),
        runs::KIND => runs::carry_out(app, &job),
        imports::UNDO => imports::take_back(app, &job),
        reviews::SECOND_LOOK => reviews::look_again_of_job(app, &job),
        other => Err(Problem::internal(format!("no such kind of job: {other}"))),
    }
}
