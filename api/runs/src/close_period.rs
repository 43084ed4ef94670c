//! The end of a week, a half term, a term or the year: every class's figures are kept as they then stand.
//!
//! Marks are corrected for weeks afterwards, and the trend follows. What stood when the period ended is read here.

use domain::WindowKind;
use domain::schedule::split_period;

use super::rows::{self, RunRow};
use base::jobs::{self, Finished, Job};
use base::prelude::*;
use figures::{CellAnswer, ClassFigures, Counting, OneSchool};

/// A class's figures as they stood when its period was closed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClosedClass {
    /// The class.
    #[schema(example = 31)]
    class_id: ClassId,
    /// Its name.
    #[schema(example = "6A")]
    class: String,
    /// What is counted.
    definition: words::Definition,
    /// The version of the definition.
    #[schema(example = 1)]
    definition_version: u16,
    /// The instant as of which everything is known (UTC).
    as_known_on: DateTime<Utc>,
    /// The version of the school's year that was counted.
    #[schema(example = 1204)]
    version: i64,
    /// The figures.
    figures: CellAnswer,
}

/// Closes a period, class by class. Begun again after a crash it goes on with the classes that are left.
pub(super) fn close_period(counting: &Counting, job: &Job<'_>, row: &RunRow) -> Result<()> {
    const STAGE: &str = "closing the period, class by class";
    let figures = count(counting, job, row)?;
    let ClassFigures { definition, version, at, classes } = figures;
    let there = job.run(|tx| rows::items(tx, row))?;
    let there: BTreeSet<String> = there.into_iter().map(|item| item.item).collect();
    let total = u64::try_from(classes.len()).unwrap_or(u64::MAX);
    for (done, (class_id, class, figures)) in (1..).zip(classes) {
        let item = format!("class/{class_id}");
        if there.contains(&item) {
            continue;
        }
        if !job.tell(STAGE, done - 1, total) {
            return Err(jobs::lost());
        }
        let closed = ClosedClass {
            class_id,
            class,
            definition: As(definition),
            definition_version: definition.version(),
            as_known_on: at,
            version,
            figures,
        };
        job.run(|tx| {
            job.advance(tx, STAGE, done, total)?;
            rows::add_item(tx, row, &item, &closed)
        })?;
    }
    let stage = match total {
        0 => "nothing to close: no class had a pupil on roll",
        _ => "closed",
    };
    job.run(|tx| {
        job.advance(tx, stage, total, total)?;
        job.finish(tx, Finished::Done, stage)
    })
}

/// Every class's figures, all of one snapshot.
fn count(counting: &Counting, job: &Job<'_>, row: &RunRow) -> Result<ClassFigures> {
    let (year, key) =
        split_period(&row.period).ok_or_else(|| Problem::internal("a period of no year"))?;
    let kind: WindowKind = row.kind.ends().ok_or_else(|| {
        Problem::internal(format!("nothing to do for a run of kind {}", row.kind))
    })?;
    job.snapshot(|tx| OneSchool::read(tx, counting, row.school_id, year))?.over(counting, kind, key)
}
