//! Taking back an import of marks.

use domain::NO_MARK;

use super::rows::UndoOutcome;
use crate::roll::Classes;
use base::jobs::Job;
use base::prelude::*;
use marks::{self, Author, Changed, Source, TakenYear, YearChange};
use school::tenants;

/// What goes back in one school's year.
struct Back {
    key: (SchoolId, i16),
    changes: Vec<YearChange>,
    taken: Vec<TakenYear>,
}

/// Takes back the marks of an import, and the registers that only it had taken.
pub(super) fn take_back(
    tx: &mut Tx,
    job: &Job<'_>,
    import_id: ImportId,
    imported: DateTime<Utc>,
    outcome: &mut UndoOutcome,
) -> Result<()> {
    let keys = marks::years_of_import(tx, import_id.job(), imported)?;
    let locked = tenants::lock(tx, &keys)?;
    let mut all = Vec::with_capacity(keys.len());
    for key in keys {
        all.push(of_year(tx, key, import_id, imported, outcome)?);
    }
    let changes = |back: &Back| {
        !back.taken.is_empty() || back.changes.iter().any(|change| change.old != change.new)
    };
    if !all.iter().any(changes) {
        return Ok(());
    }
    let versions = locked.bump(tx)?;
    let why = format!("Import {import_id} was taken back");
    let author = Author {
        source: Source::Import,
        by: job.by().to_owned(),
        role: job.role().to_owned(),
        reason: Some(why.clone()),
        job_id: Some(job.id()),
    };
    let mut moved = Vec::new();
    for Back { key, changes, taken } in all {
        let version = *versions.get(&key).ok_or_else(|| Problem::internal("no version"))?;
        marks::store(tx, key.0, key.1, version, &changes, &author)?;
        marks::put_taken(tx, key.0, key.1, version, &taken, Source::Import)?;
        let year = academic(key.1)?;
        let reviewed = marks::reviewed(tx, key.0, (year.first_day(), year.last_day()))?;
        moved.extend(changes.iter().filter_map(|change| change.moved(year, &reviewed)));
    }
    let at = versions.into_values().map(|version| version.at).max().unwrap_or_else(|| tx.now());
    let changed = Changed { at, why: &why, source: Some(job.id()) };
    marks::look_again(tx, &moved, changed, &job.caller())
}

fn of_year(
    tx: &mut Tx,
    key: (SchoolId, i16),
    import_id: ImportId,
    imported: DateTime<Utc>,
    outcome: &mut UndoOutcome,
) -> Result<Back> {
    let year = academic(key.1)?;
    let back = marks::marks_before_import(tx, key, import_id.job())?;
    outcome.marks_restored += back.restored;
    for (enrolment_id, at) in back.left {
        let what = format!("mark on {} {}", at.date(year), at.session());
        outcome.leave(enrolment_id, what, "it was changed since");
    }
    // A register stays taken in which a mark still stands.
    let classes = Classes::read(tx, &[key.0])?;
    let mut marks = marks::marks_of_schools(tx, &[key.0], key.1)?;
    for change in &back.changes {
        marks.insert(change.enrolment_id, change.new.clone());
    }
    let mut marked: BTreeSet<(ClassId, HalfDay)> = BTreeSet::new();
    for (enrolment, marks) in marks {
        let half_days = (0_u16..).map_while(HalfDay::at).zip(marks);
        for (at, _) in half_days.filter(|(_, mark)| *mark != NO_MARK) {
            marked.extend(classes.on(enrolment, at.date(year)).map(|class| (class, at)));
        }
    }
    let keep = |class, at| marked.contains(&(class, at));
    let (taken, count) = marks::registers_before_import(tx, key, imported, keep)?;
    outcome.registers_restored += count;
    Ok(Back { key, changes: back.changes, taken })
}

fn academic(year: i16) -> Result<AcademicYear> {
    AcademicYear::new(year).ok_or_else(|| Problem::internal("a year of no register"))
}
