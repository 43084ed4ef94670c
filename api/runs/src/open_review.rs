//! A review's day has come: it is opened with the figures as they are known at that instant.
//!
//! Everything that it proposes is stored in one transaction with the end of the run: a worker that dies on the way
//! leaves nothing behind, and the next one begins anew.

use super::rows::{self, RunRow};
use base::jobs::{Finished, Job};
use base::prelude::*;
use casework::reviews;
use figures::{Counting, years_behind};

/// What came of a review's run.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenedReview {
    /// The review.
    #[schema(example = 51)]
    review_id: ReviewId,
    /// Who opened it: the clockwork, or a person before its hour.
    #[schema(example = "clockwork")]
    opened_by: String,
    /// How many items it has.
    #[schema(example = 43)]
    items: i64,
    /// How many of them wait for a person.
    #[schema(example = 12)]
    proposed: i64,
}

/// Opens the review, unless a person has.
pub(super) fn open_review(counting: &Counting, job: &Job<'_>, row: &RunRow) -> Result<()> {
    const STAGE: &str = "opening the review";
    let (school_id, day) = (row.school_id, row.from_day);
    let years = years_behind(day)?;
    let counted = counting.school_blocks_of_job(job, school_id, years)?;
    job.run(|tx| {
        job.advance(tx, STAGE, 0, 1)?;
        let opened = match reviews::of_day(tx, school_id, day)? {
            Some(review) => Ok(review),
            None => {
                let from = (counting.codes(), counted.blocks.as_slice());
                reviews::open(tx, (school_id, day), from, counted.known_at, job.by())
            }
        };
        let review = match opened {
            Ok(review) => review,
            Err(problem) if matches!(problem.kind(), Kind::NoPolicy | Kind::NoCalendar) => {
                job.advance(tx, STAGE, 1, 1)?;
                let stage = "nothing to open: the school follows no policy, or has no calendar, on that day any more";
                return job.finish(tx, Finished::Done, stage);
            }
            Err(problem) => return Err(problem),
        };
        let (items, proposed) = reviews::sizes(tx, review.review_id)?;
        let item = format!("review/{}", review.review_id);
        let opened_by = review.opened_by;
        let result = OpenedReview { review_id: review.review_id, opened_by, items, proposed };
        rows::add_item(tx, row, &item, &result)?;
        job.advance(tx, STAGE, 1, 1)?;
        job.finish(tx, Finished::Done, "opened")
    })
}
