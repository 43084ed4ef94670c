//! A run is carried out: each kind has a file of its own.

use domain::schedule::Occasion;

use super::{close_period, deadlines, leavers, open_review, rows};
use crate::app::App;
use crate::http::problem::Problem;
use crate::jobs::Job;

/// Carries out the run of this job.
///
/// # Errors
/// The database is away; the lease is lost; something that no check foresaw.
pub fn carry_out(app: &App, job: &Job<'_>) -> Result<(), Problem> {
    let row = job.run(|tx| rows::row(tx, job.id()))?;
    match Occasion::read(&row.kind) {
        Some(Occasion::Review) => open_review::open_review(app, job, &row),
        Some(Occasion::Deadlines) => deadlines::deadlines(job, &row),
        Some(Occasion::Leavers) => leavers::leavers(job, &row),
        _ => close_period::close_period(app, job, &row),
    }
}
