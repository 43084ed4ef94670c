//! The days from one to another that somebody is or will be away.

use base::prelude::*;
use roll::pupils;
use school::tenants;

/// The most days of one report or request: longer than any school year.
const MOST: i64 = 400;

/// Days, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub from: NaiveDate,
    /// The last.
    pub to: NaiveDate,
}

impl Span {
    /// One day.
    pub fn day(day: NaiveDate) -> Self {
        Self { from: day, to: day }
    }

    /// Days as they stand in a body. Errors: 422 at `/last_day`.
    pub fn read(from: NaiveDate, to: NaiveDate) -> Result<Self> {
        if from <= to && (to - from).num_days() < MOST {
            return Ok(Self { from, to });
        }
        let expected = format!("a day from {from} on, at most {MOST} days");
        Err(Problem::at(Kind::Invalid, "/last_day", expected))
    }

    /// Refuses a pupil who is not on the school's roll on the first of the days. Errors: 404 for a school or pupil whom
    /// the caller may not see; 422 at `/pupil_id`.
    pub fn check_on_roll(self, tx: &mut Tx, school_id: SchoolId, pupil_id: PupilId) -> Result<()> {
        tenants::school(tx, school_id)?;
        pupils::pupil(tx, pupil_id)?;
        let stays = pupils::stays_of(tx, pupil_id)?;
        if stays.iter().any(|stay| stay.school_id == school_id && stay.covers(self.from)) {
            return Ok(());
        }
        let expected = format!("a pupil who is on the school's roll on {}", self.from);
        Err(Problem::at(Kind::NotOnRoll, "/pupil_id", expected))
    }
}
