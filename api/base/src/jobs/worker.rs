//! Workers: threads that take what is due, do it, and try again later what failed.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use actix_web::web;
use chrono::TimeDelta;

use super::queue::{self, Finished, Job};
use super::turns::Turns;
use crate::platform::{self, Lease};
use crate::problem::{Kind, Problem};
use crate::state::App;

/// How often an idle worker looks for work.
const LOOK: Duration = Duration::from_millis(150);
/// How often the clockwork looks what has fallen due.
const TICK: Duration = Duration::from_secs(1);
/// After so many attempts a job has failed for good.
const ATTEMPTS: i32 = 8;

/// What does jobs of one kind.
type Handler = Arc<dyn Fn(&App, &Job<'_>) -> Result<(), Problem> + Send + Sync>;

/// What is asked every second whether something has fallen due.
pub type Tick = Box<dyn FnMut(&App) -> Result<(), Problem> + Send>;

/// Which kind of job is done by what. A kind that is not in it is refused, and never done as another.
#[derive(Clone, Default)]
pub struct Handlers(BTreeMap<&'static str, Handler>);

impl Handlers {
    /// With jobs of this kind done so.
    pub fn with(
        mut self,
        kind: &'static str,
        handler: impl Fn(&App, &Job<'_>) -> Result<(), Problem> + Send + Sync + 'static,
    ) -> Self {
        self.0.insert(kind, Arc::new(handler));
        self
    }

    fn of(&self, kind: &str) -> Result<&Handler, Problem> {
        self.0.get(kind).ok_or_else(|| Problem::internal(format!("no such kind of job: {kind}")))
    }
}

/// Running workers; dropping it tells them to stop after the job they are at.
pub struct Worker {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

/// Starts so many worker threads, and one that asks `tick`. Errors: the system gives no thread.
pub fn start(
    app: &web::Data<App>,
    threads: usize,
    handlers: Handlers,
    tick: Option<Tick>,
) -> std::io::Result<Worker> {
    let stop = Arc::new(AtomicBool::new(false));
    let mut started = Worker { stop: stop.clone(), threads: Vec::with_capacity(threads + 1) };
    let turns = Turns::default();
    for number in 0..threads {
        let (app, stop) = (app.clone(), stop.clone());
        let (handlers, turns) = (handlers.clone(), turns.clone());
        let thread = std::thread::Builder::new().name(format!("worker-{number}"));
        started.threads.push(thread.spawn(move || work(&app, &handlers, &turns, &stop))?);
    }
    if let Some(ticking) = tick {
        let app = app.clone();
        let thread = std::thread::Builder::new().name("clockwork".to_owned());
        started.threads.push(thread.spawn(move || keep_ticking(&app, ticking, &stop))?);
    }
    Ok(started)
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

fn work(app: &App, handlers: &Handlers, turns: &Turns, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        let (now, begun) = (app.clock.now(), Instant::now());
        match platform::lease(&app.db, now, queue::lease_end(now), &turns.waits(begun)) {
            Ok(Some(lease)) => {
                attempt(app, handlers, &lease);
                turns.used(lease.trust_id, begun.elapsed(), Instant::now());
            }
            Ok(None) => std::thread::sleep(LOOK),
            Err(problem) => {
                tracing::warn!(why = problem.internal_text(), "the queue cannot be read");
                std::thread::sleep(LOOK * 4);
            }
        }
    }
}

/// Puts what falls due into the queue. Every instance does, and each run is there once.
fn keep_ticking(app: &App, mut tick: Tick, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        let looked = catch_unwind(AssertUnwindSafe(|| tick(app)));
        let looked = looked.unwrap_or_else(|_| Err(Problem::internal("the clockwork panicked")));
        if let Err(problem) = looked {
            tracing::warn!(why = problem.internal_text(), "the clockwork cannot look");
        }
        std::thread::sleep(TICK);
    }
}

/// One attempt. A panic counts as a failure of the job, not of the worker.
fn attempt(app: &App, handlers: &Handlers, lease: &Lease) {
    let outcome = catch_unwind(AssertUnwindSafe(|| run(app, handlers, lease)));
    let problem = match outcome {
        Ok(Ok(())) => return,
        Ok(Err(problem)) => problem,
        Err(_) => Problem::internal("the job panicked"),
    };
    tracing::warn!(
        job = lease.job_id.number(),
        attempt = lease.attempt,
        why = problem.internal_text(),
        "job failed"
    );
    let ended = match problem.kind() {
        Kind::Unavailable => None,
        Kind::Unauthenticated => Some((Finished::Refused, "whoever asked for it may no longer")),
        _ if lease.attempt >= ATTEMPTS => {
            Some((Finished::Failed, "failed on our side; it has been logged"))
        }
        _ => None,
    };
    let settled = if let Some((how, stage)) = ended {
        let scope = platform::lease_scope(lease);
        app.db.run_job(&scope, |tx| queue::finish(tx, lease, how, stage))
    } else {
        let pause = TimeDelta::seconds(1_i64 << lease.attempt.clamp(0, 6));
        platform::postpone(&app.db, lease, app.clock.now() + pause)
    };
    if let Err(problem) = settled {
        // The lease runs out by itself, and another attempt follows.
        tracing::warn!(
            job = lease.job_id.number(),
            why = problem.internal_text(),
            "the job could not be put back"
        );
    }
}

fn run(app: &App, handlers: &Handlers, lease: &Lease) -> Result<(), Problem> {
    let handler = handlers.of(&lease.kind)?;
    handler(app, &Job::begin(app, lease)?)
}
