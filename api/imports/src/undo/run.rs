//! The job: take back what an import recorded, in one transaction.

use super::rows::{self, UndoOutcome};
use super::{cases, marks, parents, roll};
use crate::request::ImportKind;
use base::jobs::{Finished, Job};
use base::prelude::*;

/// Takes an import back. It may be started again after any crash: what it does, it does in its last transaction.
/// Errors: the database is away, or something that no check foresaw.
pub fn run(_app: &App, job: &Job<'_>) -> Result<()> {
    job.tell("taking it back", 0, 0);
    job.run(|tx| {
        let asked = rows::asked(tx, job.id())?;
        let mut outcome = UndoOutcome::default();
        if let Some(at) = asked.applied_at {
            match asked.kind {
                ImportKind::Parents => parents::take_back(tx, job, asked.import_id, &mut outcome)?,
                ImportKind::Cases => cases::take_back(tx, job, asked.import_id, &mut outcome)?,
                ImportKind::Marks => marks::take_back(tx, job, asked.import_id, at, &mut outcome)?,
                _ => roll::take_back(tx, job, asked.import_id, at, &mut outcome)?,
            }
        }
        rows::keep(tx, job.id(), &outcome)?;
        job.finish(tx, Finished::Done, "taken back")
    })
}
