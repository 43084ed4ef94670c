//! Taking back an import of pupils.

use super::rows::UndoOutcome;
use base::jobs::Job;
use base::prelude::*;
use marks::{self, Changed};
use roll::pupils::{self, Left};
use school::tenants;

/// Takes back the facts of the roll that were recorded at an instant.
pub(super) fn take_back(
    tx: &mut Tx,
    job: &Job<'_>,
    import_id: ImportId,
    imported: DateTime<Utc>,
    outcome: &mut UndoOutcome,
) -> Result<()> {
    let schools = pupils::schools_recorded_at(tx, imported)?;
    let locked = tenants::lock_schools(tx, &schools, &[])?;
    let back = pupils::take_back(tx, &schools, imported)?;
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    outcome.enrolments_taken_back = count(back.enrolments);
    outcome.days_restored = count(back.days.len() - back.enrolments);
    outcome.placements_restored = count(back.placements.len());
    outcome.characteristics_restored = count(back.characteristics.len());
    for (enrolment_id, what, why) in back.left {
        let why = match why {
            Left::ChangedSince => "it was changed since",
            Left::HasMarks => "it has marks: take the import of the marks back first",
            Left::NothingBefore => "there is nothing before it to go back to",
            Left::AnotherSchools => "the pupil is another school's by now",
        };
        outcome.leave(enrolment_id, what, why);
    }
    if back.days.is_empty() && back.placements.is_empty() && back.characteristics.is_empty() {
        return Ok(());
    }
    let versions = locked.bump(tx)?;
    let at = versions.into_values().map(|version| version.at).max().unwrap_or_else(|| tx.now());
    pupils::add_days(tx, &back.days, at, job.by())?;
    let why = format!("import {import_id} of days on roll was taken back");
    marks::days_changed(tx, Changed { at, why: &why, source: Some(job.id()) }, &job.caller())?;
    pupils::add_placements(tx, &back.placements, at, job.by())?;
    pupils::add_characteristics(tx, &back.characteristics, at, job.by())
}
