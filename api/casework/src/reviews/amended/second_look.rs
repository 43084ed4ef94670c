//! What rests on marks that were changed by something other than an amendment is looked at again by a job, a pupil at a
//! time, so that no file and no register waits for it. Each pupil is done in one transaction with what says so: a
//! worker that dies loses none and doubles none.

use chrono::TimeDelta;

use super::consequence::{Consequence, TouchedByMarks};
use super::school::School;
use super::{Amending, Rests};
use base::jobs::{self, Finished, Job};
use base::prelude::*;
use figures::AsKnown;
use marks::{self, Look, LookRow};

/// Says what would become of what rests on a pupil's marks if `change` were made, and changes nothing. `change` answers
/// what it needs to be told by. Errors: what `change` refuses; the database's.
pub fn foretell(
    tx: &mut Tx,
    school: &School,
    look: &Look,
    amending: &Amending<'_>,
    change: impl FnOnce(&mut Tx) -> Result<()>,
) -> Result<Vec<Consequence>> {
    tx.rehearse(|tx| {
        let whom = (look.pupil_id, look.from);
        let rests = Rests::on(tx, amending.codes, school, whom, None)?;
        change(tx)?;
        rests.map_or(Ok(Vec::new()), |rests| rests.settle(tx, amending))
    })
}

/// What became of what rested on the marks that an import or undo changed; `None` when nothing did.
pub fn looked_again(tx: &mut Tx, source: JobId) -> Result<Option<TouchedByMarks>> {
    let found = marks::looks_of_source::<Vec<Consequence>>(tx, source)?;
    let mut touched = TouchedByMarks::default();
    for one in &found {
        touched.pupils += 1;
        match one {
            Some(one) => touched.add(one),
            None => touched.waiting += 1,
        }
    }
    Ok((!found.is_empty()).then_some(touched))
}

/// Looks at everybody who is left, school by school. A pupil about whom something fails is tried again later, when the
/// others are done.
pub fn run(app: &App, job: &Job<'_>) -> Result<()> {
    let (left, total) = job.run(|tx| marks::looks_left(tx, job.id()))?;
    let total = u64::try_from(total).unwrap_or(u64::MAX);
    let mut done = total.saturating_sub(u64::try_from(left.len()).unwrap_or(u64::MAX));
    let mut failed = None;
    for looks in left.chunk_by(|one, next| one.school_id == next.school_id) {
        let (school, known) = job.snapshot(|tx| before(tx, looks))?;
        for look in looks {
            match one(app, job, (&school, &known), look, (done + 1, total)) {
                Ok(()) => done += 1,
                Err(problem) if problem.kind() == Kind::Unavailable => return Err(problem),
                Err(problem) => failed = Some(problem),
            }
        }
    }
    failed.map_or(Ok(()), Err)?;
    job.run(|tx| job.finish(tx, Finished::Done, "done"))
}

/// The school with its reviews since, and what was known of it before the change.
fn before(tx: &mut Tx, looks: &[LookRow]) -> Result<(School, AsKnown)> {
    let none = || Problem::internal("a school without anybody to look at");
    let first = looks.first().ok_or_else(none)?;
    let from = looks.iter().map(|look| look.from_day).min().ok_or_else(none)?;
    let school = School::read(tx, first.school_id, from)?;
    let at = first.changed_at - TimeDelta::microseconds(1);
    let known = AsKnown::read(tx, first.school_id, &school.years, at)?;
    Ok((school, known))
}

fn one(
    app: &App,
    job: &Job<'_>,
    (school, known): (&School, &AsKnown),
    look: &LookRow,
    (done, total): (u64, u64),
) -> Result<()> {
    const STAGE: &str = "looking again at what rests on the marks";
    if !job.tell(STAGE, done - 1, total) {
        return Err(jobs::lost());
    }
    job.run(|tx| {
        job.advance(tx, STAGE, done, total)?;
        let caller = job.caller();
        let amending = Amending { why: &look.why, caller: &caller, codes: &app.codes };
        let whom = (look.pupil_id, look.from_day);
        let rests = Rests::on(tx, &app.codes, school, whom, Some(known))?;
        let touched = rests.map_or(Ok(Vec::new()), |rests| rests.settle(tx, &amending))?;
        marks::keep_look(tx, job.id(), look, &touched)
    })
}
