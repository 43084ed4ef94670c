//! The way of a file from its reading to its end: what is told of it on the way, and the end itself, where the outcome is
//! kept, the file let go and the job finished, all in one transaction.

use files::{Columns, Notice, Problems, Reading};

use super::outcome::{Counts, Outcome};
use super::request::Request;
use super::rows;
use base::jobs::{Finished, Job};
use base::prelude::*;

/// A file that was read and is being checked.
pub(super) struct Checking<'a> {
    pub request: &'a Request,
    /// The file's, to name the cells of a problem.
    pub columns: Columns,
    pub problems: Problems,
    pub notices: Vec<Notice>,
    pub counts: Counts,
    rows: u64,
}

impl<'a> Checking<'a> {
    /// Begins with what the reading found. What the file says comes first.
    pub fn begin<T>(request: &'a Request, reading: Reading<T>) -> (T, Self) {
        let Reading { file, problems, problem_count, notices, rows, columns } = reading;
        let problems = Problems::continuing(problems, problem_count);
        (file, Self { request, columns, problems, notices, counts: Counts::default(), rows })
    }

    /// Whether nothing is wrong with the file, and more is asked than what it would come to.
    pub fn may_apply(&self) -> bool {
        self.problems.is_empty() && !self.request.dry_run
    }

    /// Ends the import in the transaction of what it did. `applied_at`: the instant of the facts it wrote, if any.
    pub fn conclude(
        self,
        tx: &mut Tx,
        job: &Job<'_>,
        applied_at: Option<DateTime<Utc>>,
    ) -> Result<()> {
        let Self { request, columns, problems, mut notices, counts, rows } = self;
        notices.sort_by_key(|notice| notice.line);
        let (problems, problem_count) = problems.finish();
        let outcome =
            Outcome { rows, problem_count, problems, notices, counts, applied_at, touched: None };
        conclude(tx, job, request, outcome, &columns)
    }
}

/// Concludes an import in the transaction of what it did. `columns` are the file's, to name the cells of a workbook.
pub(super) fn conclude(
    tx: &mut Tx,
    job: &Job<'_>,
    request: &Request,
    mut outcome: Outcome,
    columns: &Columns,
) -> Result<()> {
    outcome.problems.iter_mut().for_each(|problem| columns.place(problem));
    rows::keep_outcome(tx, job.id(), &outcome)?;
    let (how, stage) = match (outcome.problem_count, request.dry_run) {
        (0, false) => (Finished::Done, "applied"),
        (0, true) => (Finished::Done, "checked; nothing was changed"),
        _ => (Finished::Refused, "refused: nothing was changed"),
    };
    job.finish(tx, how, stage)
}
