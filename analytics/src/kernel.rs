//! The loops that do the work: plain ones over rows, eight at a time, which the compiler turns into vector
//! instructions. Each is compiled for the plain processor and, where that has wider ones, again for those; the best
//! that the machine has is chosen when it first runs.

use std::ops::Range;

use bytemuck::{Pod, Zeroable, cast_slice};
use multiversion::multiversion;

use crate::Cell;
use crate::block::Counted;
use crate::reckoning::{ABSENT, COUNTS, POSSIBLE, common};
use crate::standing::{Bits, Standings};
use crate::window::Step;

/// Enrolments that are counted at a time: one bit each in a word of the processor.
pub(crate) const LANES: usize = 64;

/// Rows that are read at a time.
const EIGHT: usize = 8;

/// The rows of eight lanes in one slot. A row is what one enrolment has in one slot: a word with a count in each byte.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C, align(64))]
struct Eight([u64; EIGHT]);

/// The rows of up to 64 enrolments, by slot.
pub(crate) struct Rows {
    eights: Vec<Eight>,
    /// How many eights a slot has.
    width: usize,
}

/// All ones in the bytes of some lanes, zero in those of the others.
struct Mask([Eight; LANES / EIGHT]);

impl Rows {
    /// Rows without a count, of so many lanes in so many slots.
    pub(crate) fn new(lanes: usize, slots: usize) -> Self {
        let width = lanes.div_ceil(EIGHT);
        Self { eights: vec![Eight([0; EIGHT]); width * slots], width }
    }

    /// What a lane has in each slot, in order.
    pub(crate) fn lane(&self, lane: usize) -> impl Iterator<Item = u64> {
        let eights = self.eights.iter().skip(lane / EIGHT).step_by(self.width.max(1));
        eights.map(move |eight| eight.0[lane % EIGHT])
    }

    /// The place for what a lane has in each slot, in order.
    pub(crate) fn lane_mut(&mut self, lane: usize) -> impl Iterator<Item = &mut u64> {
        let eights = self.eights.iter_mut().skip(lane / EIGHT).step_by(self.width.max(1));
        eights.map(move |eight| &mut eight.0[lane % EIGHT])
    }

    /// How many bytes they are.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(self.eights.as_slice())
    }

    /// The eights of a slot that have some of these lanes.
    #[inline(always)]
    fn slot(&self, slot: usize, some: &Range<usize>) -> &[Eight] {
        let start = slot * self.width;
        self.eights.get(start + some.start..start + some.end.min(self.width)).unwrap_or_default()
    }
}

impl Mask {
    #[inline(always)]
    fn of(lanes: u64) -> Self {
        let ones = |lane: usize| 0u64.wrapping_sub(lanes >> lane & 1);
        Self(std::array::from_fn(|at| Eight(std::array::from_fn(|lane| ones(EIGHT * at + lane)))))
    }
}

/// The eights that have some of these lanes.
#[inline(always)]
fn eights_of(lanes: u64) -> Range<usize> {
    let end = (u64::BITS - lanes.leading_zeros()) as usize;
    (lanes.trailing_zeros() as usize / EIGHT).min(end)..end.div_ceil(EIGHT)
}

/// Every other byte of a word.
const EVEN: u64 = 0x00ff_00ff_00ff_00ff;

/// Counts on the way to their sum, those of every other byte in two bytes each: 64 lanes with the 14 half days of a week
/// in each of the 54 weeks of a year still fit.
#[derive(Default)]
struct Sums {
    even: u64,
    odd: u64,
}

impl Sums {
    /// Adds the rows of one slot.
    #[inline(always)]
    fn add(&mut self, rows: &[Eight], masks: &[Eight]) {
        let (rows, masks): (&[u64], &[u64]) = (cast_slice(rows), cast_slice(masks));
        for (row, mask) in rows.iter().zip(masks) {
            let row = row & mask;
            self.even += row & EVEN;
            self.odd += row >> 8 & EVEN;
        }
    }

    #[inline(always)]
    fn counts(&self) -> [u32; COUNTS] {
        let sums = [self.even, self.odd];
        std::array::from_fn(|count| (sums[count % 2] >> (count / 2 * 16)) as u32 & 0xffff)
    }
}

/// What some lanes have in some slots.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2"))]
pub(crate) fn sum(rows: &Rows, lanes: u64, slots: Range<usize>) -> [u32; COUNTS] {
    let (mask, some) = (Mask::of(lanes), eights_of(lanes));
    let masks = mask.0.get(some.clone()).unwrap_or_default();
    let mut sums = Sums::default();
    for slot in slots {
        sums.add(rows.slot(slot, &some), masks);
    }
    sums.counts()
}

/// Adds the sessions of some lanes in some slots to the windows that these slots belong to.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2"))]
pub(crate) fn add_sessions(
    rows: &Rows,
    lanes: u64,
    slots: &Range<usize>,
    steps: &[Step],
    cells: &mut [Cell],
) {
    let (mask, some) = (Mask::of(lanes), eights_of(lanes));
    let masks = mask.0.get(some.clone()).unwrap_or_default();
    for (step, cell) in steps.iter().zip(cells) {
        let slots = common(slots, &step.slots);
        if slots.is_empty() {
            continue;
        }
        let mut sums = Sums::default();
        for slot in slots {
            sums.add(rows.slot(slot, &some), masks);
        }
        cell.add_sessions(sums.counts());
    }
}

/// Possible sessions and absences of 64 lanes from the start of the year. It has at most 744 half days, so that even ten
/// times an absence fits.
#[derive(Clone, Copy)]
struct ToDate {
    possible: [u16; LANES],
    absent: [u16; LANES],
}

impl ToDate {
    const ZERO: Self = Self { possible: [0; LANES], absent: [0; LANES] };

    #[inline(always)]
    fn add(&mut self, eights: &[Eight], mask: &Mask) {
        let sums = self.possible.chunks_mut(EIGHT).zip(self.absent.chunks_mut(EIGHT));
        for ((rows, mask), (possible, absent)) in eights.iter().zip(&mask.0).zip(sums) {
            for lane in 0..EIGHT {
                let row = rows.0[lane] & mask.0[lane];
                possible[lane] += row as u16 >> (8 * POSSIBLE) & 0xff;
                absent[lane] += row as u16 >> (8 * ABSENT) & 0xff;
            }
        }
    }

    /// What has come since an earlier sum.
    #[inline(always)]
    fn since(&self, earlier: &Self) -> Self {
        let less = |now: &[u16; LANES], then: &[u16; LANES]| {
            std::array::from_fn(|lane| now[lane] - then[lane])
        };
        Self {
            possible: less(&self.possible, &earlier.possible),
            absent: less(&self.absent, &earlier.absent),
        }
    }

    /// The tests of [`domain::persistent`] and [`domain::severe`], without branches.
    #[inline(always)]
    fn standing(&self) -> Bits {
        let mut bits = [0; 3];
        for lane in 0..LANES {
            let (possible, absent) = (self.possible[lane], self.absent[lane]);
            let any = possible > 0;
            bits[0] |= u64::from(any) << lane;
            bits[1] |= u64::from(any & (10 * absent >= possible)) << lane;
            bits[2] |= u64::from(any & (2 * absent >= possible)) << lane;
        }
        bits
    }
}

/// Where the lanes of a chunk stand from the start of the year at the end of every slot, and over some windows alone.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2"))]
pub(crate) fn stand(
    rows: &Rows,
    counted: &[Counted],
    slots: usize,
    windows: &[&[Range<usize>]],
) -> Standings<Bits> {
    let mut to_date = vec![ToDate::ZERO; slots + 1];
    let mut sums = ToDate::ZERO;
    let mut last = 0;
    for counted in counted {
        let mask = Mask::of(counted.lanes);
        for slot in counted.slots.clone() {
            sums.add(rows.slot(slot, &(0..rows.width)), &mask);
            if let Some(to_date) = to_date.get_mut(slot + 1) {
                *to_date = sums;
            }
        }
        last = counted.slots.end;
    }
    to_date.iter_mut().skip(last + 1).for_each(|to_date| *to_date = sums);
    let at = |slot: usize| to_date.get(slot).unwrap_or(&ToDate::ZERO);
    let own = |window: &Range<usize>| at(window.end).since(at(window.start)).standing();
    Standings {
        to_date: to_date.iter().map(ToDate::standing).collect(),
        own: windows.iter().map(|windows| windows.iter().map(own).collect()).collect(),
    }
}

/// Adds to every window how many of some lanes have a possible session, are persistently and are severely absent.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+popcnt"))]
pub(crate) fn add_standings(
    standings: &Standings<Bits>,
    kind: usize,
    lanes: u64,
    steps: &[Step],
    cells: &mut [Cell],
) {
    let count = |bits: Bits| bits.map(|bits| (bits & lanes).count_ones());
    for (step, cell) in steps.iter().zip(cells) {
        cell.add_standings(standings.at(kind, step), count);
    }
}

/// Adds up all bytes, each lane for itself and modulo 2^64, so that it takes no longer than reading.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2"))]
pub(crate) fn add_up(rows: &Rows) -> u64 {
    let mut sums = [0u64; EIGHT];
    for eight in &rows.eights {
        for (sum, row) in sums.iter_mut().zip(eight.0) {
            *sum = sum.wrapping_add(row);
        }
    }
    sums.into_iter().fold(0, u64::wrapping_add)
}
