//! Every query that runs without a tenant stands in this file, each with its reason.

use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Double, Integer, Nullable, Text, Timestamptz};

use crate::auth::Caller;
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
    caller: &Caller,
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
            trust::created_by.eq(caller.subject()),
            trust::sandbox.eq(sandbox),
        ))
        .execute(tx.conn)?;
    tx.conn.batch_execute(&format!("SET LOCAL app.trust_id = '{}'", tx.trust()))?;
    Ok(id)
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
