//! The job: read the file, check it, apply it.

use super::file::{Stopped, read_marks, read_pupils};
use super::rows::{self, FileKind};
use super::{import_marks, import_pupils};
use crate::app::App;
use crate::http::problem::Problem;
use crate::jobs::{self, Job};
use crate::tenants;

/// Runs an import. It may be started again after any crash: what it does, it does in its last transaction.
///
/// # Errors
/// The database is away, or something that no check foresaw.
pub fn run(app: &App, job: &Job<'_>) -> Result<(), Problem> {
    let (request, bytes) = job.run(|tx| rows::take(tx, job.id()))?;
    let own = match request.school_id {
        Some(school_id) => Some(job.run(|tx| tenants::school(tx, school_id))?.urn),
        None => None,
    };
    let total = u64::try_from(bytes.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(0);
    let lost = |_: Stopped| jobs::lost();
    let mut tell = |rows: u64| job.tell("reading the file", rows, total);
    match request.kind {
        FileKind::Pupils => {
            let reading = read_pupils(&bytes, own.as_deref(), &mut tell).map_err(lost)?;
            drop(bytes);
            import_pupils::import(job, &request, reading)
        }
        FileKind::Marks => {
            let reading =
                read_marks(&bytes, own.as_deref(), &app.codes, &mut tell).map_err(lost)?;
            drop(bytes);
            import_marks::import(app, job, &request, reading)
        }
    }
}
