//! Putting a job into the queue, and what a running job may do: tell how far it is, and finish.

use std::cell::Cell;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::state::JobState;
use crate::auth::Caller;
use crate::db::{Db, Scope, Tx};
use crate::id::{JobId, SchoolId};
use crate::platform::{self, Lease};
use crate::problem::{Kind, Problem};
use crate::revocations::Revocations;
use crate::state::App;
use crate::tokens::basis::Basis;
use schema::{job, job_queue};

/// How long a lease lasts unless it is prolonged.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// What is for a whole trust is overtaken by what comes so much later for one school: somebody waits for that, and it
/// is soon done.
const WHOLE_TRUST: TimeDelta = TimeDelta::seconds(60);
/// Nobody waits for what comes by itself.
const BY_ITSELF: TimeDelta = TimeDelta::seconds(300);
/// How often a running job tells how far it is, and prolongs its lease.
const TELL: Duration = Duration::from_millis(400);

/// When a lease taken now ends.
pub(super) fn lease_end(now: DateTime<Utc>) -> DateTime<Utc> {
    now + LEASE
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    /// What was asked is done.
    Done,
    /// What was asked is not right; its own resource says why.
    Refused,
    /// Our side failed too often.
    Failed,
}

impl Finished {
    fn state(self) -> JobState {
        match self {
            Finished::Done => JobState::Done,
            Finished::Refused => JobState::Refused,
            Finished::Failed => JobState::Failed,
        }
    }
}

/// A job to be.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// The school it is for; `None` for the whole trust.
    pub school_id: Option<SchoolId>,
    /// What it may reach.
    pub scope: Scope,
}

/// Puts a job into the queue, in the transaction of what it is about.
pub fn enqueue(
    tx: &mut Tx<'_>,
    kind: &str,
    school_id: Option<SchoolId>,
    caller: &Caller,
) -> Result<JobId, Problem> {
    let asked = Asked { by: caller.subject(), role: caller.role(), basis: caller.basis() };
    put_one(tx, kind, school_id, (caller.scope(), &asked))
}

/// As [`enqueue`] for what follows from what the caller did: it is done also when they may do nothing any more.
pub fn enqueue_consequence(
    tx: &mut Tx<'_>,
    kind: &str,
    school_id: Option<SchoolId>,
    caller: &Caller,
) -> Result<JobId, Problem> {
    let asked = Asked { by: caller.subject(), role: caller.role(), basis: None };
    put_one(tx, kind, school_id, (caller.scope(), &asked))
}

fn put_one(
    tx: &mut Tx<'_>,
    kind: &str,
    school_id: Option<SchoolId>,
    (scope, asked): (&Scope, &Asked<'_>),
) -> Result<JobId, Problem> {
    let new = NewJob { school_id, scope: scope.clone() };
    let patience = if school_id.is_some() { TimeDelta::zero() } else { WHOLE_TRUST };
    let ids = put(tx, (kind, patience), &[new], asked)?;
    ids.first().copied().ok_or_else(|| Problem::internal("a job without a number"))
}

/// As [`enqueue`] for many at once, of one kind, that come by themselves; their ids, in order.
pub fn enqueue_all(
    tx: &mut Tx<'_>,
    kind: &str,
    new: &[NewJob],
    by: &str,
    role: &str,
) -> Result<Vec<JobId>, Problem> {
    put(tx, (kind, BY_ITSELF), new, &Asked { by, role, basis: None })
}

/// Who asks for a job.
struct Asked<'a> {
    by: &'a str,
    role: &'a str,
    basis: Option<&'a Basis>,
}

fn put(
    tx: &mut Tx<'_>,
    (kind, patience): (&str, TimeDelta),
    new: &[NewJob],
    asked: &Asked<'_>,
) -> Result<Vec<JobId>, Problem> {
    let rests_on = asked.basis.map(serde_json::to_value).transpose().map_err(Problem::internal)?;
    // The queue goes by the machine's clock: a sandbox that is far ahead waits no longer than anybody else.
    let (now, due, trust) = (tx.now(), tx.machine_now(), tx.trust());
    let queued = (
        job_queue::trust_id.eq(trust),
        job_queue::kind.eq(kind),
        job_queue::due.eq(due),
        job_queue::turn.eq(due + patience),
    );
    let mut ids: Vec<JobId> = diesel::insert_into(job_queue::table)
        .values(vec![queued; new.len()])
        .returning(job_queue::job_id)
        .get_results(tx.conn)?;
    ids.sort_unstable();
    let rows: Vec<_> = ids
        .iter()
        .zip(new)
        .map(|(job_id, new)| {
            (
                job::trust_id.eq(trust),
                job::job_id.eq(*job_id),
                job::school_id.eq(new.school_id),
                job::kind.eq(kind),
                job::state.eq(JobState::Queued),
                job::stage.eq("waiting for a worker"),
                job::schools.eq(new.scope.schools_text()),
                job::requested_by.eq(asked.by),
                job::role.eq(asked.role),
                job::requested_at.eq(now),
                job::rests_on.eq(&rests_on),
            )
        })
        .collect();
    diesel::insert_into(job::table).values(rows).execute(tx.conn)?;
    Ok(ids)
}

/// A job under a lease.
pub struct Job<'a> {
    db: &'a Db,
    revocations: &'a Revocations,
    lease: &'a Lease,
    scope: Scope,
    by: String,
    role: String,
    /// What the token of whoever asked rested on.
    basis: Option<Basis>,
    told: Cell<Option<Instant>>,
}

/// Of a job: its schools, who asked for it in which role, and what their token rested on.
type Row = (String, String, String, Option<serde_json::Value>);

impl<'a> Job<'a> {
    /// Begins: from here on only this lease may write for the job.
    pub(super) fn begin(app: &'a App, lease: &'a Lease) -> Result<Self, Problem> {
        let (db, revocations) = (&app.db, &*app.revocations);
        let whole = platform::lease_scope(lease);
        let (schools, by, role, basis) = db.run_job(&whole, |tx| {
            let row: Row = diesel::update(
                tx.of(job::table)
                    .filter(job::job_id.eq(lease.job_id).and(job::fence.lt(lease.fence))),
            )
            .set((
                job::state.eq(JobState::Running),
                job::fence.eq(lease.fence),
                job::attempt.eq(lease.attempt),
                job::started_at.eq(tx.now()),
            ))
            .returning((job::schools, job::requested_by, job::role, job::rests_on))
            .get_result(tx.conn)?;
            Ok(row)
        })?;
        let scope = platform::job_scope(lease, &schools)
            .ok_or_else(|| Problem::internal("a job of no scope"))?;
        let basis = basis.map(serde_json::from_value).transpose().map_err(Problem::internal)?;
        let told = Cell::new(None);
        Ok(Self { db, revocations, lease, scope, by, role, basis, told })
    }

    /// Whether whoever asked for it still may. Errors: 401 when what their token rested on was taken back; 503 when that
    /// is not known.
    fn still_may(&self) -> Result<(), Problem> {
        let Some(basis) = &self.basis else { return Ok(()) };
        self.revocations.keep_known_here()?;
        match self.revocations.end(self.scope.trust(), basis) {
            true => Err(Problem::new(Kind::Unauthenticated)),
            false => Ok(()),
        }
    }

    /// Its key.
    pub fn id(&self) -> JobId {
        self.lease.job_id
    }

    /// Who asked for it.
    pub fn by(&self) -> &str {
        &self.by
    }

    /// In which role.
    pub fn role(&self) -> &str {
        &self.role
    }

    /// Whoever asked for it: who stands in the history of what it does.
    pub fn caller(&self) -> Caller {
        Caller::of_job(self.scope.clone(), self.by.clone(), self.role.clone())
    }

    /// A transaction of whoever asked for the job. Errors: what `work` refuses; 401 when they may no longer; 503 when the
    /// database is away.
    pub fn run<T>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        self.still_may()?;
        self.db.run_job(&self.scope, work)
    }

    /// As [`Job::run`], reading in one snapshot. Errors: as [`Job::run`].
    pub fn snapshot<T>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        self.still_may()?;
        self.db.snapshot_job(&self.scope, work)
    }

    /// Says how far it is in the transaction of an item that it did: nothing of it stands unless the lease is still
    /// ours, and whoever takes the lease next waits for it. Errors: the lease was lost to another worker; the
    /// database's.
    pub fn advance(
        &self,
        tx: &mut Tx<'_>,
        stage: &str,
        done: u64,
        total: u64,
    ) -> Result<(), Problem> {
        if self.say(tx, stage, done, total)? { Ok(()) } else { Err(lost()) }
    }

    fn say(&self, tx: &mut Tx<'_>, stage: &str, done: u64, total: u64) -> Result<bool, Problem> {
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let ours = job::job_id.eq(self.lease.job_id).and(job::fence.eq(self.lease.fence));
        let rows = diesel::update(tx.of(job::table).filter(ours))
            .set((job::stage.eq(stage), job::done.eq(count(done)), job::total.eq(count(total))))
            .execute(tx.conn)?;
        Ok(rows == 1)
    }

    /// Tells how far it is (not more often than people can read) and prolongs the lease. `false`: the lease is lost.
    pub fn tell(&self, stage: &str, done: u64, total: u64) -> bool {
        let recently = self.told.get().is_some_and(|told| told.elapsed() < TELL);
        if recently && (done != total || total == 0) {
            return true;
        }
        self.told.set(Some(Instant::now()));
        let told = self.run(|tx| self.say(tx, stage, done, total));
        // A database that is away for a moment is no reason to stop: the last transaction checks the fence anyway.
        let prolonged = platform::prolong(self.db, self.lease, lease_end(self.db.clock().now()));
        told.unwrap_or(true) && prolonged.unwrap_or(true)
    }

    /// Ends the job, in the transaction of what it did: both are committed, or neither. Errors: the lease was lost to
    /// another worker; the database's.
    pub fn finish(&self, tx: &mut Tx<'_>, how: Finished, stage: &str) -> Result<(), Problem> {
        finish(tx, self.lease, how, stage)
    }
}

/// See [`Job::finish`]; also for a job that failed before it began.
pub(super) fn finish(
    tx: &mut Tx<'_>,
    lease: &Lease,
    how: Finished,
    stage: &str,
) -> Result<(), Problem> {
    let ours = job::job_id.eq(lease.job_id).and(job::fence.le(lease.fence));
    let rows = diesel::update(tx.of(job::table).filter(ours))
        .set((job::state.eq(how.state()), job::stage.eq(stage), job::finished_at.eq(tx.now())))
        .execute(tx.conn)?;
    let left = job_queue::job_id.eq(lease.job_id).and(job_queue::fence.eq(lease.fence));
    let queued = diesel::delete(job_queue::table.filter(left)).execute(tx.conn)?;
    if rows == 1 && queued == 1 {
        return Ok(());
    }
    Err(lost())
}

/// What a job that has lost its lease ends with.
pub fn lost() -> Problem {
    Problem::unavailable(1, "the lease was lost to another worker")
}
