//! What people see first: persistent absence by school, as the trust's officer would read it.

use std::fmt::Write;

use crate::server::client::{Client, ClientError};
use base::prelude::*;

/// The table of a year: a line a school, then the trust.
pub fn absence_table(client: &Client, year: AcademicYear) -> Result<String, ClientError> {
    let ask = |by: &str| {
        client.get(&format!(
            "/v1/analytics/trend?by={by}&window=year_to_date&definition=dfe-daily&year={}",
            year.number()
        ))
    };
    let (schools, trust) = (ask("school")?, ask("trust")?);
    let mut text = format!(
        "Persistent absence in {}, by school (DfE daily definition, year to date)\n\n",
        year.label()
    );
    let _ = writeln!(
        text,
        "{:34} {:>8} {:>10} {:>12} {:>12} {:>10}",
        "school", "pupils", "absence %", "persistent", "persistent %", "severe %"
    );
    for series in schools["series"].as_array().into_iter().flatten() {
        line(&mut text, series["group"]["label"].as_str().unwrap_or_default(), &series["cells"][0]);
    }
    for series in trust["series"].as_array().into_iter().flatten() {
        line(&mut text, "The trust", &series["cells"][0]);
    }
    Ok(text)
}

fn line(text: &mut String, label: &str, cell: &Value) {
    let persistence = &cell["persistence_to_date"];
    let percent = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let count = |value: &Value| value.as_u64().map_or_else(|| "-".to_owned(), |n| n.to_string());
    let _ = writeln!(
        text,
        "{:34} {:>8} {:>10} {:>12} {:>12} {:>10}",
        label,
        count(&persistence["enrolments"]),
        percent(&cell["absence_percent"]),
        count(&persistence["persistent"]),
        percent(&persistence["persistent_percent"]),
        percent(&persistence["severe_percent"]),
    );
}
