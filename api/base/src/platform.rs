//! Every query that runs without a tenant stands in this file, each with its reason.

use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bytea, Double, Integer, Nullable, Text, Timestamptz};

use crate::db::{Db, Schools, Scope, Tx};
use crate::id::{JobId, TrustId};
use crate::migrate;
use crate::problem::Problem;
use schema::{job_queue, trust};

/// A job that is due, with the lease under which it may be worked on.
#[derive(Debug, Clone, QueryableByName)]
pub struct Lease {
    /// The job.
    #[diesel(sql_type = BigInt)]
    pub job_id: JobId,
    /// Its trust.
    #[diesel(sql_type = Integer)]
    pub trust_id: TrustId,
    /// What kind of work.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Which attempt this is, from 1.
    #[diesel(sql_type = Integer)]
    pub attempt: i32,
    /// Whoever holds an older number may not write any more.
    #[diesel(sql_type = BigInt)]
    pub fence: i64,
}

/// A new trust. Without a tenant because there is none before it; the tenant is bound as soon as its id is known.
pub fn create_trust(
    tx: &mut Tx<'_>,
    by: &str,
    name: &str,
    sandbox: bool,
) -> Result<TrustId, Problem> {
    #[derive(QueryableByName)]
    struct Id {
        #[diesel(sql_type = Integer)]
        id: TrustId,
    }
    let id =
        diesel::sql_query("SELECT nextval('trust_ids')::int AS id").get_result::<Id>(tx.conn)?.id;
    tx.conn.batch_execute(&format!("SET LOCAL app.trust_id = '{id}'"))?;
    diesel::insert_into(trust::table)
        .values((
            trust::trust_id.eq(id),
            trust::name.eq(name),
            trust::created_at.eq(tx.now()),
            trust::created_by.eq(by),
            trust::sandbox.eq(sandbox),
        ))
        .execute(tx.conn)?;
    tx.conn.batch_execute(&format!("SET LOCAL app.trust_id = '{}'", tx.trust()))?;
    Ok(id)
}

/// Does `work` in a trust that the platform's own staff set up. Without a tenant because they belong to none; it is bound
/// for this work and no longer. Errors: what `work` refuses.
pub fn within<T>(
    tx: &mut Tx<'_>,
    trust: TrustId,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, Problem>,
) -> Result<T, Problem> {
    tx.conn.batch_execute(&format!("SET LOCAL app.trust_id = '{trust}'"))?;
    let done = tx.bound_to(&Scope::new(trust, Schools::All), work)?;
    tx.conn.batch_execute(&format!("SET LOCAL app.trust_id = '{}'", tx.trust()))?;
    Ok(done)
}

/// The whole trust of a client that has yet to prove who it is. Without a tenant because nobody has come in: what is read
/// there is the client itself, to compare its secret.
pub fn at_the_door(trust: TrustId) -> Scope {
    Scope::new(trust, Schools::All)
}

/// Something that was taken back.
pub struct Revoked {
    /// Whose.
    pub trust_id: TrustId,
    /// What.
    pub about: String,
    /// Its number, which rises.
    pub number: i64,
    /// Until when a token may rest on it.
    pub until: DateTime<Utc>,
}

/// A row of the answer to [`revoked_since`].
#[derive(QueryableByName)]
pub struct Heard {
    /// Every transaction before this one has been heard of.
    #[diesel(sql_type = BigInt)]
    pub heard: i64,
    #[diesel(sql_type = Nullable<Integer>)]
    trust_id: Option<TrustId>,
    #[diesel(sql_type = Nullable<Text>)]
    about: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    number: Option<i64>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    until: Option<DateTime<Utc>>,
}

impl Heard {
    /// What was taken back; nothing where nothing is new.
    pub fn revoked(self) -> Option<Revoked> {
        let Self { trust_id, about, number, until, .. } = self;
        Some(Revoked { trust_id: trust_id?, about: about?, number: number?, until: until? })
    }
}

/// What was taken back by transactions from `after` on, in every trust. Without a tenant because a token of any may come.
/// Of two transactions the earlier may commit later: every one that was still running the last time is asked about again.
pub fn revoked_since(
    conn: &mut PgConnection,
    after: i64,
    now: DateTime<Utc>,
) -> QueryResult<Vec<Heard>> {
    diesel::sql_query(
        "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS heard, \
             r.trust_id, r.about, r.revocation_id AS number, r.until \
         FROM (SELECT 1) AS always LEFT JOIN revocation r ON r.xact >= $1 AND r.until > $2",
    )
    .bind::<BigInt, _>(after)
    .bind::<Timestamptz, _>(now)
    .load(conn)
}

/// A signing key that all processes share, sealed.
#[derive(QueryableByName)]
pub struct SharedKey {
    /// Its number, from 1.
    #[diesel(sql_type = Integer)]
    pub number: i32,
    /// Sealed as the platform's.
    #[diesel(sql_type = Bytea)]
    pub sealed: Vec<u8>,
    /// When it was made.
    #[diesel(sql_type = Timestamptz)]
    pub made_at: DateTime<Utc>,
}

/// The signing keys that all processes share, in the order in which they were made. Without a tenant because they sign for
/// all of them. Errors: 503 when the database is away.
pub async fn shared_keys(db: &Db) -> Result<Vec<SharedKey>, Problem> {
    db.without_tenant_async(|conn| Ok(diesel::sql_query(SHARED_KEYS).load(conn)?)).await
}

const SHARED_KEYS: &str = "SELECT number, sealed, made_at FROM signing_key ORDER BY number";

/// Seals those signing keys anew of which `anew` says how; how many it were. Without a tenant: see [`shared_keys`].
pub fn renew_shared_keys(
    db: &Db,
    anew: impl Fn(&SharedKey) -> Result<Option<Vec<u8>>, Problem>,
) -> Result<usize, Problem> {
    db.without_tenant(|conn| {
        let mut renewed = 0;
        for key in diesel::sql_query(SHARED_KEYS).load::<SharedKey>(conn)? {
            let Some(sealed) = anew(&key)? else { continue };
            renewed += diesel::sql_query("UPDATE signing_key SET sealed = $2 WHERE number = $1")
                .bind::<Integer, _>(key.number)
                .bind::<Bytea, _>(sealed)
                .execute(conn)?;
        }
        Ok(renewed)
    })
}

/// Adds a signing key, unless another process has added one with its number. Without a tenant: see [`shared_keys`].
pub async fn add_shared_key(db: &Db, key: SharedKey) -> Result<(), Problem> {
    db.without_tenant_async(move |conn| {
        diesel::sql_query(
            "INSERT INTO signing_key (number, sealed, made_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind::<Integer, _>(key.number)
        .bind::<Bytea, _>(key.sealed)
        .bind::<Timestamptz, _>(key.made_at)
        .execute(conn)?;
        Ok(())
    })
    .await
}

/// Forgets what concerns no token any more. Without a tenant: see [`revoked_since`].
pub async fn forget_revoked(db: &Db) -> Result<(), Problem> {
    let now = db.clock().now();
    db.without_tenant_async(move |conn| {
        diesel::sql_query("DELETE FROM revocation WHERE until < $1")
            .bind::<Timestamptz, _>(now)
            .execute(conn)?;
        Ok(())
    })
    .await
}

/// Every trust, whole, for the clockwork. Without a tenant because it serves all of them; only numbers are read, and some
/// of them may stand for no trust: row-level security shows nothing there.
pub fn every_trust(db: &Db) -> Result<Vec<Scope>, Problem> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        id: TrustId,
    }
    let rows: Vec<Row> = db.without_tenant(|conn| {
        let all =
            "SELECT id FROM generate_series(1, pg_sequence_last_value('trust_ids')::int) AS id";
        Ok(diesel::sql_query(all).load(conn)?)
    })?;
    Ok(rows.into_iter().map(|row| Scope::new(row.id, Schools::All)).collect())
}

/// Takes the lease of a job that is due: of the trusts that have fewest running, the one whose turn it is, which comes
/// later for a trust that `waits` (so many seconds). Without a tenant because a worker serves all trusts; the queue holds
/// ids only.
pub fn lease(
    db: &Db,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    waits: &[(TrustId, f64)],
) -> Result<Option<Lease>, Problem> {
    let (trusts, seconds): (Vec<TrustId>, Vec<f64>) = waits.iter().copied().unzip();
    db.without_tenant(|conn| {
        let lease = diesel::sql_query(
            "WITH running AS ( \
                 SELECT trust_id, count(*) AS jobs FROM job_queue WHERE lease_until >= $1 GROUP BY trust_id) \
             UPDATE job_queue SET lease_until = $2, fence = fence + 1, attempt = attempt + 1 \
             WHERE job_id = (SELECT q.job_id FROM job_queue q LEFT JOIN running USING (trust_id) \
                 LEFT JOIN unnest($3, $4) AS used (trust_id, seconds) USING (trust_id) \
                 WHERE q.due <= $1 AND (q.lease_until IS NULL OR q.lease_until < $1) \
                 ORDER BY coalesce(running.jobs, 0), q.turn + coalesce(used.seconds, 0) * interval '1 second', q.job_id \
                 LIMIT 1 FOR UPDATE OF q SKIP LOCKED) \
             RETURNING job_id, trust_id, kind, attempt, fence",
        )
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(until)
        .bind::<Array<Integer>, _>(trusts)
        .bind::<Array<Double>, _>(seconds)
        .get_result(conn)
        .optional()?;
        Ok(lease)
    })
}

/// Prolongs a lease that is still ours. Without a tenant: see [`lease`].
pub fn prolong(db: &Db, lease: &Lease, until: DateTime<Utc>) -> Result<bool, Problem> {
    db.without_tenant(|conn| {
        let ours = job_queue::job_id.eq(lease.job_id).and(job_queue::fence.eq(lease.fence));
        let rows = diesel::update(job_queue::table.filter(ours))
            .set(job_queue::lease_until.eq(Some(until)))
            .execute(conn)?;
        Ok(rows == 1)
    })
}

/// Puts a job back for later after a failure that may pass. Without a tenant: see [`lease`].
pub fn postpone(db: &Db, lease: &Lease, due: DateTime<Utc>) -> Result<(), Problem> {
    db.without_tenant(|conn| {
        let ours = job_queue::job_id.eq(lease.job_id).and(job_queue::fence.eq(lease.fence));
        diesel::update(job_queue::table.filter(ours))
            .set((job_queue::due.eq(due), job_queue::lease_until.eq(None::<DateTime<Utc>>)))
            .execute(conn)?;
        Ok(())
    })
}

/// The scope that a leased job runs under: that of whoever asked for it. The tenant comes from the queue's row.
pub fn job_scope(lease: &Lease, schools: &str) -> Option<Scope> {
    Scope::from_text(lease.trust_id, schools)
}

/// The whole trust, to read what a leased job is about before its own scope is known.
pub fn lease_scope(lease: &Lease) -> Scope {
    Scope::new(lease.trust_id, Schools::All)
}

/// Whether the database answers. Without a tenant because it asks about none. Errors: 503 when it does not answer.
pub async fn ready(db: &Db) -> Result<(), Problem> {
    db.without_tenant_async(|conn| {
        diesel::sql_query("SELECT 1 FROM code_period LIMIT 1").execute(conn)?;
        Ok(())
    })
    .await
}

#[derive(QueryableByName)]
struct VersionRow {
    #[diesel(sql_type = Text)]
    version: String,
}

/// Refuses a database that lacks a migration of this program. Without a tenant because it asks about none.
pub fn check_migrated(db: &Db) -> Result<(), String> {
    const TO_DO: &str = "bring it up to date with `rollcall migrate` as its owner (MIGRATE_URL)";
    let wanted = migrate::versions().map_err(|error| error.to_string())?;
    let done = db.without_tenant(|conn| {
        let all = "SELECT version::text AS version FROM __diesel_schema_migrations";
        Ok(diesel::sql_query(all).load::<VersionRow>(conn)?)
    });
    let done = done.map_err(|_| format!("the database is not Rollcall's yet: {TO_DO}"))?;
    if wanted.iter().all(|version| done.iter().any(|row| row.version == *version)) {
        return Ok(());
    }
    Err(format!("the database lacks migrations of this version: {TO_DO}"))
}

#[derive(QueryableByName)]
struct RoleRow {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<Text>)]
    refusal: Option<String>,
}

/// Refuses a database role for which row-level security would not hold. Without a tenant because it asks about the
/// role itself. Errors: one sentence that says what is wrong with the role, or that the database does not answer.
pub fn check_role(db: &Db) -> Result<(), String> {
    let row: RoleRow = db
        .without_tenant(|conn| {
            Ok(diesel::sql_query(
                "SELECT r.rolname::text AS name, CASE \
                   WHEN r.rolsuper THEN 'is a superuser' \
                   WHEN r.rolbypassrls THEN 'has BYPASSRLS' \
                   WHEN EXISTS (SELECT FROM pg_roles s WHERE (s.rolsuper OR s.rolbypassrls) \
                        AND pg_has_role(s.oid, 'MEMBER')) THEN 'can become a role that sees everything' \
                   WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                        WHERE n.nspname = 'public' AND pg_has_role(c.relowner, 'MEMBER')) THEN 'owns tables' \
                   WHEN NOT EXISTS (SELECT FROM pg_roles g WHERE g.rolname = 'rollcall_app' \
                        AND pg_has_role(g.oid, 'USAGE')) THEN 'is not a member of rollcall_app' \
                 END AS refusal FROM pg_roles r WHERE r.rolname = current_user",
            )
            .get_result(conn)?)
        })
        .map_err(|problem| match problem.internal_text() {
            // libpq speaks in several lines.
            Some(why) => format!(
                "the database does not answer: {}",
                why.split_whitespace().collect::<Vec<_>>().join(" ")
            ),
            None => "the database does not answer".to_owned(),
        })?;
    match row.refusal {
        None => Ok(()),
        Some(why) => Err(format!(
            "the database role {} {why}: row-level security would not protect one trust from another. \
             Give DATABASE_URL a plain login role that owns nothing (GRANT rollcall_app TO it), \
             and MIGRATE_URL the owner",
            row.name
        )),
    }
}

/// The scope of a link that is given to people without a token. Without a token because they have none: the link names
/// the trust, and whoever asks for its scope compares what nobody can guess in it before anything is answered or written.
pub fn scope_of_link(trust: TrustId) -> Scope {
    Scope::new(trust, Schools::All)
}
