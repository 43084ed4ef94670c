//! The attendance of single enrolments over any days, counted from the codes themselves.
//!
//! A review looks at every pupil over days of the pupil's own: since the last decision, over a target, over the last
//! four school weeks. Such days are no windows of the block, so the marks are read one by one.

use chrono::NaiveDate;
use domain::Rate;

use crate::reckoning::{ABSENT, POSSIBLE, common};
use crate::{Block, EnrolmentYear};

/// A count has one byte: so many half days are counted at a time.
const STRIDE: usize = 14;

impl Block {
    /// The enrolments of the year, in the order of the block.
    pub fn members(&self) -> impl Iterator<Item = &EnrolmentYear> {
        self.source.enrolments.iter()
    }

    /// Sessions attended of those possible, of an enrolment's marks from one day to another, both included; `None`
    /// without a possible session. Everybody on roll counts, whatever their age.
    #[must_use]
    pub fn attendance(&self, of: &EnrolmentYear, from: NaiveDate, to: NaiveDate) -> Option<Rate> {
        let days = common(&self.reckoning.on_roll(of), &self.reckoning.between(from, to));
        let (mut possible, mut absent) = (0_u64, 0_u64);
        for start in days.clone().step_by(STRIDE) {
            let counts = self.reckoning.count(of, start..days.end.min(start + STRIDE));
            possible += u64::from(counts[POSSIBLE]);
            absent += u64::from(counts[ABSENT]);
        }
        Rate::attended(absent, possible)
    }
}
