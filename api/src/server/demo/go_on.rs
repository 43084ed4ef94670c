//! The demonstration goes on: what its schools would have recorded since, where nobody else has.
//!
//! Nothing that somebody recorded is overwritten: a calendar that is there stays, marks only fill what is missing, and
//! a pupil whose days, school or number somebody changed is left to them. A pupil who was moved to another school of the
//! demonstration has marks there.

use chrono::Datelike;
use demo::{File, SchoolPlan, files};
use serde_json::Value;

use super::SEED;
use super::load::calendar_body;
use super::notes::Notes;
use super::recorded::{Recorded, Row, read_rows, write_rows};
use crate::server::client::{Client, ClientError};
use crate::server::progress::Progress;
use base::prelude::*;

/// How often a file of pupils is sent again without the rows that were refused.
const TRIES: usize = 5;

/// Brings in what the schools would have recorded up to the trust's clock. Its date is answered.
pub fn go_on(client: &Client, notes: &Notes, progress: &Progress) -> Result<NaiveDate, String> {
    let clock = client.get("/v1/trust/clock").map_err(words)?;
    let today = clock["today"].as_str().and_then(|today| today.parse().ok());
    let today: NaiveDate = today.ok_or("the clock has no date")?;
    let mut then = notes.sent_to.unwrap_or(today);
    for stop in stops(then, today) {
        step(client, notes, progress, (then, stop))?;
        then = stop;
    }
    Ok(today)
}

/// Two school years are shown on a day, so that each year is sent to its end before the next begins.
fn stops(then: NaiveDate, today: NaiveDate) -> Vec<NaiveDate> {
    let ends = (then.year()..=today.year()).filter_map(|year| NaiveDate::from_ymd_opt(year, 8, 31));
    ends.filter(|end| then < *end && *end < today).chain([today]).collect()
}

/// From one day to another.
fn step(
    client: &Client,
    notes: &Notes,
    progress: &Progress,
    (then, today): (NaiveDate, NaiveDate),
) -> Result<(), String> {
    let size = notes.size.parse()?;
    let plan = demo::plan(SEED, size, today);
    for (school, note) in plan.schools.iter().zip(&notes.schools) {
        put_missing_calendars(client, note.school_id, school)?;
    }
    let earlier = files(&demo::plan(SEED, size, then), SEED, then).next();
    let mut later = files(&plan, SEED, today);
    let (Some(earlier), Some(pupils)) = (earlier, later.next()) else { return Ok(()) };
    let (earlier, pupils_later) = (read_rows(&earlier.bytes)?, read_rows(&pupils.bytes)?);
    let recorded = Recorded::read(client, &notes.schools)?;
    let rows = recorded.rows(client, &earlier, &pupils_later)?;
    send_pupils(client, &pupils, rows, progress)?;
    let planned = [earlier, pupils_later].concat();
    let mut moved = Vec::new();
    for file in later {
        moved.extend(recorded.moved(&planned, read_rows(&file.bytes)?));
        fill(client, &file, progress)?;
    }
    let bytes = write_rows(&moved)?;
    let file = File { name: "marks-moved.csv".to_owned(), kind: "marks", bytes };
    if moved.is_empty() { Ok(()) } else { fill(client, &file, progress) }
}

fn put_missing_calendars(
    client: &Client,
    school_id: SchoolId,
    school: &SchoolPlan,
) -> Result<(), String> {
    for calendar in school.calendars.iter().chain(&school.coming) {
        let path = format!("/v1/schools/{school_id}/calendar/{}", calendar.year().number());
        match client.get(&path) {
            Ok(_) => {}
            Err(ClientError::Refused { status: 404, .. }) => {
                client.put(&path, &calendar_body(calendar)).map_err(words)?;
            }
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok(())
}

/// Sends a file of pupils; rows that something else speaks against are left out, and it is sent again.
fn send_pupils(
    client: &Client,
    file: &File,
    mut rows: Vec<Row>,
    progress: &Progress,
) -> Result<(), String> {
    for _ in 0..TRIES {
        if rows.is_empty() {
            return Ok(());
        }
        let path = format!("/v1/imports?kind={}&file_name={}", file.kind, file.name);
        let done = progress.send(client, &path, None, &file.name, &write_rows(&rows)?)?;
        if done["job"]["state"] == "done" {
            return Ok(());
        }
        let problems = done["result"]["problems"].as_array().map_or(&[][..], Vec::as_slice);
        let refused: BTreeSet<u64> =
            problems.iter().filter_map(|one| one["line"].as_u64()).collect();
        // The first line names the columns.
        let upns: BTreeSet<String> = (2..)
            .zip(&rows)
            .filter(|(line, _)| refused.contains(line))
            .filter_map(|(_, row)| row.get("upn").cloned())
            .collect();
        if upns.is_empty() {
            return Err(format!(
                "{} was not applied: {}",
                file.name, done["result"]["problems"][0]
            ));
        }
        rows.retain(|row| row.get("upn").is_none_or(|upn| !upns.contains(upn)));
    }
    Err(format!("{} was not applied in {TRIES} tries", file.name))
}

/// Sends a file of marks that only fills what is missing.
fn fill(client: &Client, file: &File, progress: &Progress) -> Result<(), String> {
    let path = format!("/v1/imports?kind={}&file_name={}&fill=true", file.kind, file.name);
    let done: Value = progress.send(client, &path, None, &file.name, &file.bytes)?;
    match done["job"]["state"].as_str() {
        Some("done") => Ok(()),
        _ => Err(format!("{} was not applied: {}", file.name, done["result"]["problems"][0])),
    }
}

fn words(error: ClientError) -> String {
    error.to_string()
}
