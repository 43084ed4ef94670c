//! The trend: what every group has in every window of the year.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use chrono::NaiveDate;
use domain::WindowKind;

use crate::correction::correct;
use crate::reckoning::{ABSENT, APPROVED, COUNTS, EXPECTED, LATE, MARKED, POSSIBLE, UNAUTHORISED};
use crate::tally::{Tallies, tally};
use crate::window::line_up;
use crate::{Block, By, CROSSED, Group, Level, Pool, PoolError, Query};

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
    pub cells: Cells,
}

/// The cells of a series. They lie beside those of other series: an answer may have thousands.
#[derive(Clone)]
pub struct Cells {
    all: Arc<Vec<Cell>>,
    own: Range<usize>,
}

impl Deref for Cells {
    type Target = [Cell];

    fn deref(&self) -> &[Cell] {
        self.all.get(self.own.clone()).unwrap_or_default()
    }
}

impl From<Vec<Cell>> for Cells {
    fn from(cells: Vec<Cell>) -> Self {
        Self { own: 0..cells.len(), all: Arc::new(cells) }
    }
}

impl PartialEq for Cells {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Cells {}

impl fmt::Debug for Cells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// What one group has in one window, in sessions where nothing else is said. No count is larger than 32 bits hold:
/// [`trend()`] refuses what might be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cell {
    /// Possible sessions: attended or absent.
    pub possible: u32,
    /// Sessions absent, authorised or not.
    pub absent: u32,
    /// Sessions absent without authorisation.
    pub unauthorised: u32,
    /// Sessions late, before the register closed or after it.
    pub late: u32,
    /// Sessions at an approved educational activity.
    pub approved: u32,
    /// Of the expected half days, those with any mark, whether or not it counts in statistics.
    pub marked: u32,
    /// Half days on which the school was open, up to and including today, and the enrolment on
    /// roll: the registers that should have a mark.
    pub expected: u32,
    /// Counted by pupil, the sessions that are left out here because the pupil has one on another
    /// roll for the same half day; counted by enrolment always 0.
    pub doubled: u32,
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

/// Adding wraps: a correction of pupils is a difference, whose sum is what it should be again once it is added to the
/// counts that it is about. [`trend()`] sees to it that no true count is too large.
impl Persistence {
    /// Adds enrolments: all, the persistently absent, the severely absent.
    pub(crate) fn add(&mut self, counts: [u32; 3]) {
        let own = [&mut self.enrolments, &mut self.persistent, &mut self.severe];
        own.into_iter().zip(counts).for_each(|(sum, count)| *sum = sum.wrapping_add(count));
    }

    /// Takes enrolments out again.
    pub(crate) fn take(&mut self, counts: [u32; 3]) {
        self.add(counts.map(u32::wrapping_neg));
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
        self.add_sessions(other.sessions());
        self.doubled = self.doubled.wrapping_add(other.doubled);
        self.to_date.add(other.to_date.counts());
        if let (Some(sum), Some(other)) = (&mut self.window, &other.window) {
            sum.add(other.counts());
        }
    }

    /// Adds sessions, in the order of the counts.
    #[inline(always)]
    pub(crate) fn add_sessions(&mut self, counts: [u32; COUNTS]) {
        self.possible = self.possible.wrapping_add(counts[POSSIBLE]);
        self.absent = self.absent.wrapping_add(counts[ABSENT]);
        self.unauthorised = self.unauthorised.wrapping_add(counts[UNAUTHORISED]);
        self.late = self.late.wrapping_add(counts[LATE]);
        self.approved = self.approved.wrapping_add(counts[APPROVED]);
        self.marked = self.marked.wrapping_add(counts[MARKED]);
        self.expected = self.expected.wrapping_add(counts[EXPECTED]);
    }

    /// Sessions: possible, absent, unauthorised, late, approved, marked, expected.
    pub fn sessions(&self) -> [u32; COUNTS] {
        let mut counts = [0; COUNTS];
        counts[POSSIBLE] = self.possible;
        counts[ABSENT] = self.absent;
        counts[UNAUTHORISED] = self.unauthorised;
        counts[LATE] = self.late;
        counts[APPROVED] = self.approved;
        counts[MARKED] = self.marked;
        counts[EXPECTED] = self.expected;
        counts
    }

    /// Adds where enrolments stand: from the start of the year, and over the window alone.
    #[inline(always)]
    pub(crate) fn add_standings<T>(
        &mut self,
        (to_date, own): (Option<T>, Option<T>),
        count: impl Fn(T) -> [u32; 3],
    ) {
        if let Some(to_date) = to_date {
            self.to_date.add(count(to_date));
        }
        if let (Some(window), Some(own)) = (&mut self.window, own) {
            window.add(count(own));
        }
    }

    /// Leaves out a session that counts on another roll. That a mark was expected, and is there,
    /// stays true.
    pub(crate) fn leave_out(&mut self, counts: [u8; COUNTS]) {
        let mut left_out = counts.map(|count| u32::from(count).wrapping_neg());
        [left_out[MARKED], left_out[EXPECTED]] = [0; 2];
        self.add_sessions(left_out);
        self.doubled = self.doubled.wrapping_add(1);
    }

    /// Sessions absent with authorisation.
    pub fn authorised(&self) -> u32 {
        self.absent.saturating_sub(self.unauthorised)
    }
}

/// Counts the blocks of one academic year.
///
/// Windows are lined up by what they are, each school over its own dates; one that only some schools have stands apart. A
/// window is listed when it has begun in at least one of the schools. Counted by pupil, the blocks are also those of
/// schools that the filter leaves out: a pupil there may have come from one that it keeps. Errors: when a counting thread
/// panics, and when there is more to count than one answer can hold: 4,294,967,295 half days.
pub fn trend(pool: &Pool, all: &[Arc<Block>], query: &Query) -> Result<Trend, PoolError> {
    let kept = |block: &&Block| query.filter.keeps_school(block.school(), block.phase());
    let blocks: Vec<&Block> = all.iter().map(Arc::as_ref).filter(kept).collect();
    if blocks.iter().try_fold(0, |sum: u32, block| sum.checked_add(block.most()?)).is_none() {
        return Err(PoolError::TooMuch);
    }
    let windows = line_up(&blocks, query);
    let schools: Vec<&[&Block]> = blocks.chunks(SCHOOLS_AT_A_TIME).collect();
    let count = |schools: &&[&Block]| {
        let mut tallies = Tallies::new(query, windows.len());
        schools.iter().for_each(|block| tally(block, &windows, query, &mut tallies));
        tallies
    };
    let mut tallies = pool.map(&schools, count)?;
    if query.level == Level::Pupil {
        tallies.extend(correct(pool, all, &windows, query)?);
    }
    let mut listed = Tallies::new(query, windows.len());
    for group in always_listed(&blocks, query) {
        listed.cells_of(group, 0..0);
    }
    tallies.push(listed);
    let mut series = put_together(tallies, windows.len());
    if !by_school(query) {
        let nothing = Cell::nothing(query.window);
        series.retain(|series| series.cells.iter().any(|cell| *cell != nothing));
    }
    Ok(Trend { windows, series })
}

/// The series of all tallies, in order: the cells of a group stay where they are, and those that the same group has
/// elsewhere are added to them.
fn put_together(tallies: Vec<Tallies>, windows: usize) -> Vec<Series> {
    let mut cells: Vec<Vec<Cell>> = Vec::with_capacity(tallies.len());
    let mut places: Vec<(Group, usize, usize)> = Vec::new();
    for (tally, (groups, all)) in tallies.into_iter().map(Tallies::into_parts).enumerate() {
        let starts = (0..).step_by(windows.max(1));
        places.extend(groups.into_iter().zip(starts).map(|(group, start)| (group, tally, start)));
        cells.push(all);
    }
    places.sort_unstable();
    for same in places.chunk_by(|a, b| a.0 == b.0) {
        let Some(((_, tally, start), others)) = same.split_first() else { continue };
        for (_, other, from) in others {
            let Ok([sums, cells]) = cells.get_disjoint_mut([*tally, *other]) else { continue };
            let sums = sums.iter_mut().skip(*start).take(windows);
            sums.zip(cells.iter().skip(*from)).for_each(|(sum, cell)| sum.add(cell));
        }
    }
    places.dedup_by_key(|(group, ..)| *group);
    let cells: Vec<Arc<Vec<Cell>>> = cells.into_iter().map(Arc::new).collect();
    let series = places.into_iter().filter_map(|(group, tally, start)| {
        let cells = Cells { all: Arc::clone(cells.get(tally)?), own: start..start + windows };
        Some(Series { group, cells })
    });
    series.collect()
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
    let group = |block: &&Block| query.of_school(block.school(), block.phase());
    blocks.iter().map(group).collect()
}
