//! The database's owner at work: roles, migrations, and the code table for people with `psql`.
//!
//! Owns: code_period.

use chrono::NaiveDate;
use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use domain::{CodePeriod, CodeTable};

use schema::code_period;

/// Every migration, compiled in.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// The group that may do what the application does. Whoever logs in as the application is a member.
pub const GROUP: &str = "rollcall_app";
/// The login role of an embedded database's application.
pub const APPLICATION: &str = "rollcall";
/// The login role of an embedded database's owner.
pub const OWNER: &str = "rollcall_owner";
/// The login roles of an embedded database.
pub const ROLES: [&str; 2] = [APPLICATION, OWNER];
/// The name of an embedded database.
pub const DATABASE: &str = "rollcall";

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// No connection.
    #[error("cannot connect to the database: {0}")]
    Connect(#[from] diesel::ConnectionError),
    /// A migration, or the code table.
    #[error("{0}")]
    Database(#[from] diesel::result::Error),
    /// What changes rows changed another number of them than it was told to.
    #[error("{changed} rows were changed where {expected} should have been: nothing of it stands")]
    Rows {
        /// How many it was told to change.
        expected: usize,
        /// How many it changed.
        changed: usize,
    },
    /// A migration.
    #[error("a migration failed: {0}")]
    Migration(Box<dyn std::error::Error + Send + Sync>),
    /// The code table of the program itself.
    #[error("codes.toml: {0}")]
    Codes(String),
}

/// On a server of our own: the roles, and a database with everything in it.
pub fn prepare(admin: impl Fn(&str) -> String, database: &str) -> Result<(), MigrateError> {
    let mut server = PgConnection::establish(&admin("postgres"))?;
    server.batch_execute(&format!(
        "DO $$ BEGIN \
           IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{GROUP}') THEN CREATE ROLE {GROUP} NOLOGIN; END IF; \
           IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER}') THEN CREATE ROLE {OWNER} LOGIN; END IF; \
           IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION}') THEN \
             CREATE ROLE {APPLICATION} LOGIN IN ROLE {GROUP}; END IF; \
         END $$"
    ))?;
    let there: bool = diesel::select(diesel::dsl::sql::<diesel::sql_types::Bool>(&format!(
        "EXISTS (SELECT FROM pg_database WHERE datname = '{database}')"
    )))
    .get_result(&mut server)?;
    if !there {
        server.batch_execute(&format!("CREATE DATABASE {database} OWNER {OWNER}"))?;
    }
    let mut owned = PgConnection::establish(&admin(database))?;
    owned.batch_execute(&format!("ALTER SCHEMA public OWNER TO {OWNER}; SET ROLE {OWNER}"))?;
    migrate_on(&mut owned)
}

/// On somebody's server, as the owner: the group role if it is not there, then everything. `application` is the login
/// role that becomes a member of the group, unless it is one. Errors: the database's, among them that the owner may not
/// create or grant roles: then an administrator creates `rollcall_app` and makes the application's role a member first.
pub fn migrate(owner_url: &str, application: Option<&str>) -> Result<(), MigrateError> {
    let mut conn = PgConnection::establish(owner_url)?;
    conn.batch_execute(&format!(
        "DO $$ BEGIN \
           IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{GROUP}') THEN CREATE ROLE {GROUP} NOLOGIN; END IF; \
         END $$"
    ))?;
    if let Some(role) = application
        && !is_member(&mut conn, role)?
    {
        let role = role.replace('"', "\"\"");
        conn.batch_execute(&format!("GRANT {GROUP} TO \"{role}\""))?;
    }
    migrate_on(&mut conn)
}

/// Whether a role is in the group. An owner who is no administrator may not even repeat the grant.
fn is_member(conn: &mut PgConnection, role: &str) -> Result<bool, diesel::result::Error> {
    diesel::select(
        diesel::dsl::sql::<diesel::sql_types::Bool>("pg_has_role(")
            .bind::<diesel::sql_types::Text, _>(role)
            .sql(&format!("::name, '{GROUP}', 'MEMBER')")),
    )
    .get_result(conn)
}

/// The versions of all migrations, as the database records them. Errors: they cannot be read.
pub fn versions() -> Result<BTreeSet<String>, MigrateError> {
    let all = MigrationSource::<Pg>::migrations(&MIGRATIONS).map_err(MigrateError::Migration)?;
    Ok(all.iter().map(|migration| migration.name().version().to_string()).collect())
}

/// The planner is told nothing of single trusts. From statistics it would expect one row of a trust that joined after
/// they were gathered, any index would seem as good as another, and joins would compare every pupil of the trust with
/// every other; without them it expects the same small part of a table of every trust. Every table gets this that has a
/// trust, whichever migration made it.
const OF_NO_TRUST: &str = "\
    DO $$ DECLARE name regclass; BEGIN \
        FOR name IN SELECT a.attrelid::regclass FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') \
              AND a.attname = 'trust_id' AND a.attstattarget IS DISTINCT FROM 0 LOOP \
            EXECUTE format('ALTER TABLE %s ALTER COLUMN trust_id SET STATISTICS 0', name); \
        END LOOP; \
    END $$";

fn migrate_on(conn: &mut PgConnection) -> Result<(), MigrateError> {
    // Two that start at once go one after the other; the lock ends with the connection.
    conn.batch_execute("SELECT pg_advisory_lock(hashtextextended('rollcall migrate', 0))")?;
    conn.run_pending_migrations(MIGRATIONS).map_err(MigrateError::Migration)?;
    conn.batch_execute(OF_NO_TRUST)?;
    // The application compares them with its own before it serves.
    conn.batch_execute(&format!("GRANT SELECT ON __diesel_schema_migrations TO {GROUP}"))?;
    let codes =
        CodeTable::built_in().map_err(|errors| MigrateError::Codes(format!("{errors:?}")))?;
    conn.transaction(|conn| {
        diesel::delete(code_period::table).execute(conn)?;
        let rows: Vec<_> = codes.periods().map(row).collect();
        diesel::insert_into(code_period::table).values(rows).execute(conn)
    })?;
    Ok(())
}

type CodeRow = (
    (diesel::dsl::Eq<code_period::number, i16>, diesel::dsl::Eq<code_period::code, String>),
    (
        diesel::dsl::Eq<code_period::first_day, NaiveDate>,
        diesel::dsl::Eq<code_period::last_day, NaiveDate>,
    ),
    (diesel::dsl::Eq<code_period::category, String>, diesel::dsl::Eq<code_period::withdrawn, bool>),
    (diesel::dsl::Eq<code_period::possible, bool>, diesel::dsl::Eq<code_period::absent, bool>),
    (
        diesel::dsl::Eq<code_period::authorised, bool>,
        diesel::dsl::Eq<code_period::unauthorised, bool>,
    ),
    (diesel::dsl::Eq<code_period::late, bool>, diesel::dsl::Eq<code_period::approved, bool>),
);

fn row(period: &CodePeriod) -> CodeRow {
    let counts = period.counts;
    let far = |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
    (
        (
            code_period::number.eq(i16::from(period.number.get())),
            code_period::code.eq(period.code.clone()),
        ),
        (
            code_period::first_day.eq(period.from.unwrap_or_else(|| far(1900))),
            code_period::last_day.eq(period.to.unwrap_or_else(|| far(9999))),
        ),
        (
            code_period::category.eq(period.category.text().to_owned()),
            code_period::withdrawn.eq(period.withdrawn),
        ),
        (code_period::possible.eq(counts.possible()), code_period::absent.eq(counts.absent())),
        (
            code_period::authorised.eq(counts.authorised()),
            code_period::unauthorised.eq(counts.unauthorised()),
        ),
        (code_period::late.eq(counts.late()), code_period::approved.eq(counts.approved())),
    )
}
