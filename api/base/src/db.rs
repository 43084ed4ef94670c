//! The only door to the database. Nobody gets a connection without saying who asks.
//!
//! [`Db::run`] takes a [`Scope`] (which only the token check, the job runner and [`crate::platform`] can make), opens a
//! transaction, binds the trust and its schools inside it, and hands out a [`Tx`]. Row-level security stands behind it:
//! what the scope does not cover does not exist. r2d2, the thread pool and `web::block` are known to this file alone.
//!
//! A trust's requests hold at most its share of the connections. Whoever waits for the trust's share, or for a row that
//! another request of the trust changes, takes no connection from other trusts.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, Pool};
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, RunQueryDsl};
use pq_sys as _;

use crate::clock::Clock;
use crate::id::{SchoolId, TrustId};
use crate::problem::Problem;
use crate::sandbox::Sandboxes;
use crate::share::{Held, Shares};

/// How long a request waits for its trust's turn, and then for a connection, before it is answered with 503.
const WAIT: Duration = Duration::from_secs(1);

/// The schools of the trust that the caller may reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schools {
    /// Every school of the trust, now and later.
    All,
    /// These and no others.
    Only(Vec<SchoolId>),
}

/// Who asks: a trust and its schools. It is the only way to a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    trust: TrustId,
    schools: Schools,
}

impl Scope {
    /// Only the token check, the job runner and the platform make scopes: the wings narrow what they were given.
    pub(crate) fn new(trust: TrustId, schools: Schools) -> Self {
        Self { trust, schools }
    }

    /// The trust's id; 0 is the platform, which owns nothing.
    pub fn trust(&self) -> TrustId {
        self.trust
    }

    /// The schools.
    pub fn schools(&self) -> &Schools {
        &self.schools
    }

    /// Whether a school lies within the scope. Says nothing of whether it exists.
    pub fn covers(&self, school: SchoolId) -> bool {
        match &self.schools {
            Schools::All => true,
            Schools::Only(list) => list.contains(&school),
        }
    }

    /// What one school is of it: that school, or nothing where it lies outside.
    #[must_use]
    pub fn at(&self, school: SchoolId) -> Self {
        let schools = if self.covers(school) { vec![school] } else { Vec::new() };
        Self::new(self.trust, Schools::Only(schools))
    }

    /// As it stands in the setting `app.schools`, in tokens' jobs and in cache keys: `*` or `{1,2}`.
    pub fn schools_text(&self) -> String {
        match &self.schools {
            Schools::All => "*".to_owned(),
            Schools::Only(list) => {
                let list: Vec<String> = list.iter().map(SchoolId::to_string).collect();
                format!("{{{}}}", list.join(","))
            }
        }
    }

    /// The opposite of [`Scope::schools_text`].
    pub(crate) fn from_text(trust: TrustId, schools: &str) -> Option<Self> {
        if schools == "*" {
            return Some(Self::new(trust, Schools::All));
        }
        let inner = schools.strip_prefix('{')?.strip_suffix('}')?;
        let list = inner
            .split(',')
            .filter(|s| !s.is_empty())
            .map(|s| s.parse().ok())
            .collect::<Option<Vec<SchoolId>>>()?;
        Some(Self::new(trust, Schools::Only(list)))
    }
}

/// A transaction that is bound to a scope.
pub struct Tx<'a> {
    /// The connection: row-level security already holds on it.
    pub conn: &'a mut PgConnection,
    scope: &'a Scope,
    clock: &'a Clock,
    ahead: TimeDelta,
}

impl Tx<'_> {
    /// Whose transaction it is.
    pub fn scope(&self) -> &Scope {
        self.scope
    }

    /// The trust's id.
    pub fn trust(&self) -> TrustId {
        self.scope.trust
    }

    /// The instant, as the trust has it: what is recorded goes by it.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// How far the trust's clock is ahead of the machine's: nothing, unless it is a sandbox that has moved it.
    pub fn ahead(&self) -> TimeDelta {
        self.ahead
    }

    /// The machine's instant, which the queue goes by.
    pub fn machine_now(&self) -> DateTime<Utc> {
        self.now() - self.ahead
    }

    /// The instant at which something is recorded that follows what was recorded at `last`: later than that, even when
    /// the clock stands or was set back.
    pub fn after(&self, last: Option<DateTime<Utc>>) -> DateTime<Utc> {
        let now = self.now();
        last.map_or(now, |last| now.max(last + TimeDelta::microseconds(1)))
    }

    /// The trust's clock.
    pub fn clock(&self) -> &Clock {
        self.clock
    }

    /// Waits until no other transaction of the trust is about the same: what it did is then seen here.
    pub fn take_turns(&mut self, about: &str) -> Result<(), Problem> {
        diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, $2))")
            .bind::<Text, _>(about)
            .bind::<BigInt, _>(i64::from(self.scope.trust.number()))
            .execute(self.conn)?;
        Ok(())
    }

    /// Does `work` so that its refusal undoes what it wrote and nothing else of this transaction.
    ///
    /// # Errors
    /// What `work` refuses.
    pub fn savepoint<T>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let Self { scope, clock, ahead, .. } = *self;
        self.conn.transaction(|conn| work(&mut Tx { conn, scope, clock, ahead }))
    }

    /// Does `work` with the eyes of the whole trust: who may see a child, and who may write, depends on enrolments at
    /// schools that the caller may not reach. Only `roll` asks for it, and answers with nothing of what it saw
    /// there but the names of the schools that are asked after a missing child's brothers and sisters.
    ///
    /// # Errors
    /// What `work` refuses.
    pub fn whole_trust<T>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        if self.scope.schools == Schools::All {
            return work(self);
        }
        let Self { clock, ahead, .. } = *self;
        let scope = &Scope::new(self.scope.trust, Schools::All);
        self.conn.batch_execute(&reach(scope))?;
        let done = work(&mut Tx { conn: self.conn, scope, clock, ahead });
        let back = self.conn.batch_execute(&reach(self.scope));
        let done = done?;
        back?;
        Ok(done)
    }

    /// Does `work` for another scope, which `platform` has bound.
    pub(crate) fn bound_to<T>(
        &mut self,
        scope: &Scope,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let Self { clock, ahead, .. } = *self;
        work(&mut Tx { conn: self.conn, scope, clock, ahead })
    }

    /// Does `work` and undoes all that it wrote, so that its answer says what would happen.
    ///
    /// # Errors
    /// What `work` refuses.
    pub fn rehearse<T>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut answer = None;
        let undone = self.savepoint(|tx| {
            answer = Some(work(tx)?);
            Err(Problem::internal("undone, as it was only a rehearsal"))
        });
        answer.map_or(undone, Ok)
    }
}

type PgPool = Pool<ConnectionManager<PgConnection>>;

/// Two pools to one database: one for requests, one for jobs, so that neither starves the other.
#[derive(Clone)]
pub struct Db {
    requests: PgPool,
    /// Of the connections for requests, those of each trust.
    shares: Shares,
    jobs: PgPool,
    clock: Clock,
    sandboxes: Sandboxes,
}

impl Db {
    /// Pools on `url`, without connecting yet: a database that is away is answered with 503, not with a crash.
    pub fn new(url: &str, requests: u32, jobs: u32, clock: Clock) -> Self {
        let pool = |size: u32| {
            Pool::builder()
                .max_size(size.max(1))
                .min_idle(Some(1))
                .connection_timeout(WAIT)
                .test_on_check_out(true)
                .error_handler(Box::new(Quiet))
                .build_unchecked(ConnectionManager::<PgConnection>::new(url))
        };
        // Half of them, so that one busy trust leaves as many to all others.
        let shares = Shares::of(requests.div_ceil(2) as usize);
        let (requests, jobs) = (pool(requests), pool(jobs));
        Self { requests, shares, jobs, clock, sandboxes: Sandboxes::new() }
    }

    /// The machine's clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The clock that a scope's transactions are given: the machine's own, unless the trust is a sandbox.
    ///
    /// # Errors
    /// 503 when the database is away or busy.
    pub async fn clock_of(&self, scope: &Scope) -> Result<Clock, Problem> {
        if self.sandboxes.is_real(scope.trust) {
            return Ok(self.clock.clone());
        }
        self.run(scope, |tx| Ok(tx.clock().clone())).await
    }

    /// Do `work` in a transaction of `scope`: all of it is committed, or nothing.
    ///
    /// # Errors
    /// What `work` refuses; 503 when the database is away or busy.
    pub fn run<T, W>(
        &self,
        scope: &Scope,
        work: W,
    ) -> impl Future<Output = Result<T, Problem>> + use<T, W>
    where
        T: Send + 'static,
        W: FnOnce(&mut Tx<'_>) -> Result<T, Problem> + Send + 'static,
    {
        self.request(scope, Mode::Write, work)
    }

    /// Read in one snapshot (REPEATABLE READ READ ONLY): versions and rows belong together.
    ///
    /// # Errors
    /// As [`Db::run`].
    pub fn snapshot<T, W>(
        &self,
        scope: &Scope,
        work: W,
    ) -> impl Future<Output = Result<T, Problem>> + use<T, W>
    where
        T: Send + 'static,
        W: FnOnce(&mut Tx<'_>) -> Result<T, Problem> + Send + 'static,
    {
        self.request(scope, Mode::Snapshot, work)
    }

    fn request<T, W>(
        &self,
        scope: &Scope,
        mode: Mode,
        work: W,
    ) -> impl Future<Output = Result<T, Problem>> + use<T, W>
    where
        T: Send + 'static,
        W: FnOnce(&mut Tx<'_>) -> Result<T, Problem> + Send + 'static,
    {
        let (db, scope) = (self.clone(), scope.clone());
        async move {
            let held = db.turn(&scope).await?;
            block(move || {
                let _held = held;
                transact(&db, &db.requests, &scope, mode, work)
            })
            .await
        }
    }

    /// Waits, without a connection, until the trust holds less than its share of them.
    async fn turn(&self, scope: &Scope) -> Result<Held, Problem> {
        let turn = self.shares.wait(scope.trust, WAIT).await;
        turn.ok_or_else(|| {
            Problem::unavailable(1, "the trust's requests hold its share of the connections")
        })
    }

    /// As [`Db::run`] for a job, on the jobs' own pool and the calling thread.
    ///
    /// # Errors
    /// As [`Db::run`].
    pub fn run_job<T>(
        &self,
        scope: &Scope,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        transact(self, &self.jobs, scope, Mode::Job, work)
    }

    /// As [`Db::snapshot`] for a job, on the jobs' own pool and the calling thread.
    ///
    /// # Errors
    /// As [`Db::run`].
    pub fn snapshot_job<T>(
        &self,
        scope: &Scope,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        transact(self, &self.jobs, scope, Mode::Snapshot, work)
    }

    /// A connection without a tenant. Only [`crate::platform`] may call it; each use there says why.
    pub(crate) fn without_tenant<T>(
        &self,
        work: impl FnOnce(&mut PgConnection) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut conn = self.jobs.get()?;
        conn.transaction(|conn| work(conn))
    }

    /// As [`Db::without_tenant`], off the request threads.
    pub(crate) async fn without_tenant_async<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut PgConnection) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let db = self.clone();
        block(move || {
            let mut conn = db.requests.get()?;
            conn.transaction(|conn| work(conn))
        })
        .await
    }
}

/// Work that blocks or computes goes off the request threads here and nowhere else.
///
/// # Errors
/// What the work refuses; a panic inside it is a 500 of that request alone.
pub async fn block<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    actix_web::web::block(work).await.map_err(Problem::internal)?
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Write,
    Job,
    Snapshot,
}

impl Mode {
    /// How long it waits for what another transaction has locked: a request says soon that somebody else is at it, and
    /// gives its connection back.
    fn patience(self) -> &'static str {
        match self {
            Mode::Write | Mode::Snapshot => "3s",
            Mode::Job => "10s",
        }
    }

    /// Whether every statement is planned for its values. What a job or a figure asks names a whole trust's pupils, and a
    /// plan that was kept from when a table was nearly empty would compare each of them with every row.
    fn planning(self) -> &'static str {
        match self {
            Mode::Write => "auto",
            Mode::Job | Mode::Snapshot => "force_custom_plan",
        }
    }
}

fn transact<T>(
    db: &Db,
    pool: &PgPool,
    scope: &Scope,
    mode: Mode,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let mut conn = pool.get()?;
    let bound = |conn: &mut PgConnection| {
        conn.batch_execute(&binding(scope, mode))?;
        let ahead = db.sandboxes.ahead(conn, scope.trust)?;
        work(&mut Tx { conn, scope, clock: &db.clock.ahead_by(ahead), ahead })
    };
    match mode {
        Mode::Write | Mode::Job => conn.build_transaction().read_write().run(bound),
        Mode::Snapshot => conn.build_transaction().read_only().repeatable_read().run(bound),
    }
}

/// The tenant is set by the statement, with integers that we format ourselves: `set_config` is not carried to the
/// shards of a distributed Postgres.
fn binding(scope: &Scope, mode: Mode) -> String {
    format!(
        "SET LOCAL app.trust_id = '{}'; {}; SET LOCAL statement_timeout = '60s'; SET LOCAL lock_timeout = '{}'; \
         SET LOCAL plan_cache_mode = '{}'",
        scope.trust,
        reach(scope),
        mode.patience(),
        mode.planning()
    )
}

fn reach(scope: &Scope) -> String {
    format!("SET LOCAL app.schools = '{}'", scope.schools_text())
}

/// r2d2 logs every failed attempt to connect by itself; the request that waited already logs its 503.
#[derive(Debug)]
struct Quiet;

impl<E: std::error::Error> diesel::r2d2::HandleError<E> for Quiet {
    fn handle_error(&self, error: E) {
        tracing::debug!(%error, "no connection to Postgres");
    }
}
