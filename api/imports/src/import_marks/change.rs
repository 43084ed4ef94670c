//! What a file of marks changes in the registers, and writing it.

use domain::{CodeTable, NO_MARK};

use super::Key;
use super::check::YearPlan;
use super::filling;
use crate::outcome::Counts;
use base::jobs::Job;
use base::prelude::*;
use marks::{self, Author, Changed, Moved, Source, TakenYear, YearChange};
use school::tenants::Locked;

/// What a file changes in one school's year.
pub(super) struct Change {
    marks: Vec<YearChange>,
    taken: Vec<TakenYear>,
}

impl Change {
    /// Lays the file's marks over the stored ones, and counts. `filling`: a mark that stands stays; how many did is
    /// added to `aside`.
    pub fn of(
        tx: &mut Tx,
        (school_id, year): Key,
        plan: YearPlan,
        (counts, filling): (&mut Counts, Option<(&CodeTable, &mut u64)>),
    ) -> Result<Self> {
        let mut filling = filling;
        let enrolments: Vec<EnrolmentId> = plan.marks.keys().copied().collect();
        let mut stored = marks::marks_of(tx, school_id, year, &enrolments)?;
        let mut marks = Vec::with_capacity(enrolments.len());
        for (enrolment_id, said) in plan.marks {
            let Some(stored) = stored.remove(&enrolment_id) else {
                let added = said.iter().filter(|mark| **mark != NO_MARK).count();
                counts.marks_added += u64::try_from(added).unwrap_or(u64::MAX);
                marks.push(YearChange::first(enrolment_id, said));
                continue;
            };
            let mut change = YearChange::of(enrolment_id, Some(stored));
            let places = (0_u16..).map_while(HalfDay::at);
            for (at, (mark, said)) in places.zip(change.new.iter_mut().zip(*said)) {
                match *mark {
                    _ if said == NO_MARK => continue,
                    NO_MARK => counts.marks_added += 1,
                    same if same == said => counts.marks_unchanged += 1,
                    stands => {
                        if let Some((codes, aside)) = &mut filling {
                            let place = ((school_id, year), enrolment_id, at);
                            if !filling::may_fill(tx, codes, (place, stands))? {
                                **aside += 1;
                                continue;
                            }
                        }
                        counts.marks_changed += 1;
                    }
                }
                *mark = said;
            }
            marks.push(change);
        }
        let taken = marks::newly_taken(tx, school_id, year, &plan.taken, Source::Import)?;
        Ok(Self { marks, taken })
    }

    /// What it changes for these enrolments.
    pub fn of_enrolments(&self, enrolments: &[EnrolmentId]) -> Vec<YearChange> {
        let theirs = self.marks.iter().filter(|change| enrolments.contains(&change.enrolment_id));
        theirs.cloned().collect()
    }

    /// The enrolments whose marks it changes.
    pub fn moved(&self, tx: &mut Tx, (school_id, year): Key) -> Result<Vec<Moved>> {
        let Some(year) = AcademicYear::new(year) else { return Ok(Vec::new()) };
        let reviewed = marks::reviewed(tx, school_id, (year.first_day(), year.last_day()))?;
        Ok(self.marks.iter().filter_map(|change| change.moved(year, &reviewed)).collect())
    }

    pub fn is_any(&self) -> bool {
        !self.taken.is_empty() || self.marks.iter().any(|change| change.old != change.new)
    }
}

/// Who writes the marks of a file.
pub(super) fn author(job: &Job<'_>) -> Author {
    Author {
        source: Source::Import,
        by: job.by().to_owned(),
        role: job.role().to_owned(),
        reason: None,
        job_id: Some(job.id()),
    }
}

/// Why what rests on the marks is looked at again.
pub(super) fn why(job: &Job<'_>) -> String {
    format!("import {}", job.id())
}

/// Writes what changes, at the bumped versions; answers their instant.
pub(super) fn write(
    tx: &mut Tx,
    job: &Job<'_>,
    locked: Locked,
    years: &[(Key, Change)],
) -> Result<Option<DateTime<Utc>>> {
    let versions = locked.bump(tx)?;
    let author = author(job);
    let total = u64::try_from(years.len()).unwrap_or(0);
    let mut moved = Vec::new();
    for (done, (key, change)) in (0..).zip(years) {
        job.tell("writing the registers", done, total);
        let version = *versions.get(key).ok_or_else(|| Problem::internal("no version"))?;
        marks::store(tx, key.0, key.1, version, &change.marks, &author)?;
        marks::put_taken(tx, key.0, key.1, version, &change.taken, Source::Import)?;
        moved.extend(change.moved(tx, *key)?);
    }
    let at = versions.values().map(|version| version.at).max();
    if let Some(at) = at {
        let changed = Changed { at, why: &why(job), source: Some(job.id()) };
        marks::look_again(tx, &moved, changed, &job.caller())?;
    }
    Ok(at)
}
