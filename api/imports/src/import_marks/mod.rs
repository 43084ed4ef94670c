//! A file of marks against the roll and the calendars, then into the registers.
//!
//! The check reads in one snapshot and holds no lock. The apply is one short transaction: it locks the schools' years,
//! and only if none of them has moved since the check does it write; otherwise the check is done again.

mod change;
mod check;
mod closed;
mod dry_run;
mod filling;
mod planned;
mod stays;

use files::{MarksFile, Reading};

use self::change::{Change, write};
use self::check::{MarksPlan, check, check_locked};
use super::conclude::conclude;
use super::outcome::Outcome;
use super::request::Request;
use base::jobs::Job;
use base::prelude::*;
use figures::Counting;
use school::tenants;

/// After so many checks that were overtaken by registers, the check is done under the lock.
const PATIENCE: u32 = 3;

/// A school's year.
type Key = (SchoolId, i16);

/// Checks and applies a file of marks; a dry run, or a file with a problem, changes nothing. What rests on marks that the
/// file changes is looked at again by a job of its own.
pub(super) fn import(
    counting: &Counting,
    job: &Job<'_>,
    request: &Request,
    reading: Reading<MarksFile>,
) -> Result<()> {
    if request.dry_run {
        return dry_run::dry_run(counting, job, request, &reading);
    }
    for attempt in 0.. {
        let checked = if attempt < PATIENCE {
            Some(job.run(|tx| check(tx, counting, job, request, &reading))?)
        } else {
            None
        };
        let applied = job.run(|tx| {
            let plan = match checked {
                Some(plan) => plan,
                None => check_locked(tx, counting, job, request, &reading)?,
            };
            settle(tx, counting, job, request, &reading, plan)
        })?;
        if applied {
            break;
        }
    }
    Ok(())
}

/// Applies a plan and concludes the import; `false` when a school's year has moved since the check.
fn settle(
    tx: &mut Tx,
    counting: &Counting,
    job: &Job<'_>,
    request: &Request,
    reading: &Reading<MarksFile>,
    plan: MarksPlan,
) -> Result<bool> {
    let mut outcome =
        Outcome { rows: reading.rows, notices: reading.notices.clone(), ..Outcome::default() };
    outcome.notices.extend(plan.notices);
    let mut aside = plan.aside;
    if plan.problems.is_empty() {
        let keys: Vec<Key> = plan.years.keys().copied().collect();
        let locked = tenants::lock(tx, &keys)?;
        if locked
            .versions()
            .any(|(key, version)| plan.versions.get(&key).copied().unwrap_or(0) != version)
        {
            return Ok(false);
        }
        let mut years = Vec::with_capacity(plan.years.len());
        for (key, year) in plan.years {
            let filling = request.options.fill.then_some((counting.codes(), &mut aside));
            years.push((key, Change::of(tx, key, year, (&mut outcome.counts, filling))?));
        }
        // A file that says what the registers say already leaves no trace.
        if years.iter().any(|(_, change)| change.is_any()) {
            outcome.applied_at = write(tx, job, locked, &years)?;
        }
    }
    outcome.notices.extend(filling::notice(aside));
    (outcome.problems, outcome.problem_count) = plan.problems.finish();
    conclude(tx, job, request, outcome, &reading.columns)?;
    Ok(true)
}
