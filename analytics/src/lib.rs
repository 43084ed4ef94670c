//! Counting attendance for a whole trust, at the speed of memory.
//!
//! A caller reads one [`SchoolYear`] from its tables for every school, turns it into a [`Block`]
//! and keeps that; [`trend()`] then answers a [`Query`] over many blocks at once. What holds
//! everywhere in this crate:
//!
//! - **Counts, not percentages.** An answer holds whole numbers; groups pool sessions.
//! - **Enrolments, and pupils when asked.** As in the Department for Education's figures, a pupil
//!   with two enrolments counts twice, each with the sessions of that enrolment; counted by pupil,
//!   once with all of them, and a half day with marks on two rolls once.
//! - **A missing mark is neither present nor absent.** It is no possible session; it shows only as
//!   the difference between the sessions expected and those marked.
//! - **Nothing here knows of HTTP, SQL or the time.** Today is a parameter.
//! - **The fast way has a slow twin.** [`trend_naive`] counts row by row, straight from the
//!   definitions; random schools are counted both ways and must agree in every number.
//!
//! How a figure comes about: `reckoning` says how a mark on each half day counts, `block` sums the
//! marks into rows of bytes, `standing` keeps who is persistently absent after each of them, `window` says
//! which rows make up which window, `span` and `groups` who belongs to which group when, `kernel` adds up,
//! `tally` does so for one block, from its totals where nothing is asked of the pupils, and `trend` puts the
//! answer together; `linked` and `correction` count pupils with several enrolments once. Questions that go
//! enrolment by enrolment read the codes through `individual`: `compare` sets schools side by side,
//! with `estimate` for what is not counted but concluded, `registers` says which registers are
//! missing, and `explain` what is behind a figure. `rewards` says who has earned what, by rules of its own.

mod block;
mod compare;
mod correction;
mod estimate;
mod explain;
mod groups;
mod individual;
mod input;
mod kernel;
mod linked;
mod naive;
mod pool;
mod query;
mod reckoning;
mod registers;
mod rewards;
mod span;
mod standing;
mod tally;
#[cfg(test)]
mod tests;
mod trend;
mod window;

pub use block::Block;
pub use compare::{BANDS, Compared, Comparing, GroupGap, Measure, Movement, Side, compare};
pub use estimate::{Interval, Share};
pub use explain::{Asking, Counted, Explanation, LeftOut, explain};
pub use individual::Individual;
pub use input::{EnrolmentYear, Fact, Placement, SchoolYear, Sex};
pub use linked::AllRolls;
#[doc(hidden)]
pub use naive::trend_naive;
pub use pool::{Pool, PoolError};
pub use query::{By, CROSSED, Filter, Group, Level, Query, Split, Value};
pub use registers::Register;
#[doc(hidden)]
pub use rewards::eligibility_naive;
pub use rewards::{
    Adjustment, ClassFigure, Eligibility, FEWEST_IN_GROUP, Gap, GapKind, LeastSessions,
    PupilFigure, Reach, Reached, Reckoned, RewardPeriod, RewardRow, RewardRules, RowAnswer,
    RowFairness, SchoolEligibility, Standing, Stretch, Whom, eligibility, fairness,
};
pub use trend::{Cell, Cells, Persistence, Series, Trend, TrendWindow, trend};
