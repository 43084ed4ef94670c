//! The programs that come in: the front ends of two schools, and that of an authority.

use chrono::TimeDelta;
use serde_json::json;

use super::notes::{ClientNote, SchoolNote};
use crate::server::client::Client;
use base::prelude::*;

/// How long they get tokens.
const LASTS: TimeDelta = TimeDelta::days(365);

/// Adds them.
pub fn add_clients(client: &Client, schools: &[SchoolNote]) -> Result<Vec<ClientNote>, String> {
    let clock = client.get("/v1/trust/clock").map_err(|error| error.to_string())?;
    let now = clock["now"].as_str().and_then(|now| now.parse::<DateTime<Utc>>().ok());
    let until = now.ok_or("the clock has no time")? + LASTS;
    let front_ends = schools.iter().take(2).map(|school| {
        let name = format!("Front end of {}", school.name);
        (name, "Registers and the day's list", "school_office", vec![school.school_id])
    });
    let authority =
        ("The authority".to_owned(), "What is shared with it", "la_partner", Vec::new());
    let mut notes = Vec::new();
    for (name, purpose, role, school_ids) in front_ends.chain([authority]) {
        let body = json!({ "name": name, "purpose": purpose, "acts": "itself", "role": role,
            "school_ids": school_ids, "expires_at": until });
        let made = client.post_once("/v1/clients", &body).map_err(|error| error.to_string())?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        notes.push(ClientNote {
            name,
            role: role.to_owned(),
            client_id: text(&made["client"]["identifier"]),
            client_secret: text(&made["secret"]),
        });
    }
    Ok(notes)
}
