//! Looking behind the application's back: SQL as the superuser, for whom no row-level security holds.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl};

use super::postgres::TestDatabase;
use super::statements;

/// A connection that sees everything.
pub struct Sql(pub PgConnection);

impl Sql {
    /// To the database at an address.
    pub fn at(url: &str) -> Self {
        let mut connection = PgConnection::establish(url).unwrap();
        statements::ignore(&mut connection);
        // Whoever holds a lock for longer than this will never let go of it.
        connection.batch_execute("SET lock_timeout = '120s'").unwrap();
        Self(connection)
    }

    /// To a test's own database, as the superuser.
    pub fn of(database: &TestDatabase) -> Self {
        Self::at(&database.admin_url())
    }

    /// Runs statements that answer nothing.
    #[track_caller]
    pub fn run(&mut self, sql: &str) {
        self.0.batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// What the database says to a statement that it refuses.
    #[track_caller]
    pub fn refused(&mut self, sql: &str) -> String {
        self.0.batch_execute(sql).expect_err(sql).to_string()
    }

    /// The one number that a query answers, such as `SELECT count(*) FROM mark`.
    pub fn number(&mut self, query: &str) -> i64 {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = BigInt)]
            value: i64,
        }
        let sql = format!("SELECT ({query})::bigint AS value");
        diesel::sql_query(sql).get_result::<Row>(&mut self.0).unwrap().value
    }

    /// The texts of a query with one column, in its order.
    pub fn texts(&mut self, query: &str) -> Vec<String> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            value: String,
        }
        let sql = format!("SELECT value::text AS value FROM ({query}) AS q (value)");
        let rows: Vec<Row> = diesel::sql_query(sql).load(&mut self.0).unwrap();
        rows.into_iter().map(|row| row.value).collect()
    }

    /// Waits until so many connections to this database wait for a lock.
    #[track_caller]
    pub fn wait_for_waiting(&mut self, connections: i64) {
        let waiting = "SELECT count(*) FROM pg_stat_activity \
            WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let since = Instant::now();
        while self.number(waiting) < connections {
            assert!(since.elapsed() < Duration::from_secs(30), "nobody waits for a lock");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// How often anything was written that a figure is counted from, and how many changes of marks are recorded.
    pub fn written(&mut self) -> (i64, i64) {
        (
            self.number("SELECT coalesce(sum(version), 0) FROM school_version"),
            self.number("SELECT count(*) FROM mark_event"),
        )
    }

    /// Every table with the number of its rows and a hash of all that stands in them, but for the tables named: two
    /// equal answers mean that nothing was written in between.
    pub fn everything_but(&mut self, left_out: &[&str]) -> BTreeMap<String, String> {
        let tables = self.texts("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
        assert!(tables.iter().any(|table| table == "mark_event"));
        let counted = tables.into_iter().filter(|table| !left_out.contains(&table.as_str()));
        counted
            .map(|table| {
                let contents = self.texts(&format!(
                    "SELECT count(*) || ' rows ' || coalesce(md5(string_agg(t::text, ' ' ORDER BY t::text)), '') FROM {table} t"
                ));
                (table, contents.concat())
            })
            .collect()
    }

    /// As [`Sql::everything_but`], with nothing left out.
    pub fn everything(&mut self) -> BTreeMap<String, String> {
        self.everything_but(&[])
    }

    /// What is recorded about schools and children: [`Sql::everything`] but for the requests themselves.
    pub fn facts(&mut self) -> BTreeMap<String, String> {
        self.everything_but(&[
            "job",
            "job_queue",
            "import",
            "import_chunk",
            "import_undo",
            "upload",
            "upload_part",
            "idempotency",
        ])
    }
}
