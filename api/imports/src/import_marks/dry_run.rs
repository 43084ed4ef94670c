//! A file of marks that is only checked: what it would change, and what rests on the marks as they are.

use files::{MarksFile, Notice, NoticeKind, Reading};

use super::Key;
use super::change::{Change, author, why};
use super::check::check;
use super::filling;
use crate::conclude::conclude;
use crate::outcome::Outcome;
use crate::request::Request;
use base::jobs::{self, Job};
use base::prelude::*;
use casework::reviews::{self, Amending, Consequence, School, TouchedByMarks};
use figures::Counting;
use marks::{self, Look, Moved};
use school::tenants;

/// The most pupils of whom the answer tells what would become of what; the others are only counted.
const TOLD: usize = 100;

/// Checks a file, and says what it would change. Nothing is changed, and no register waits longer than for one pupil.
pub(super) fn dry_run(
    counting: &Counting,
    job: &Job<'_>,
    request: &Request,
    reading: &Reading<MarksFile>,
) -> Result<()> {
    let mut outcome =
        Outcome { rows: reading.rows, notices: reading.notices.clone(), ..Outcome::default() };
    let (years, problems) = job.run(|tx| {
        let plan = check(tx, counting, job, request, reading)?;
        outcome.notices.extend(plan.notices);
        let mut aside = plan.aside;
        let mut years = Vec::with_capacity(plan.years.len());
        if plan.problems.is_empty() {
            for (key, year) in plan.years {
                let filling = request.options.fill.then_some((counting.codes(), &mut aside));
                years.push((key, Change::of(tx, key, year, (&mut outcome.counts, filling))?));
            }
        }
        outcome.notices.extend(filling::notice(aside));
        Ok((years, plan.problems))
    })?;
    if problems.is_empty() {
        foretell(counting, job, &years, &mut outcome)?;
    }
    (outcome.problems, outcome.problem_count) = problems.finish();
    job.run(|tx| conclude(tx, job, request, outcome, &reading.columns))
}

/// Adds what would become of what rests on the marks.
fn foretell(
    counting: &Counting,
    job: &Job<'_>,
    years: &[(Key, Change)],
    outcome: &mut Outcome,
) -> Result<()> {
    let looks = job.run(|tx| {
        let mut moved: Vec<Moved> = Vec::new();
        for (key, change) in years {
            moved.extend(change.moved(tx, *key)?);
        }
        marks::resting(tx, &moved)
    })?;
    let mut touched = TouchedByMarks::default();
    let total = u64::try_from(looks.len()).unwrap_or(u64::MAX);
    for theirs in looks.chunk_by(|one, next| one.school_id == next.school_id) {
        let first = theirs.iter().map(|look| (look.school_id, look.from)).min();
        let Some((school_id, from)) = first else { continue };
        let school = job.run(|tx| School::read(tx, school_id, from))?;
        for look in theirs {
            if !job.tell("asking what rests on the marks", touched.pupils, total) {
                return Err(jobs::lost());
            }
            let found = job.run(|tx| of_pupil(tx, counting, job, (&school, look), years))?;
            touched.pupils += 1;
            touched.add(&found);
            if !found.is_empty() && outcome.notices.len() < TOLD {
                outcome.notices.push(told(look, &found));
            }
        }
    }
    outcome.touched = (!looks.is_empty()).then_some(touched);
    Ok(())
}

/// What would become of what rests on one pupil's marks.
fn of_pupil(
    tx: &mut Tx,
    counting: &Counting,
    job: &Job<'_>,
    (school, look): (&School, &Look),
    years: &[(Key, Change)],
) -> Result<Vec<Consequence>> {
    let caller = job.caller();
    let amending = Amending { why: &why(job), caller: &caller, codes: counting.codes() };
    let here = years.iter().filter(|(key, _)| key.0 == look.school_id);
    let changes: Vec<_> =
        here.map(|(key, change)| (*key, change.of_enrolments(&look.enrolments))).collect();
    let keys: Vec<Key> = changes.iter().map(|(key, _)| *key).collect();
    let locked = tenants::lock(tx, &keys)?;
    reviews::foretell(tx, school, look, &amending, |tx| {
        let versions = locked.bump(tx)?;
        for (key, changes) in &changes {
            let version = *versions.get(key).ok_or_else(|| Problem::internal("no version"))?;
            marks::store(tx, key.0, key.1, version, changes, &author(job))?;
        }
        Ok(())
    })
}

/// Says it with the pupil's number and without a name.
fn told(look: &Look, found: &[Consequence]) -> Notice {
    let says: Vec<&str> = found.iter().map(|one| one.says.as_str()).collect();
    Notice {
        kind: NoticeKind::RestsOnMarks,
        line: 1,
        count: u64::try_from(found.len()).unwrap_or(u64::MAX),
        text: format!("pupil {}: {}", look.pupil_id, says.join("; ")),
    }
}
