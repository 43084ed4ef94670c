//! The trend: what every group has in every window of the year.

use std::collections::btree_map::Entry;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::WindowKind;

use crate::correction::correct;
use crate::reckoning::{ABSENT, APPROVED, EXPECTED, LATE, MARKED, PLANES, POSSIBLE, UNAUTHORISED};
use crate::tally::{Tallies, tally};
use crate::window::line_up;
use crate::{Block, By, CROSSED, Group, Level, Pool, PoolError, Query, Value};

/// Blocks that one thread takes at a time: enough to save putting together as many answers as
/// there are schools, and few enough to keep all threads busy.
const SCHOOLS_AT_A_TIME: usize = 4;

/// The answer to a [`Query`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trend {
    /// The windows, in order of their dates.
    pub windows: Vec<TrendWindow>,
    /// The groups, in order.
    ///
    /// A school or phase that was asked about is there even when nothing is counted in it; any
    /// other group only when something is.
    pub series: Vec<Series>,
}

/// A window of an answer: the windows of one key of all the schools that were asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrendWindow {
    /// What names it in every school, such as `half-term-1`.
    pub key: String,
    /// What people call it: in the school where it begins first, should names differ.
    pub label: String,
    /// Its first day in the school where it begins first.
    pub from: NaiveDate,
    /// Its last day in the school where it ends last.
    pub to: NaiveDate,
    /// Whether its dates differ between schools; each is counted over its own.
    pub dates_differ: bool,
    /// How many of the schools have it.
    pub schools: usize,
}

/// What one group has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// The group.
    pub group: Group,
    /// A cell for each window, in order; all zero where nothing is counted.
    pub cells: Vec<Cell>,
}

/// What one group has in one window, in sessions where nothing else is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cell {
    /// Possible sessions: attended or absent.
    pub possible: u64,
    /// Sessions absent, authorised or not.
    pub absent: u64,
    /// Sessions absent without authorisation.
    pub unauthorised: u64,
    /// Sessions late, before the register closed or after it.
    pub late: u64,
    /// Sessions at an approved educational activity.
    pub approved: u64,
    /// Of the expected half days, those with any mark, whether or not it counts in statistics.
    pub marked: u64,
    /// Half days on which the school was open, up to and including today, and the enrolment on
    /// roll: the registers that should have a mark.
    pub expected: u64,
    /// Counted by pupil, the sessions that are left out here because the pupil has one on another
    /// roll for the same half day; counted by enrolment always 0.
    pub doubled: u64,
    /// Persistent absence over the window itself; `None` for weeks, for which the Department for
    /// Education publishes none.
    pub window: Option<Persistence>,
    /// Persistent absence from the start of the year to the window's end. A school without the
    /// window, on holiday in that week, is in it all the same.
    pub to_date: Persistence,
}

/// How many enrolments are persistently absent, in some stretch of time; or pupils, when they are
/// counted by pupil.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Persistence {
    /// Enrolments with at least one possible session.
    pub enrolments: u32,
    /// Those of them who missed 10% or more of their possible sessions.
    pub persistent: u32,
    /// Those of them who missed 50% or more; they are persistently absent too.
    pub severe: u32,
}

impl Persistence {
    /// Adds enrolments: all, the persistently absent, the severely absent.
    pub(crate) fn add(&mut self, [enrolments, persistent, severe]: [u32; 3]) {
        self.enrolments += enrolments;
        self.persistent += persistent;
        self.severe += severe;
    }

    /// Takes enrolments out again.
    pub(crate) fn take(&mut self, [enrolments, persistent, severe]: [u32; 3]) {
        self.enrolments -= enrolments;
        self.persistent -= persistent;
        self.severe -= severe;
    }

    fn counts(&self) -> [u32; 3] {
        [self.enrolments, self.persistent, self.severe]
    }
}

impl Cell {
    /// The cell of a group that has nothing.
    pub(crate) fn nothing(window: WindowKind) -> Self {
        let window = (window != WindowKind::Week).then(Persistence::default);
        Self { window, ..Self::default() }
    }

    /// Adds another cell: sums of whole numbers, so that the order of adding is no matter.
    fn add(&mut self, other: &Self) {
        self.possible += other.possible;
        self.absent += other.absent;
        self.unauthorised += other.unauthorised;
        self.late += other.late;
        self.approved += other.approved;
        self.marked += other.marked;
        self.expected += other.expected;
        self.to_date.add(other.to_date.counts());
        if let (Some(sum), Some(other)) = (&mut self.window, &other.window) {
            sum.add(other.counts());
        }
    }

    /// Adds sessions, in the order of the planes.
    pub(crate) fn add_sessions(&mut self, counts: [u32; PLANES]) {
        self.possible += u64::from(counts[POSSIBLE]);
        self.absent += u64::from(counts[ABSENT]);
        self.unauthorised += u64::from(counts[UNAUTHORISED]);
        self.late += u64::from(counts[LATE]);
        self.approved += u64::from(counts[APPROVED]);
        self.marked += u64::from(counts[MARKED]);
        self.expected += u64::from(counts[EXPECTED]);
    }

    /// Leaves out a session that counts on another roll. That a mark was expected, and is there,
    /// stays true.
    pub(crate) fn leave_out(&mut self, counts: [u8; PLANES]) {
        self.possible -= u64::from(counts[POSSIBLE]);
        self.absent -= u64::from(counts[ABSENT]);
        self.unauthorised -= u64::from(counts[UNAUTHORISED]);
        self.late -= u64::from(counts[LATE]);
        self.approved -= u64::from(counts[APPROVED]);
        self.doubled += 1;
    }

    /// Sessions absent with authorisation.
    pub fn authorised(&self) -> u64 {
        self.absent.saturating_sub(self.unauthorised)
    }
}

/// Counts the blocks of one academic year.
///
/// Windows are lined up by what they are, each school over its own dates; one that only some schools have stands apart. A window is listed
/// when it has begun in at least one of the schools. Counted by pupil, the blocks are also those of
/// schools that the filter leaves out: a pupil there may have come from one that it keeps. Errors: when a counting
/// thread panics.
pub fn trend(pool: &Pool, all: &[Arc<Block>], query: &Query) -> Result<Trend, PoolError> {
    let kept = |block: &&Block| query.filter.keeps_school(block.school(), block.phase());
    let blocks: Vec<&Block> = all.iter().map(Arc::as_ref).filter(kept).collect();
    let windows = line_up(&blocks, query);
    let nothing = vec![Cell::nothing(query.window); windows.len()];
    let listed = always_listed(&blocks, query).into_iter();
    let mut sum: Tallies = listed.map(|group| (group, nothing.clone())).collect();
    let schools: Vec<&[&Block]> = blocks.chunks(SCHOOLS_AT_A_TIME).collect();
    let count = |schools: &&[&Block]| {
        let mut tallies = Tallies::new();
        schools.iter().for_each(|block| tally(block, &windows, query, &mut tallies));
        tallies
    };
    for tallies in pool.map(&schools, count)? {
        for (group, cells) in tallies {
            match sum.entry(group) {
                Entry::Occupied(mut sum) => {
                    sum.get_mut().iter_mut().zip(&cells).for_each(|(sum, cell)| sum.add(cell));
                }
                Entry::Vacant(sum) => {
                    sum.insert(cells);
                }
            }
        }
    }
    if query.level == Level::Pupil {
        correct(all, &windows, query, &mut sum);
    }
    if !by_school(query) {
        sum.retain(|_, cells| *cells != nothing);
    }
    let series = sum.into_iter().map(|(group, cells)| Series { group, cells }).collect();
    Ok(Trend { windows, series })
}

/// Whether every group is a school, some schools, or all of them.
fn by_school(query: &Query) -> bool {
    query.by.iter().flatten().all(|by| matches!(by, By::School | By::Phase))
}

/// The groups that are listed whether or not anything is counted in them.
fn always_listed(blocks: &[&Block], query: &Query) -> Vec<Group> {
    if query.by == [None; CROSSED] {
        return vec![[None; CROSSED]];
    }
    if !by_school(query) {
        return vec![];
    }
    let group = |block: &&Block| {
        let values = [Value::School(block.school()), Value::Phase(block.phase())];
        values.into_iter().fold([None; CROSSED], |group, value| query.with(group, value))
    };
    blocks.iter().map(group).collect()
}
