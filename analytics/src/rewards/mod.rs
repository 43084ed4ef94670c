//! Who has earned a reward: for every row of a policy's rewards and draws, and every period of it, which pupils reach the
//! rate over the row's own period, and which class is best.
//!
//! - **One pupil, all sessions.** A pupil with several rolls is one pupil with the sessions of all of them, and earns at
//!   the school where they are on the last school day of the stretch. Of two marks for one half day that of the roll which
//!   answers on the day counts.
//! - **Neutral sessions.** A code that is neutral, or is made so for one pupil by an adjustment, leaves the session out of
//!   the reward's figure and of no other.
//! - **What is not known holds.** A half day without a mark, or with the code `N`, holds the pupil as long as it matters,
//!   and is named. So is a class held. Nobody is listed for what they have not earned.
//! - **Nothing is not everything.** Without a possible session, or with too few, nothing is earned.
//!
//! `row` says what a row of a policy asks, `period` over which stretches of days, `table` what each mark is to a reward,
//! `school` counts one school, `several` those pupils for whom one enrolment is not enough, `judge` puts figures and rows
//! together, and `oracle` does all of it again, slowly. `fairness` looks at a policy's rows by group before it is adopted.

mod fairness;
mod judge;
mod oracle;
mod period;
mod row;
mod school;
mod several;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use domain::{CodeTable, Days, HalfDay, words};

use crate::{Block, Pool, PoolError};

pub use fairness::{FEWEST_IN_GROUP, Reached, RowFairness, fairness};
pub use judge::{Reckoned, Standing};
#[doc(hidden)]
pub use oracle::eligibility_naive;
pub use period::RewardPeriod;
pub use row::{Reach, RewardRow, Whom};

/// What is asked: the rows of one policy, and the schools that have adopted it.
#[derive(Debug, Clone)]
pub struct Eligibility<'a> {
    /// The schools that are answered for. Those that are not may still have sessions of their pupils.
    pub schools: &'a BTreeSet<i32>,
    /// The rows.
    pub rows: &'a [RewardRow],
    /// The periods that end on these days.
    pub ending: Days,
    /// What the school has settled.
    pub rules: &'a RewardRules,
}

/// What is settled when a reward policy is adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RewardRules {
    /// The numbers of the codes that leave a session out.
    pub neutral: BTreeSet<u8>,
    /// By pupil, the codes that leave a session out for this pupil alone.
    pub adjustments: BTreeMap<i32, Vec<Adjustment>>,
    /// How many possible sessions are needed.
    pub least: LeastSessions,
    /// How many pupils a class needs to be compared with others.
    pub least_class: u32,
    /// How many school days before its last a term, and the year, ends for rewards: before children leave.
    pub cut_off: usize,
}

/// From one day to another, both included, these codes leave a pupil's sessions out. Why is nobody's business here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    /// The days.
    pub days: Days,
    /// The numbers of the codes.
    pub codes: BTreeSet<u8>,
}

/// The least number of possible sessions over a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeastSessions {
    /// So many.
    Sessions(u32),
    /// So many parts of a whole of the sessions that the school had.
    Part {
        /// The parts.
        of: u32,
        /// The whole.
        whole: u32,
    },
}

impl LeastSessions {
    /// Half of the sessions that the school had.
    pub const HALF: Self = Self::Part { of: 1, whole: 2 };

    /// Whether so many possible sessions are enough, of those that the school had.
    pub(crate) fn met_by(self, possible: u32, sessions: u32) -> bool {
        match self {
            Self::Sessions(least) => possible >= least,
            Self::Part { of, whole } => {
                u64::from(possible) * u64::from(whole) >= u64::from(sessions) * u64::from(of)
            }
        }
    }
}

/// What one school's pupils have earned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolEligibility {
    /// The school.
    pub school: i32,
    /// The stretches of days that rates are taken over, in order.
    pub stretches: Vec<Stretch>,
    /// Each row and each of its periods, in the order of the rows.
    pub answers: Vec<RowAnswer>,
    /// What holds somebody, by pupil and half day.
    pub gaps: Vec<Gap>,
}

/// A stretch of days, with the counts behind every answer that is taken over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The days.
    pub days: Days,
    /// The last school day of them up to today; `None` before the first.
    pub last: Option<NaiveDate>,
    /// Whether no school day of them lies ahead.
    pub over: bool,
    /// The sessions that the school had on them up to today.
    pub sessions: u32,
    /// By pupil, of those who are on roll on the last day.
    pub pupils: Vec<PupilFigure>,
    /// By class.
    pub classes: Vec<ClassFigure>,
}

/// What a pupil has over a stretch of days: on all rolls, for rewards alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PupilFigure {
    /// The pupil.
    pub pupil: i32,
    /// The class on the last day.
    pub class: Option<i32>,
    /// The sessions.
    pub reckoned: Reckoned,
}

/// What the pupils of a class have on the days on which they are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassFigure {
    /// The class.
    pub class: i32,
    /// How many are in it on the last day.
    pub pupils: u32,
    /// The sessions.
    pub reckoned: Reckoned,
}

/// What a row comes to in one of its periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowAnswer {
    /// The row's place among those asked.
    pub row: usize,
    /// What names the period: `2025-W37`, `term-1`; of a day or several weeks, the first and last day.
    pub period: String,
    /// The days of the period.
    pub days: Days,
    /// The place of the stretch that the rate is taken over.
    pub stretch: usize,
    /// Who has earned it: pupils, or the classes that share the best rate.
    pub earned: Vec<i32>,
    /// Who may yet earn it: pupils or classes for whom a mark is missing.
    pub held: Vec<i32>,
}

/// A half day of which it is not known whether a pupil attended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// The pupil.
    pub pupil: i32,
    /// The half day.
    pub half_day: HalfDay,
    /// The school whose register it is.
    pub school: i32,
    /// The class whose register it is.
    pub class: Option<i32>,
    /// What is not known.
    pub why: GapKind,
}

words! {
    /// What is not known of a half day.
    GapKind {
        NoMark = "no_mark": "the register was not taken, or has no mark for the pupil",
        ReasonUnknown = "reason_unknown": "the code is N: the reason for the absence is not established yet",
    }
}

/// Who has earned what. The blocks are those of all schools of one academic year: a pupil may have come from one that is
/// not asked about. Errors: when a counting thread panics.
pub fn eligibility(
    pool: &Pool,
    codes: &CodeTable,
    blocks: &[Arc<Block>],
    asked: &Eligibility<'_>,
) -> Result<Vec<SchoolEligibility>, PoolError> {
    let legend = table::Legend::new(codes, blocks, &asked.rules.neutral);
    let plans = pool.map(blocks, |block| school::Plan::new(&legend, block, asked))?;
    let several = several::find(blocks, asked);
    let chunks: Vec<&[several::Several]> = several.chunks(several::AT_A_TIME).collect();
    let reckon = |chunk: &&[several::Several]| {
        chunk.iter().flat_map(|one| one.reckon(blocks, &plans, asked)).collect::<Vec<_>>()
    };
    let mut apart: Vec<Vec<several::Contribution>> = blocks.iter().map(|_| Vec::new()).collect();
    for one in pool.map(&chunks, reckon)?.into_iter().flatten() {
        if let Some(of_school) = apart.get_mut(one.block) {
            of_school.push(one);
        }
    }
    let left_out = several::left_out(blocks, &several);
    let work: Vec<_> = plans
        .iter()
        .zip(blocks)
        .zip(left_out.iter().zip(&apart))
        .filter(|((plan, _), _)| plan.asked)
        .collect();
    pool.map(&work, |((plan, block), (left_out, apart))| {
        school::reckon(block, plan, asked, left_out, apart)
    })
}
