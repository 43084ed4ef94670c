//! Figures: as the trend has them, and as a count over the table of marks has them.

use super::app::Client;
use super::sql::Sql;

/// Possible sessions and absences of the first series of a trend, added up over its windows.
pub fn possible_and_absent(client: &Client, query: &str) -> (i64, i64) {
    let trend = client.get(&format!("/v1/analytics/trend?{query}")).expect(200);
    let cells = trend["series"][0]["cells"].as_array().cloned().unwrap_or_default();
    let sum = |name: &str| cells.iter().map(|cell| cell[name].as_i64().unwrap()).sum();
    (sum("possible"), sum("absent"))
}

/// The same by counting rows: every mark that there is of a trust.
pub fn counted(sql: &mut Sql, trust: i32) -> (i64, i64) {
    let count = |what: &str| {
        format!("SELECT count(*) FILTER (WHERE {what}) FROM mark WHERE trust_id = {trust}")
    };
    (sql.number(&count("possible")), sql.number(&count("absent")))
}
