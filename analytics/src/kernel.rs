//! The loops that do the work: plain ones over 64 lanes, which the compiler turns into vector
//! instructions. Each is compiled for the plain processor and, where that has wider ones, again
//! for those; the best that the machine has is chosen when it first runs.

use std::ops::Range;

use multiversion::multiversion;

use crate::Cell;
use crate::block::Counted;
use crate::reckoning::{ABSENT, PLANES, POSSIBLE, common};
use crate::window::Step;

/// Enrolments that are counted at a time: one bit each in a word of the processor.
pub(crate) const LANES: usize = 64;

/// A byte for each lane.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Plane(pub(crate) [u8; LANES]);

/// Of 64 lanes, 1 for each that has a possible session, that is persistently absent, that is
/// severely absent.
pub(crate) type Standing = [Plane; 3];

/// Where 64 lanes stand at the end of a window.
#[derive(Clone, Copy)]
pub(crate) struct Standings {
    /// From the start of the year.
    pub(crate) to_date: Standing,
    /// Over the window alone.
    pub(crate) own: Standing,
}

impl Plane {
    pub(crate) const ZERO: Self = Self([0; LANES]);

    /// All ones in these lanes, zero in the others.
    #[inline(always)]
    pub(crate) fn of(lanes: u64) -> Self {
        Self(std::array::from_fn(|lane| 0u8.wrapping_sub((lanes >> lane) as u8 & 1)))
    }

    /// The sum over the lanes of a mask. A lane counts at most the 14 half days of a week, so that
    /// four lanes can be added up in one byte first.
    #[inline(always)]
    fn sum(&self, mask: &Self) -> u32 {
        let mut sums = [0u8; LANES / 4];
        for (lanes, mask) in self.0.chunks(LANES / 4).zip(mask.0.chunks(LANES / 4)) {
            for ((sum, n), mask) in sums.iter_mut().zip(lanes).zip(mask) {
                *sum += n & mask;
            }
        }
        sums.into_iter().map(u32::from).sum()
    }
}

impl Standings {
    pub(crate) const ZERO: Self = Self { to_date: [Plane::ZERO; 3], own: [Plane::ZERO; 3] };
}

/// Possible sessions and absences of 64 lanes in all slots before `slot`. A year has at most 744
/// half days, so that even ten times an absence fits.
#[derive(Clone, Copy)]
struct Sums {
    possible: [u16; LANES],
    absent: [u16; LANES],
    slot: usize,
}

impl Sums {
    const ZERO: Self = Self { possible: [0; LANES], absent: [0; LANES], slot: 0 };

    /// Goes on to a slot, or starts again when it lies behind: that only happens when schools
    /// whose windows come in another order are lined up with others.
    #[inline(always)]
    fn reach(&mut self, counts: &[[Plane; PLANES]], counted: &[Counted], slot: usize) {
        if slot < self.slot {
            *self = Self::ZERO;
        }
        for Counted { mask, slots, .. } in counted {
            let new = counts.get(common(slots, &(self.slot..slot))).unwrap_or_default();
            for planes in new {
                add(&mut self.possible, &planes[POSSIBLE], mask);
                add(&mut self.absent, &planes[ABSENT], mask);
            }
        }
        self.slot = slot;
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
            slot: self.slot,
        }
    }

    /// The tests of [`domain::persistent`] and [`domain::severe`], without branches.
    #[inline(always)]
    fn standing(&self) -> Standing {
        let mut standing = [Plane::ZERO; 3];
        for lane in 0..LANES {
            let (possible, absent) = (self.possible[lane], self.absent[lane]);
            let any = u8::from(possible > 0);
            standing[0].0[lane] = any;
            standing[1].0[lane] = any & u8::from(10 * absent >= possible);
            standing[2].0[lane] = any & u8::from(2 * absent >= possible);
        }
        standing
    }
}

#[inline(always)]
fn add(sums: &mut [u16; LANES], plane: &Plane, mask: &Plane) {
    for ((sum, n), mask) in sums.iter_mut().zip(&plane.0).zip(&mask.0) {
        *sum += u16::from(n & mask);
    }
}

#[inline(always)]
fn sums<const N: usize>(planes: &[Plane; N], mask: &Plane) -> [u32; N] {
    let mut sums = [0; N];
    for (sum, plane) in sums.iter_mut().zip(planes) {
        *sum = plane.sum(mask);
    }
    sums
}

/// Where the lanes of a chunk stand at the end of every window, `own` also over each alone.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2"))]
pub(crate) fn stand(
    counts: &[[Plane; PLANES]],
    counted: &[Counted],
    steps: &[Step],
    own: bool,
    standings: &mut [Standings],
) {
    let mut sums = Sums::ZERO;
    for (step, standings) in steps.iter().zip(standings) {
        if own {
            sums.reach(counts, counted, step.slots.start);
            let before = sums;
            sums.reach(counts, counted, step.slots.end);
            standings.own = sums.since(&before).standing();
        } else {
            sums.reach(counts, counted, step.slots.end);
        }
        standings.to_date = sums.standing();
    }
}

/// Adds the sessions of some lanes in some slots to the windows that these slots belong to.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2"))]
pub(crate) fn add_sessions(
    counts: &[[Plane; PLANES]],
    lanes: u64,
    slots: &Range<usize>,
    steps: &[Step],
    cells: &mut [Cell],
) {
    let mask = Plane::of(lanes);
    for (step, cell) in steps.iter().zip(cells) {
        for planes in counts.get(common(slots, &step.slots)).unwrap_or_default() {
            cell.add_sessions(sums(planes, &mask));
        }
    }
}

/// Adds to every window how many of some lanes have a possible session, are persistently and are
/// severely absent.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2"))]
pub(crate) fn add_standings(standings: &[Standings], lanes: u64, cells: &mut [Cell]) {
    let mask = Plane::of(lanes);
    for (standings, cell) in standings.iter().zip(cells) {
        cell.to_date.add(sums(&standings.to_date, &mask));
        if let Some(window) = &mut cell.window {
            window.add(sums(&standings.own, &mask));
        }
    }
}

/// Adds up all bytes, each lane for itself and modulo 256, so that it takes no longer than reading.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2"))]
pub(crate) fn add_up(counts: &[[Plane; PLANES]]) -> u64 {
    let mut sums = Plane::ZERO;
    for plane in counts.iter().flatten() {
        for (sum, n) in sums.0.iter_mut().zip(plane.0) {
            *sum = sum.wrapping_add(n);
        }
    }
    sums.0.into_iter().map(u64::from).sum()
}
