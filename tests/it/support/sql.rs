//! Looking behind the application's back: SQL as the superuser, whom row-level security does not hold.

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl};

use super::postgres::TestDatabase;

/// One text of an answer; the query calls it `text`.
#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    text: String,
}

fn superuser(database: &TestDatabase) -> PgConnection {
    PgConnection::establish(&database.admin_url()).expect("the test's database")
}

/// Runs statements that answer nothing.
#[track_caller]
pub fn run(database: &TestDatabase, sql: &str) {
    superuser(database).batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// Every table with the number of its rows and a hash of all that stands in them: two equal answers
/// mean that nothing was written in between.
pub fn everything(database: &TestDatabase) -> BTreeMap<String, String> {
    const TABLES: &str =
        "SELECT tablename::text AS text FROM pg_tables WHERE schemaname = 'public'";
    let mut connection = superuser(database);
    let tables: Vec<Row> = diesel::sql_query(TABLES).load(&mut connection).unwrap();
    let content = |table: Row| {
        let sql = format!(
            "SELECT count(*) || ' rows ' || coalesce(md5(string_agg(t::text, ' ' ORDER BY t::text)), '') AS text \
             FROM {} t",
            table.text
        );
        let row: Row = diesel::sql_query(sql).get_result(&mut connection).unwrap();
        (table.text, row.text)
    };
    tables.into_iter().map(content).collect()
}
